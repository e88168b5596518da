"""The floor: the very resources that the components make of the services, registered one by one with pulumi_aws.

As a person would write them who needs nothing checked: no settings, and each text written once. The components are
there as groups alone, for a resource's parents are part of its URN.
"""

import base64
import json

import pulumi
import pulumi_aws as aws

from benchmarks.components.services import IMAGE, INSTANCE_TYPE, name_of

_AMI = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
_CONFIG = """#!/bin/bash
cat >> /etc/ecs/ecs.config <<'ECS_CONFIG'
ECS_CLUSTER={cluster}
ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
ECS_AWSVPC_BLOCK_IMDS=true
ECS_IMAGE_PULL_BEHAVIOR=default
ECS_CONFIG
"""
_POLICIES = ("service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore")


class Group(pulumi.ComponentResource):
    """What a component is to the engine."""

    def __init__(self, kind: str, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"ecs-on-ec2:index:{kind}", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)

    def after(self, *before: pulumi.Resource) -> pulumi.ResourceOptions:
        """The options of a child that waits for others."""
        return pulumi.ResourceOptions(parent=self, depends_on=before)


def program(services: int) -> None:
    """Registers everything, and the stack's outputs."""
    stack = pulumi.get_stack()
    Group("Network", stack).register_outputs({})
    partition = aws.get_partition_output().partition
    region = aws.get_region_output().region
    account = aws.get_caller_identity_output().account_id
    vpc = pulumi.Output.from_input(aws.ec2.get_vpc(default=True).id)
    of_default = aws.ec2.GetSubnetsFilterArgs(name="default-for-az", values=["true"])
    subnets = aws.ec2.get_subnets_output(filters=[of_default]).ids.apply(sorted)
    balancer, balancer_group, listener = _load_balancer(f"{stack}-public", vpc, subnets)
    whole = Group("Cluster", stack)
    cluster = aws.ecs.Cluster(
        stack, settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")], opts=whole.child
    )
    provider, instances, before = _capacity(f"{stack}-general", whole, cluster, vpc, subnets, balancer_group, partition)
    attached = aws.ecs.ClusterCapacityProviders(
        stack,
        cluster_name=cluster.name,
        capacity_providers=[provider.name],
        default_capacity_provider_strategies=[
            aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                capacity_provider=provider.name, weight=1, base=0
            )
        ],
        opts=whole.child,
    )
    whole.register_outputs({"name": cluster.name})
    trust = pulumi.Output.all(partition, region, account).apply(lambda known: _task_trust(*known))
    names, roles = {}, {}
    for number in range(services):
        name = f"{stack}-{name_of(number)}"
        task = _task_definition(name, partition, region, account, trust)
        service = _reached(name, number, vpc, listener, cluster, provider, task, [attached, *before])
        names[name_of(number)] = service.name
        roles[name_of(number)] = task.task_role_arn
    pulumi.export("cluster", cluster.name)
    pulumi.export("capacityProviders", {"general": provider.name})
    pulumi.export("services", names)
    pulumi.export("taskRoles", roles)
    pulumi.export("loadBalancers", {"public": balancer.dns_name})
    public = {
        "arn": balancer.arn,
        "listenerArn": listener.arn,
        "securityGroupId": balancer_group.id,
        "dnsName": balancer.dns_name,
    }
    platform = {
        "version": 1,
        "clusterName": cluster.name,
        "clusterArn": cluster.arn,
        "capacityProviders": {"general": provider.name},
        "instanceSecurityGroups": {"general": instances.id},
        "vpcId": vpc,
        "publicSubnetIds": subnets,
        "instanceSubnetIds": subnets,
        "loadBalancers": {"public": public},
    }
    pulumi.export("platform", platform)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _trust(service: str) -> str:
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}}
    return _json({"Statement": [statement], "Version": "2012-10-17"})


def _task_trust(partition: str, region: str, account: str) -> str:
    statement = {
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:{account}:*"},
            "StringEquals": {"aws:SourceAccount": account},
        },
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    }
    return _json({"Statement": [statement], "Version": "2012-10-17"})


def _load_balancer(
    name: str, vpc: pulumi.Output[str], subnets: pulumi.Output[list[str]]
) -> tuple[aws.lb.LoadBalancer, aws.ec2.SecurityGroup, aws.lb.Listener]:
    whole = Group("LoadBalancer", name)
    group = aws.ec2.SecurityGroup(f"{name}-balancer", description=f"Load balancer {name}", vpc_id=vpc, opts=whole.child)
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-balancer-in-80-0.0.0.0-0",
        security_group_id=group.id,
        description="Clients, port 80",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="tcp",
        from_port=80,
        to_port=80,
        opts=whole.child,
    )
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-balancer-out",
        security_group_id=group.id,
        description="To the tasks, whichever host port they have",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        opts=whole.child,
    )
    balancer = aws.lb.LoadBalancer(
        name,
        load_balancer_type="application",
        internal=False,
        subnets=subnets,
        security_groups=[group.id],
        drop_invalid_header_fields=True,
        enable_deletion_protection=False,
        idle_timeout=60,
        access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket="", enabled=False),
        opts=whole.child,
    )
    answer = aws.lb.ListenerDefaultActionFixedResponseArgs(
        content_type="text/plain", message_body="No service answers here.", status_code="404"
    )
    listener = aws.lb.Listener(
        f"{name}-http",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=answer)],
        opts=whole.child,
    )
    whole.register_outputs({"dnsName": balancer.dns_name, "arn": balancer.arn})
    return balancer, group, listener


