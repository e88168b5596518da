"""Reads what a role may do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from ecs_model.iam_actions import SESSION_POLICIES
from ecs_model.policy_document import MalformedPolicy, PolicyDocument, Statement, missing_actions
from operations.reading import Reader

_AWS = ":iam::aws:policy/"


def lacking(reader: Reader, role: str, needed: Iterable[str]) -> tuple[str, ...] | None:
    """Which of the actions a role does not allow; None where not all of its policies could be read."""
    failed = len(reader.missing)
    attached = reader.call("iam", "ListAttachedRolePolicies", RoleName=role).get("AttachedPolicies", [])
    if any(_AWS in each["PolicyArn"] and each["PolicyName"] in SESSION_POLICIES for each in attached):
        return ()
    statements = [*_managed(reader, [each["PolicyArn"] for each in attached]), *_inline(reader, role)]
    return tuple(missing_actions(statements, needed)) if len(reader.missing) == failed else None


def _managed(reader: Reader, arns: Iterable[str]) -> Iterator[Statement]:
    for arn in arns:
        version = reader.call("iam", "GetPolicy", PolicyArn=arn).get("Policy", {}).get("DefaultVersionId")
        if version:
            answer = reader.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)
            yield from _statements(answer.get("PolicyVersion", {}).get("Document"))


def _inline(reader: Reader, role: str) -> Iterator[Statement]:
    for name in reader.call("iam", "ListRolePolicies", RoleName=role).get("PolicyNames", []):
        answer = reader.call("iam", "GetRolePolicy", RoleName=role, PolicyName=name)
        yield from _statements(answer.get("PolicyDocument"))


def _statements(document: object) -> Iterable[Statement]:
    """boto3 reads the document; where it could not, the text is still quoted."""
    text = unquote(document) if isinstance(document, str) else json.dumps(document or {})
    try:
        return PolicyDocument.parse(text).statements
    except MalformedPolicy:
        return ()
