"""What ECS is told of deployments that move traffic."""

import pulumi_aws as aws

from ecs_model.shifting import DeploymentSettings, DeploymentStrategy, LifecycleHook

DEFAULTS = {DeploymentStrategy.LINEAR: (10.0, 6), DeploymentStrategy.CANARY: (5.0, 10)}
"""ECS's own: the traffic of a step in percent, and the minutes after it."""


def deployment_configuration(chosen: DeploymentSettings) -> aws.ecs.ServiceDeploymentConfigurationArgs:
    """The strategy, its steps and its hooks; rolling too, so that a service can go back to it."""
    strategy = chosen.strategy
    if not strategy.shifts:
        return aws.ecs.ServiceDeploymentConfigurationArgs(strategy=strategy.api_name)
    percent, minutes = DEFAULTS.get(strategy, (0.0, 0))
    percent = percent if chosen.step_percent is None else chosen.step_percent
    minutes = minutes if chosen.step_time is None else chosen.step_time
    return aws.ecs.ServiceDeploymentConfigurationArgs(
        strategy=strategy.api_name,
        bake_time_in_minutes=str(chosen.bake_time),
        linear_configuration=aws.ecs.ServiceDeploymentConfigurationLinearConfigurationArgs(
            step_percent=percent, step_bake_time_in_minutes=str(minutes)
        )
        if strategy is DeploymentStrategy.LINEAR
        else None,
        canary_configuration=aws.ecs.ServiceDeploymentConfigurationCanaryConfigurationArgs(
            canary_percent=percent, canary_bake_time_in_minutes=str(minutes)
        )
        if strategy is DeploymentStrategy.CANARY
        else None,
        lifecycle_hooks=[_hook(hook) for _, hook in sorted(chosen.hooks.items())] or None,
    )


def _hook(hook: LifecycleHook) -> aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs:
    return aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs(
        hook_target_arn=hook.function_arn,
        role_arn=hook.role_arn,
        lifecycle_stages=[stage.value for stage in hook.stages],
        hook_details=hook.details,
    )
