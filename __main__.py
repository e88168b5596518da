"""One environment: its settings become components, and their outputs the stack's."""

import gc

# Nearly all that is imported and made here lives to the end: to look for cycles in it is a fifth of the imports' time,
# and half of that of a thousand services.
gc.disable()

import pulumi

import components as ecs
import settings

stack = settings.load()
adoption = ecs.Adoption(stack.adopt)
change = ecs.change_of(stack.attached_providers, list(stack.managed_instances))
settings.refuse(ecs.left_with_services(change, stack.attached_providers, list(stack.services)))
settings.refuse(ecs.leaving_awsvpc({key: each.network_mode for key, each in stack.services.items()}))
network = ecs.Network(stack.name, ecs.NetworkArgs(stack.network))
balancers = {
    key: ecs.LoadBalancer(
        f"{stack.name}-{key}",
        ecs.LoadBalancerArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.instance_subnet_ids if chosen.internal else network.public_subnet_ids,
            settings=chosen,
        ),
    )
    for key, chosen in stack.load_balancers.items()
}
cluster = ecs.Cluster(
    stack.name,
    ecs.ClusterArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        capacity=stack.capacity,
        settings=stack.cluster,
        load_balancers={key: balancer.security_group_id for key, balancer in balancers.items()},
        udp_load_balancers={key: balancers[key].security_group_id for key in stack.udp_load_balancers()},
        public_addresses=stack.public_instances,
        managed_instances=stack.managed_instances,
        former_capacity_providers=change.before,
        settled=change.settles,
        roles=ecs.RoleArgs.of(stack.roles),
    ),
    pulumi.ResourceOptions(depends_on=[network]),
)
namespace = ecs.Namespace(stack.name, ecs.NamespaceArgs(network.vpc_id, stack.namespace)) if stack.namespace else None
shared = stack.connect_namespace
connect = ecs.ConnectNamespace(stack.name, ecs.ConnectNamespaceArgs(shared)) if shared else None
runs = {}
for key, once in stack.run.items():
    once_args = ecs.OneOffTaskArgs.of(once, stack.strategy(once), stack.capacity_of(once), cluster, network)
    runs[key] = ecs.OneOffTask(f"{stack.name}-{key}", once_args)
services, task_roles = {}, {}
for key, chosen in stack.services.items():
    name = f"{stack.name}-{key}"
    fargate = stack.on_fargate(chosen)
    managed = stack.managed_of(chosen)
    task_args = ecs.TaskDefinitionArgs.of(chosen, stack.capacity_of(chosen), cluster, fargate=fargate, managed=managed)
    task = ecs.TaskDefinition(name, task_args)
    task_roles[key] = task.task_role_arn
    discovery = ecs.ServiceDiscoveryArgs.of(key, chosen, namespace.id) if namespace else None
    services[key] = ecs.Service(
        name,
        ecs.ServiceArgs.of(chosen, stack.strategy(chosen), cluster, task, network, balancers, discovery, connect),
        pulumi.ResourceOptions(depends_on=[cluster, task, *(runs[step] for step in stack.steps_before(key))]),
    )
jobs = {}
for key, job in stack.scheduled_tasks.items():
    job_args = ecs.ScheduledTaskArgs.of(job, stack.strategy(job), stack.capacity_of(job), cluster, network)
    jobs[key] = ecs.ScheduledTask(f"{stack.name}-{key}", job_args, pulumi.ResourceOptions(depends_on=[cluster]))
moved = [*(service.name for service in services.values()), *(job.name for job in jobs.values())]
settled = ecs.settle(stack.name, change, cluster, stack.cluster.default_capacity_provider_strategy, moved)
if settled is not None:
    pulumi.export("capacityProvidersSettled", settled)
if links := [*stack.links(), *stack.connect_links()]:
    ecs.ServiceAccess(stack.name, ecs.ServiceAccessArgs.of(links, services, cluster))
insights = stack.container_insights
if stack.alarms is not None:
    ecs.Alarms(stack.name, ecs.AlarmsArgs.of(stack.alarms, cluster, services, container_insights=insights))
if stack.cluster.dashboard:
    ecs.Dashboard(stack.name, ecs.DashboardArgs.of(cluster, services, container_insights=insights))
settings.refuse(adoption.unmet(), "adopt", begun=True)

pulumi.export("cluster", cluster.name)
pulumi.export("capacityProviders", cluster.capacity_provider_names)
if stack.cluster.fargate:
    pulumi.export("fargate", True)
pulumi.export("services", {key: service.name for key, service in services.items()})
pulumi.export("taskRoles", task_roles)
if own := stack.awsvpc_services:
    pulumi.export("taskSecurityGroups", {key: services[key].security_group_id for key in own})
if jobs:
    pulumi.export("scheduledTasks", {key: job.name for key, job in jobs.items()})
if runs:
    pulumi.export("run", {key: once.command for key, once in runs.items()})
pulumi.export("loadBalancers", {key: balancer.dns_name for key, balancer in balancers.items()})
ecs.export_platform(cluster, network, balancers)
