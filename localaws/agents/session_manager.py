"""Systems Manager's own agents: an instance that runs and whose role allows it is online.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prerequisites.html.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.ssm.responses import SimpleSystemManagerResponse

from ecs_model.iam_actions import SESSION_ACTIONS, SESSION_POLICIES
from ecs_model.policy_document import PolicyDocument
from localaws.moto_fixes.patch import give

AGENT = "3.3.2299.0"


def _describe(self: Any) -> ActionResult:
    """DescribeInstanceInformation: the instances that have registered; what ended is not told any more."""
    wanted = [value for each in self._get_param("Filters") or [] for value in each["Values"]]
    ec2 = ec2_backends[self.current_account][self.region]
    machines = [machine for reservation in ec2.reservations.values() for machine in reservation.instances]
    return ActionResult({"InstanceInformationList": [
        {
            "InstanceId": machine.id,
            "PingStatus": "Online" if machine.state == "running" else "ConnectionLost",
            "LastPingDateTime": machine.launch_time,
            "AgentVersion": AGENT,
            "PlatformType": "Linux",
            "ResourceType": "EC2Instance",
            "IPAddress": machine.private_ip,
        }
        for machine in machines
        if machine.state in ("running", "stopped", "stopping") and _allowed(self, ec2, machine)
        and (not wanted or machine.id in wanted)
    ]})  # fmt: skip


def _allowed(self: Any, ec2: Any, machine: Any) -> bool:
    """Whether the role of an instance lets its SSM agent register."""
    associated = ec2.iam_instance_profile_associations.get(machine.id)
    roles = associated.iam_instance_profile.roles if associated else []
    iam = iam_backends[self.current_account][self.partition]
    for role in [iam.get_role(each.name) for each in roles]:
        if any(policy.name in SESSION_POLICIES for policy in role.managed_policies.values()):
            return True
        versions = [version for policy in role.managed_policies.values() for version in policy.versions]
        documents = [*role.policies.values(), *(version.document for version in versions if version.is_default)]
        if any(_permits(document) for document in documents):
            return True
    return False


def _permits(document: Any) -> bool:
    return any(statement.permits(SESSION_ACTIONS[0]) for statement in PolicyDocument.parse(str(document)).statements)


give(SimpleSystemManagerResponse, "describe_instance_information", _describe)
