"""IAM roles."""

import re

from policies.views.resource import Resource


class Role(Resource):
    """An IAM role."""

    type = "aws:iam/role:Role"
    label = "role"
    identity = ("arn", "name", "id")


_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})")


def role_name(text: str) -> tuple[str | None, str]:
    """(account, name) of a role given as an ARN; (None, the text) of one given by its name."""
    match = _ROLE_ARN.fullmatch(text)
    return (match[1], match[2]) if match else (None, text)
