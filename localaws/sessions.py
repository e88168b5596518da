"""What provider instances were configured with, told apart by their connections."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localaws import aws
from localaws.engine import Refused
from localaws.wire import Properties

MAX_SESSIONS = 1000


@dataclass(frozen=True)
class Session:
    """What one provider instance was configured with."""

    region: aws.Region
    default_tags: Mapping[str, str]
    cancelled: threading.Event = field(default_factory=threading.Event)


def configured(endpoint: aws.Endpoint, config: Properties) -> Session:
    """A session by the configuration of the AWS provider. Raises Refused."""
    allowed, forbidden = _list(config.get("allowedAccountIds")), _list(config.get("forbiddenAccountIds"))
    if (allowed and aws.ACCOUNT not in allowed) or aws.ACCOUNT in forbidden:
        raise Refused(
            f"the local AWS is account {aws.ACCOUNT} and stands in for no other: aws:allowedAccountIds is "
            f"{', '.join(allowed) or 'not set'}, aws:forbiddenAccountIds is {', '.join(forbidden) or 'not set'}. "
            "Use the stack's real AWS, or change them in its Pulumi.<stack>.yaml."
        )
    if not config.get("region"):
        raise Refused("aws:region is not set: pulumi config set aws:region us-east-1")
    tags = _object(_object(config.get("defaultTags")).get("tags"))
    return Session(aws.Region(endpoint, str(config["region"])), tags)


def _list(value: Any) -> list[str]:
    """A list of the provider's configuration, which may come as JSON text."""
    found = json.loads(value) if isinstance(value, str) else value or []
    return [str(item) for item in found]


def _object(value: Any) -> Properties:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


class Sessions:
    """The latest sessions, by connection. Safe to use from several threads."""

    def __init__(self) -> None:
        self._of_peer: dict[str, Session] = {}
        self._lock = threading.Lock()

    def keep(self, peer: str, session: Session) -> None:
        """Remember what came by a connection."""
        with self._lock:
            self._of_peer[peer] = session
            while len(self._of_peer) > MAX_SESSIONS:
                del self._of_peer[next(iter(self._of_peer))]

    def cancel(self, peer: str) -> None:
        """Let what waits in a connection's session end, if there is one."""
        session = self._of_peer.get(peer)
        if session is not None:
            session.cancelled.set()

    def of(self, peer: str) -> Session:
        """The session of a connection. Raises Refused where it is not known."""
        with self._lock:
            session = self._of_peer.get(peer)
            alike = {(item.region.name, str(item.default_tags)) for item in self._of_peer.values()}
            if session is None and len(alike) == 1:
                # gRPC connects anew after half an hour without a call, as when a person is asked for confirmation.
                session = next(reversed(self._of_peer.values()))
        if session is None:
            raise Refused("the connection to the local AWS was lost, or never configured: run the command again")
        return session
