"""Network mode host: tasks that answer at ports of their container instance, behind a network load balancer."""

import pulumi

import components as ecs
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import PortMapping
from ecs_model.load_balancer import LoadBalancerSettings, LoadBalancerType
from ecs_model.network import NetworkSettings, NewNetwork
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import NetworkMode
from ecs_model.routing import Routing, Stickiness
from ecs_model.strategy import StrategyItem

PORT = 5353
ECHO = f"""
import socketserver, threading
class Tcp(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline())
class Udp(socketserver.DatagramRequestHandler):
    def handle(self): self.wfile.write(self.rfile.read())
threading.Thread(target=socketserver.ThreadingUDPServer(("", {PORT}), Udp).serve_forever).start()
socketserver.ThreadingTCPServer(("", {PORT}), Tcp).serve_forever()
"""

network = ecs.Network("echo", ecs.NetworkArgs(NetworkSettings(create=NewNetwork(cidr="10.32.0.0/16"))))
balancer = ecs.LoadBalancer(
    "echo-edge",
    ecs.LoadBalancerArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        settings=LoadBalancerSettings(LoadBalancerType.NETWORK, internal=True, ingress_cidrs=["10.32.0.0/16"]),
    ),
)
cluster = ecs.Cluster(
    "echo",
    ecs.ClusterArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        capacity={"general": CapacitySettings(["m7i.large"], min_size=2, max_size=3)},
        settings=ClusterSettings([StrategyItem("general", weight=1)]),
    ),
    pulumi.ResourceOptions(depends_on=[network]),
)
task = ecs.TaskDefinition(
    "echo-echo",
    ecs.TaskDefinitionArgs(
        network_mode=NetworkMode.HOST,
        containers={
            "echo": ecs.ContainerArgs(
                image="public.ecr.aws/docker/library/python:3.13-slim",
                user="1000:1000",
                command=["python", "-c", ECHO],
                memory=128,
                port_mappings=[PortMapping(PORT)],
                readonly_root_filesystem=True,
            )
        },
    ),
)
general = cluster.providers()["general"]
echo = ecs.Service(
    "echo-echo",
    ecs.ServiceArgs(
        cluster_arn=cluster.arn,
        task_definition_arn=task.arn,
        capacity_provider_strategy=[ecs.CapacityProviderStrategyItemArgs(general, weight=1)],
        network_mode=NetworkMode.HOST,
        desired_count=2,
        # An instance has each port once: its old task ends before the new one starts.
        minimum_healthy_percent=50,
        maximum_percent=100,
        instance_security_group_ids=cluster.instance_groups(),
        load_balancer=ecs.ServiceLoadBalancerArgs(
            listener_arn=None,
            security_group_id=balancer.security_group_id,
            vpc_id=network.vpc_id,
            routing=Routing(
                container_name="echo",
                container_port=PORT,
                listener=NetworkListener(53, ListenerProtocol.TCP_UDP),
                stickiness=Stickiness(),
            ),
            network=ecs.NetworkBalancerArgs.of(balancer),
            fixed_host_port=PORT,
        ),
    ),
    pulumi.ResourceOptions(depends_on=[cluster, task]),
)
pulumi.export("service", echo.name)