def _capacity(
    name: str,
    cluster_component: Group,
    cluster: aws.ecs.Cluster,
    vpc: pulumi.Output[str],
    subnets: pulumi.Output[list[str]],
    balancer_group: aws.ec2.SecurityGroup,
    partition: pulumi.Output[str],
) -> tuple[aws.ecs.CapacityProvider, aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """The capacity provider, its instances' security group, and what a service waits for beside them."""
    whole = Group("ContainerInstances", name, cluster_component.child)
    group = aws.ec2.SecurityGroup(
        f"{name}-instances", description=f"Container instances of {name}", vpc_id=vpc, opts=whole.child
    )
    egress = aws.vpc.SecurityGroupEgressRule(
        f"{name}-instances-out",
        security_group_id=group.id,
        description="Anywhere: images, AWS APIs and whatever the tasks call",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        opts=whole.child,
    )
    ingress = aws.vpc.SecurityGroupIngressRule(
        f"{name}-instances-from-public",
        security_group_id=group.id,
        description="Dynamic host ports, from load balancer public",
        referenced_security_group_id=balancer_group.id,
        ip_protocol="tcp",
        from_port=49153,
        to_port=65535,
        opts=whole.child,
    )
    role = aws.iam.Role(f"{name}-instance", assume_role_policy=_trust("ec2.amazonaws.com"), opts=whole.child)
    attached: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-instance-{path.rsplit('/', maxsplit=1)[-1]}",
            role=role.name,
            policy_arn=pulumi.Output.concat("arn:", partition, ":iam::aws:policy/", path),
            opts=whole.child,
        )
        for path in _POLICIES
    ]
    profile = aws.iam.InstanceProfile(f"{name}-instance", role=role.name, opts=whole.after(*attached))
    template = _template(name, whole, cluster, profile, group)
    provider = _capacity_provider(name, whole, _group(name, whole, template, subnets))
    whole.register_outputs({"capacityProviderName": provider.name, "securityGroupId": group.id})
    return provider, group, [egress, ingress]


def _template(
    name: str,
    whole: Group,
    cluster: aws.ecs.Cluster,
    profile: aws.iam.InstanceProfile,
    group: aws.ec2.SecurityGroup,
) -> aws.ec2.LaunchTemplate:
    return aws.ec2.LaunchTemplate(
        name,
        image_id=aws.ssm.get_parameter_output(name=_AMI).insecure_value,
        instance_type=INSTANCE_TYPE,
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
        update_default_version=True,
        user_data=cluster.name.apply(lambda known: base64.b64encode(_CONFIG.format(cluster=known).encode()).decode()),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        network_interfaces=[
            aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                device_index=0,
                security_groups=[group.id],
                associate_public_ip_address="true",
                delete_on_termination="true",
            )
        ],
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/xvda",
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_size=30, volume_type="gp3", encrypted="true", delete_on_termination="true"
                ),
            )
        ],
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags={"Name": name})
            for kind in ("instance", "volume")
        ],
        opts=whole.child,
    )


def _group(
    name: str, whole: Group, template: aws.ec2.LaunchTemplate, subnets: pulumi.Output[list[str]]
) -> aws.autoscaling.Group:
    tags = {"Name": name, "AmazonECSManaged": "true"}
    return aws.autoscaling.Group(
        name,
        min_size=1,
        max_size=100,
        vpc_zone_identifiers=subnets,
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
            id=template.id, version=template.latest_version.apply(str)
        ),
        capacity_rebalance=False,
        protect_from_scale_in=True,
        force_delete=True,
        instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
            strategy="Rolling",
            preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(scale_in_protected_instances="Refresh"),
        ),
        tags=[
            aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in tags.items()
        ],
        opts=whole.child,
    )


def _capacity_provider(name: str, whole: Group, group: aws.autoscaling.Group) -> aws.ecs.CapacityProvider:
    scaling = aws.ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs(
        status="ENABLED",
        target_capacity=100,
        instance_warmup_period=300,
        minimum_scaling_step_size=1,
        maximum_scaling_step_size=10_000,
    )
    return aws.ecs.CapacityProvider(
        name,
        auto_scaling_group_provider=aws.ecs.CapacityProviderAutoScalingGroupProviderArgs(
            auto_scaling_group_arn=group.arn,
            managed_draining="ENABLED",
            managed_termination_protection="ENABLED",
            managed_scaling=scaling,
        ),
        opts=whole.child,
    )


