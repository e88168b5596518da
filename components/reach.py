"""Which AWS a component is deployed to, for what asks it beside the provider: commands, and steps of a deployment."""

import os

import pulumi

from ecs_model.reach import Reach, ecs_endpoint


def reach_of(component: pulumi.Resource) -> Reach:
    """How ECS is reached where the component is deployed to, by the configuration of the default AWS provider.

    An explicit provider does not tell its configuration: for its components only the shell's variables count.
    """
    if component.get_provider("aws:index:Provider") is not None:
        return Reach(ecs_endpoint(os.environ, []))
    config = pulumi.Config("aws")
    endpoint = ecs_endpoint(os.environ, config.get_object("endpoints") or [])
    # Keys that are no secret, beside an address that is not AWS's: those of a local AWS.
    public = bool(endpoint) and not any(map(pulumi.runtime.is_config_secret, ("aws:accessKey", "aws:secretKey")))
    access, secret = (config.get("accessKey") or "", config.get("secretKey") or "") if public else ("", "")
    return Reach(endpoint, config.get("profile") or "", access, secret)
