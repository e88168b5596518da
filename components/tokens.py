"""The components' Pulumi type tokens."""

PACKAGE = "ecs-on-ec2"


def token(component: str) -> str:
    """The type token of a component, as it stands in a stack's state."""
    return f"{PACKAGE}:index:{component}"
