"""A program of somebody else's, without the components: one service on container instances, as the notes have it."""

import base64
import json

import pulumi
import pulumi_aws as aws

PORTS = "49153-65535"


def role(name: str, service: str) -> aws.iam.Role:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def user_data(cluster: str) -> str:
    lines = [f"ECS_CLUSTER={cluster}", f"ECS_DYNAMIC_HOST_PORT_RANGE={PORTS}"]
    script = "\n".join(["#!/bin/bash", *(f"echo {line} >> /etc/ecs/ecs.config" for line in lines)])
    return base64.b64encode(script.encode()).decode()


vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[aws.ec2.GetSubnetsFilterArgs(name="vpc-id", values=[vpc.id])]).ids

clients = aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=80, to_port=80, cidr_blocks=["0.0.0.0/0"])
out = aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
balancer_group = aws.ec2.SecurityGroup("balancer", vpc_id=vpc.id, ingress=[clients], egress=[out])
instances_group = aws.ec2.SecurityGroup("instances", vpc_id=vpc.id, egress=[out])
aws.vpc.SecurityGroupIngressRule(
    "dynamic-ports",
    security_group_id=instances_group.id,
    referenced_security_group_id=balancer_group.id,
    ip_protocol="tcp",
    from_port=49153,
    to_port=65535,
)

cluster = aws.ecs.Cluster("cluster")
instance_role = role("instance", "ec2.amazonaws.com")
agent = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
aws.iam.RolePolicyAttachment("instance-agent", role=instance_role.name, policy_arn=agent)
profile = aws.iam.InstanceProfile("instance", role=instance_role.name)
image = aws.ssm.get_parameter(name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id")
template = aws.ec2.LaunchTemplate(
    "instances",
    image_id=image.value,
    instance_type="t3.medium",
    iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
    vpc_security_group_ids=[instances_group.id],
    metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(http_tokens="required"),
    user_data=cluster.name.apply(user_data),
)
group = aws.autoscaling.Group(
    "instances",
    min_size=0,
    max_size=2,
    vpc_zone_identifiers=sorted(subnets),
    launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
    tags=[aws.autoscaling.GroupTagArgs(key="AmazonECSManaged", value="true", propagate_at_launch=True)],
)
provider = aws.ecs.CapacityProvider(
    "instances",
    auto_scaling_group_provider=aws.ecs.CapacityProviderAutoScalingGroupProviderArgs(auto_scaling_group_arn=group.arn),
)
attached = aws.ecs.ClusterCapacityProviders(
    "cluster",
    cluster_name=cluster.name,
    capacity_providers=[provider.name],
    default_capacity_provider_strategies=[
        aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(capacity_provider=provider.name, weight=1)
    ],
)

balancer = aws.lb.LoadBalancer("web", security_groups=[balancer_group.id], subnets=sorted(subnets))
targets = aws.lb.TargetGroup("web", port=80, protocol="HTTP", vpc_id=vpc.id, target_type="instance")
listener = aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    protocol="HTTP",
    default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)],
)

execution_role = role("execution", "ecs-tasks.amazonaws.com")
task_role = role("task", "ecs-tasks.amazonaws.com")
ports = [{"containerPort": 80, "hostPort": 0}]
task = aws.ecs.TaskDefinition(
    "web",
    family="web",
    execution_role_arn=execution_role.arn,
    task_role_arn=task_role.arn,
    container_definitions=json.dumps([{"name": "web", "image": "nginx", "memory": 128, "portMappings": ports}]),
)
service = aws.ecs.Service(
    "web",
    cluster=cluster.arn,
    task_definition=task.arn,
    desired_count=1,
    load_balancers=[
        aws.ecs.ServiceLoadBalancerArgs(target_group_arn=targets.arn, container_name="web", container_port=80)
    ],
    opts=pulumi.ResourceOptions(depends_on=[attached, listener]),
)
