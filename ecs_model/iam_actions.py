"""Who takes the roles of ECS on EC2, and what each must be able to do there, by AWS's names."""

import re

from ecs_model.policy_document import ADMINISTRATOR, POWER_USER, SESSION_POLICY

ECR_IMAGE = re.compile(
    r"(\d{12})\.(?:dkr\.ecr(?:-fips)?\.([\w-]+)\.amazonaws\.com(?:\.cn)?|dkr-ecr(?:-fips)?\.([\w-]+)\.on\.aws)/([^:@]+)"
)
"""An image in ECR, by either of its endpoints (https://docs.aws.amazon.com/general/latest/gr/ecr.html)."""

TASKS_SERVICE = "ecs-tasks.amazonaws.com"
"""Who takes a task's roles."""

EC2_SERVICE = "ec2.amazonaws.com"
"""Who takes the role of an instance, for what runs on it."""
EC2_SERVICES = (EC2_SERVICE, f"{EC2_SERVICE}.cn")
"""The same by each of its names: China has one of its own."""

EXECUTE_COMMAND_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What ECS Exec needs on the task role (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html)."""

SESSION_ACTIONS = ("ssm:UpdateInstanceInformation", *EXECUTE_COMMAND_ACTIONS)
"""What Session Manager needs on the role of an instance.

https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""

SESSION_POLICIES = frozenset(
    {
        SESSION_POLICY,
        "AmazonSSMManagedEC2InstanceDefaultPolicy",
        "AmazonEC2RoleforSSM",
        "AmazonSSMFullAccess",
        ADMINISTRATOR,
        POWER_USER,
    }
)
"""AWS's managed policies that allow all of it."""

HOST_MANAGEMENT = "/ssm/managed-instance/default-ec2-instance-management-role"
"""The setting of Systems Manager that gives all instances of an account and region a role for it.

https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
"""


ECR_TOKEN_ACTION = "ecr:GetAuthorizationToken"  # noqa: S105 - an action, no token
"""What every pull from ECR needs on the role that pulls, whatever the repository's own policy allows."""
SECRET_ACTION, PARAMETER_ACTION = "secretsmanager:GetSecretValue", "ssm:GetParameters"
"""What the agent calls for a secret of Secrets Manager, and for an SSM parameter."""
FILE_ACTIONS = ("s3:GetObject", "s3:GetBucketLocation")
"""What the agent calls for an environment file.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""


def reading_action(value_from: str) -> str:
    """What the agent calls to read the secret that a container names by its ARN, or as an SSM parameter's name.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
    """
    return SECRET_ACTION if ":secretsmanager:" in value_from else PARAMETER_ACTION


def is_in_ecr(image: str) -> bool:
    """Whether an image lies in a private repository of ECR."""
    return ECR_IMAGE.match(image) is not None
