"""What `recover` reports."""

from __future__ import annotations

from typing import Literal

from operations.report import Model, Report

FateName = Literal["found", "given", "absent", "again", "several", "earlier", "unknown", "unread"]


class OperationRow(Model):
    """An operation that was begun and not finished."""

    operation: str
    """creating, updating, deleting, …"""
    type: str
    name: str
    urn: str
    region: str
    fate: FateName
    """found: exists. given: exists or not, as --id says. absent: does not exist. again: the next run does it again.

    several: may be one of `candidates`. earlier: what is there seems older than the run. unknown: cannot be looked for.
    unread: AWS did not answer.
    """
    id: str
    """By which the provider imports it; empty where it is none, or not known."""
    why: str
    """Half a sentence that goes on from the name."""
    candidates: list[str]


class RecoverReport(Report):
    """What a killed run left; `findings` are what is to be decided or done. `cluster` is the stack's, if it has one."""

    stack: str
    account: str
    """The AWS account that was asked; empty where nothing had to be."""
    locked: list[str]
    """Who holds the stack."""
    lock_told: bool
    """Whether the backend tells that; where not, Pulumi refuses to write the state of a stack that is held."""
    operations: list[OperationRow]
    unread: list[str]
    """URNs of what was taken in and has not been read from AWS yet."""
    imported: list[str]
    """URNs of what was taken into the state now, and read."""
    cleared: int
    """How many pending operations were taken off the state now."""
