"""What a component was called when it was first deployed."""

import pulumi


def within(parent: pulumi.Resource, name: str, first: str) -> pulumi.ResourceOptions:
    """The options of a component of its parent's name, which tell it what that was called first."""
    aliases = None if first == name else [pulumi.Alias(name=first)]
    return pulumi.ResourceOptions(parent=parent, aliases=aliases)


def first_name(name: str, opts: pulumi.ResourceOptions | None) -> str:
    """The name of the last of the aliases in its options, else its own.

    A renamed component's children follow it by their aliases; but what AWS cannot change, such as a security group's
    description or a task definition's family, has to stay as it was first written.
    """
    aliases = (opts.aliases if opts else None) or []
    former = [alias.name for alias in aliases if isinstance(alias, pulumi.Alias) and isinstance(alias.name, str)]
    return former[-1] if former else name
