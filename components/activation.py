"""Waiting for a new capacity provider of ECS Managed Instances, where something needs it."""

import asyncio

import pulumi
from pulumi.runtime import mocks, settings

NOT_ACTIVE, ATTEMPTS, LONGEST_PAUSE = "not in an ACTIVE state", 60, 10
"""What ECS answers while it sets one up; how often and after how many seconds it is asked again."""


def until_active(what: str) -> pulumi.ResourceHookBinding | None:
    """Try again what ECS refuses while it sets up a capacity provider of Managed Instances, which takes a minute or so.

    The AWS provider does not wait for it (pulumi-aws#6061). `what` is tried again, as no other resource of the program
    is called. None under Pulumi's mocks, which call nothing back.
    """
    if isinstance(settings.get_monitor(), mocks.MockMonitor):
        return None
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{what}, until active", is_worth_another_try)])


async def is_worth_another_try(args: pulumi.ErrorHookArgs) -> bool:
    """Whether only a capacity provider's state is in the way, after a pause that grows; the newest error is first."""
    if NOT_ACTIVE not in next(iter(args.errors), "") or len(args.errors) >= ATTEMPTS:
        return False
    await asyncio.sleep(min(2 ** (len(args.errors) - 1), LONGEST_PAUSE))
    return True
