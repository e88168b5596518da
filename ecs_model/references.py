"""What a container refers to by ARN: secrets, parameters, files in S3, and the keys to them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
"""

import re

_STORED = r"arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+"
_SECRET = re.compile(rf"({_STORED})(?::([^\s:]*):([^\s:]*):([^\s:]*))?")
_SHORT_SECRET = re.compile(rf"{_STORED}:\S*")
_PARAMETER = re.compile(r"arn:aws[\w-]*:ssm:[\w-]+:\d{12}:parameter/[\w/.-]+")
_OBJECT = re.compile(r"(arn:aws[\w-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/\S+")
_KEY = re.compile(r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/[\w-]+")
_FULL = re.compile(r"-[A-Za-z0-9]{6}")


def secret_problem(arn: str) -> str | None:
    """Why a container cannot be given what an ARN names, or None.

    The text may be a secret itself, put there by mistake, so it is never quoted.
    """
    match = _SECRET.fullmatch(arn)
    if match:
        both = bool(match[3] and match[4])
        return "names both a version stage and a version id: leave one of the two empty" if both else None
    if _PARAMETER.fullmatch(arn):
        return None
    if _SHORT_SECRET.fullmatch(arn):
        return (
            "needs three parts after the secret's name, if only empty: …:secret:NAME:JSON-KEY:VERSION-STAGE:VERSION-ID"
        )
    return (
        "is not the ARN of a Secrets Manager secret (arn:aws:secretsmanager:…:secret:…) "
        "or an SSM parameter (arn:aws:ssm:…:parameter/…)"
    )


def secret_resource(arn: str) -> str | None:
    """A secret in Secrets Manager as a resource in IAM, whatever key and version the ARN adds; None for another's ARN.

    A secret's whole ARN ends in a hyphen and six characters that AWS chose; where they were left out, any six fit.
    """
    match = _SECRET.fullmatch(arn)
    if match is None:
        return None
    return match[1] if _FULL.fullmatch(match[1][-7:]) else f"{match[1]}-??????"


def is_parameter(arn: str) -> bool:
    """Whether an ARN is that of an SSM parameter."""
    return _PARAMETER.fullmatch(arn) is not None


def object_bucket(arn: str) -> str | None:
    """The ARN of the bucket that holds an object in S3, by the object's own ARN; None where that is not one."""
    match = _OBJECT.fullmatch(arn)
    return match[1] if match else None


def is_key(arn: str) -> bool:
    """Whether an ARN is that of a KMS key; an alias's is not, for IAM does not look through it."""
    return _KEY.fullmatch(arn) is not None
