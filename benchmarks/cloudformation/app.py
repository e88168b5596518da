"""Shops on ECS as tests/policies/shops.py has them, resource by resource, for AWS CDK; run in an environment with it.

Takes the number of shops and the directory for the template.
"""

import sys
from base64 import b64encode

from aws_cdk import App, Stack, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from constructs import Construct

USER_DATA = """#!/bin/bash
cat >> /etc/ecs/ecs.config <<'EOF'
ECS_CLUSTER={cluster}
ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
EOF
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
SUBNETS = ["subnet-0a1a0a1a0a1a0a1a0", "subnet-0b1b0b1b0b1b0b1b0"]
VPC = "vpc-0c1c0c1c0c1c0c1c0"


class Shop(Construct):  # type: ignore[misc]
    """A load-balanced service in bridge mode on EC2 capacity, with a fixed host port."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        cluster = ecs.CfnCluster(
            self,
            "cluster",
            cluster_name=name,
            cluster_settings=[ecs.CfnCluster.ClusterSettingsProperty(name="containerInsights", value="enhanced")],
        )
        balancer, public = self._load_balancer()
        provider = self._capacity(cluster, name, public)
        association = ecs.CfnClusterCapacityProviderAssociations(
            self,
            "association",
            cluster=cluster.ref,
            capacity_providers=[provider.ref],
            default_capacity_provider_strategy=[
                ecs.CfnClusterCapacityProviderAssociations.CapacityProviderStrategyProperty(
                    capacity_provider=provider.ref, weight=1, base=0
                )
            ],
        )
        self._service(cluster, provider, association, balancer)

    def _load_balancer(self) -> tuple[elb.CfnLoadBalancer, ec2.CfnSecurityGroup]:
        public = ec2.CfnSecurityGroup(
            self,
            "public",
            group_description="The load balancer",
            vpc_id=VPC,
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp", from_port=443, to_port=443, cidr_ip="0.0.0.0/0", description="HTTPS"
                )
            ],
        )
        attributes = {
            "routing.http.drop_invalid_header_fields.enabled": "true",
            "deletion_protection.enabled": "true",
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": "logs",
        }
        balancer = elb.CfnLoadBalancer(
            self,
            "alb",
            type="application",
            subnets=SUBNETS,
            security_groups=[public.ref],
            load_balancer_attributes=[
                elb.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=value)
                for key, value in attributes.items()
            ],
        )
        return balancer, public

    def _capacity(self, cluster: ecs.CfnCluster, name: str, public: ec2.CfnSecurityGroup) -> ecs.CfnCapacityProvider:
        instances = ec2.CfnSecurityGroup(self, "instances", group_description="The instances", vpc_id=VPC)
        ec2.CfnSecurityGroupIngress(
            self,
            "tasks",
            group_id=instances.ref,
            source_security_group_id=public.ref,
            ip_protocol="tcp",
            from_port=49153,
            to_port=65535,
            description="Dynamic host ports",
        )
        template = ec2.CfnLaunchTemplate(
            self,
            "template",
            launch_template_data=ec2.CfnLaunchTemplate.LaunchTemplateDataProperty(
                image_id="resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
                instance_type="m7i.large",
                user_data=b64encode(USER_DATA.format(cluster=name).encode()).decode(),
                security_group_ids=[instances.ref],
                metadata_options=ec2.CfnLaunchTemplate.MetadataOptionsProperty(
                    http_tokens="required", http_put_response_hop_limit=1
                ),
            ),
        )
        template.node.add_dependency(cluster)
        fleet = autoscaling.CfnAutoScalingGroup(
            self,
            "fleet",
            min_size="0",
            max_size="4",
            vpc_zone_identifier=SUBNETS,
            launch_template=autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty(
                launch_template_id=template.ref, version="1"
            ),
        )
        Tags.of(fleet).add("AmazonECSManaged", "true")
        return ecs.CfnCapacityProvider(
            self,
            "capacity",
            auto_scaling_group_provider=ecs.CfnCapacityProvider.AutoScalingGroupProviderProperty(
                auto_scaling_group_arn=fleet.ref,
                managed_draining="ENABLED",
                managed_scaling=ecs.CfnCapacityProvider.ManagedScalingProperty(status="ENABLED", target_capacity=100),
            ),
        )

    def _service(
        self,
        cluster: ecs.CfnCluster,
        provider: ecs.CfnCapacityProvider,
        association: ecs.CfnClusterCapacityProviderAssociations,
        balancer: elb.CfnLoadBalancer,
    ) -> None:
        execution, task_role = (
            iam.CfnRole(self, name, assume_role_policy_document=TRUST) for name in ("execution", "task")
        )
        port = ecs.CfnTaskDefinition.PortMappingProperty(container_port=80, host_port=8080)
        web = ecs.CfnTaskDefinition(
            self,
            "web",
            network_mode="bridge",
            execution_role_arn=execution.attr_arn,
            task_role_arn=task_role.attr_arn,
            container_definitions=[
                ecs.CfnTaskDefinition.ContainerDefinitionProperty(
                    name="app", image="nginx:1.27", memory=256, port_mappings=[port]
                )
            ],
        )
        targets = elb.CfnTargetGroup(self, "targets", vpc_id=VPC, port=80, protocol="HTTP", target_type="instance")
        listener = elb.CfnListener(
            self,
            "listener",
            load_balancer_arn=balancer.ref,
            port=443,
            protocol="HTTPS",
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            certificates=[elb.CfnListener.CertificateProperty(certificate_arn=CERTIFICATE)],
            default_actions=[elb.CfnListener.ActionProperty(type="forward", target_group_arn=targets.ref)],
        )
        service = ecs.CfnService(
            self,
            "service",
            cluster=cluster.ref,
            task_definition=web.ref,
            desired_count=2,
            load_balancers=[
                ecs.CfnService.LoadBalancerProperty(
                    target_group_arn=targets.ref, container_name="app", container_port=80
                )
            ],
            capacity_provider_strategy=[
                ecs.CfnService.CapacityProviderStrategyItemProperty(capacity_provider=provider.ref, weight=1)
            ],
            deployment_configuration=ecs.CfnService.DeploymentConfigurationProperty(
                deployment_circuit_breaker=ecs.CfnService.DeploymentCircuitBreakerProperty(enable=True, rollback=True)
            ),
        )
        service.node.add_dependency(association, listener)


def main(shops: int, directory: str) -> None:
    """Writes the template of some shops, `shops.template.json`, to a directory."""
    app = App(outdir=directory)
    stack = Stack(app, "shops", env={"account": "123456789012", "region": "eu-central-1"})
    for number in range(shops):
        Shop(stack, f"shop{number}")
    app.synth()


main(int(sys.argv[1]), sys.argv[2])