def _task_definition(
    name: str,
    partition: pulumi.Output[str],
    region: pulumi.Output[str],
    account: pulumi.Output[str],
    trust: pulumi.Output[str],
) -> aws.ecs.TaskDefinition:
    whole = Group("TaskDefinition", name)
    logs = aws.cloudwatch.LogGroup(name, retention_in_days=30, opts=whole.child)
    execution = aws.iam.Role(f"{name}-execution", assume_role_policy=trust, opts=whole.child)
    policy = aws.iam.RolePolicy(
        f"{name}-execution",
        role=execution.name,
        policy=pulumi.Output.all(partition, region, account, logs.name).apply(lambda known: _execution_policy(*known)),
        opts=whole.child,
    )
    task = aws.iam.Role(f"{name}-task", assume_role_policy=trust, opts=whole.child)
    definition = aws.ecs.TaskDefinition(
        name,
        family=name,
        network_mode="bridge",
        requires_compatibilities=["EC2"],
        execution_role_arn=execution.arn,
        task_role_arn=task.arn,
        container_definitions=pulumi.Output.all(logs.name, region).apply(lambda known: _containers(name, *known)),
        opts=whole.after(policy),
    )
    whole.register_outputs({"arn": definition.arn, "logGroupName": logs.name})
    return definition


def _execution_policy(partition: str, region: str, account: str, logs: str) -> str:
    statement = {
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Effect": "Allow",
        "Resource": [f"arn:{partition}:logs:{region}:{account}:log-group:{logs}:*"],
    }
    return _json({"Statement": [statement], "Version": "2012-10-17"})


def _containers(name: str, logs: str, region: str) -> str:
    container = {
        "name": "app",
        "image": IMAGE,
        "cpu": 0,
        "memory": 256,
        "memoryReservation": 128,
        "essential": True,
        "user": "1000:1000",
        "readonlyRootFilesystem": False,
        "environment": [{"name": "AWS_REGION", "value": region}],
        "portMappings": [{"containerPort": 8080, "hostPort": 0, "protocol": "tcp"}],
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }
    return _json([container])


def _reached(
    name: str,
    number: int,
    vpc: pulumi.Output[str],
    listener: aws.lb.Listener,
    cluster: aws.ecs.Cluster,
    provider: aws.ecs.CapacityProvider,
    task: aws.ecs.TaskDefinition,
    before: list[pulumi.Resource],
) -> aws.ecs.Service:
    """A service behind the load balancer."""
    whole = Group("Service", name)
    target = _target_group(name, whole, vpc)
    rule = _listener_rule(name, number, whole, listener, target)
    service = _service(name, whole, cluster, provider, task, target, [rule, *before])
    whole.register_outputs({"name": service.name, "targetGroupArn": target.arn})
    return service


def _target_group(name: str, whole: Group, vpc: pulumi.Output[str]) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        name,
        port=8080,
        protocol="HTTP",
        vpc_id=vpc,
        target_type="instance",
        deregistration_delay=30,
        slow_start=0,
        stickiness=aws.lb.TargetGroupStickinessArgs(enabled=False, type="lb_cookie"),
        health_check=aws.lb.TargetGroupHealthCheckArgs(
            enabled=True,
            port="traffic-port",
            protocol="HTTP",
            path="/",
            matcher="200-399",
            interval=15,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        opts=whole.child,
    )


def _listener_rule(
    name: str, number: int, whole: Group, listener: aws.lb.Listener, target: aws.lb.TargetGroup
) -> aws.lb.ListenerRule:
    path = aws.lb.ListenerRuleConditionPathPatternArgs(values=[f"/{name_of(number)}/*"])
    return aws.lb.ListenerRule(
        name,
        listener_arn=listener.arn,
        priority=number + 1,
        conditions=[aws.lb.ListenerRuleConditionArgs(path_pattern=path)],
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=target.arn)],
        opts=whole.child,
    )


def _service(
    name: str,
    whole: Group,
    cluster: aws.ecs.Cluster,
    provider: aws.ecs.CapacityProvider,
    task: aws.ecs.TaskDefinition,
    target: aws.lb.TargetGroup,
    before: list[pulumi.Resource],
) -> aws.ecs.Service:
    strategies = [("spread", "attribute:ecs.availability-zone"), ("binpack", "memory")]
    return aws.ecs.Service(
        name,
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=2,
        capacity_provider_strategies=[
            aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=provider.name, weight=1, base=0)
        ],
        ordered_placement_strategies=[
            aws.ecs.ServiceOrderedPlacementStrategyArgs(type=kind, field=field) for kind, field in strategies
        ],
        load_balancers=[
            aws.ecs.ServiceLoadBalancerArgs(target_group_arn=target.arn, container_name="app", container_port=8080)
        ],
        deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
        alarms=aws.ecs.ServiceAlarmsArgs(alarm_names=[], enable=False, rollback=False),
        availability_zone_rebalancing="ENABLED",
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=200,
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        wait_for_steady_state=False,
        sigint_rollback=False,
        force_new_deployment=True,
        opts=whole.after(*before),
    )
