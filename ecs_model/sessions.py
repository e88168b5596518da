"""Where a cluster records what people do by ECS Exec, and what its tasks may do for that.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.problem import Problem
from ecs_model.references import is_key


@dataclass(frozen=True)
class ExecuteCommandSettings:
    """How sessions of ECS Exec are encrypted and recorded; in each task's own log group where no place is named."""

    kms_key: str | None = None
    """The ARN of a KMS key that encrypts sessions, beside TLS; none where absent."""
    log_group: str | None = None
    """The name of a log group that exists, which every session is recorded in."""
    bucket: str | None = None
    """The name of an S3 bucket, which every session is recorded in."""
    prefix: str | None = None
    """A directory in the bucket; none where absent."""
    encrypted_logs: bool = False
    """Refuse sessions unless the log group and the bucket are encrypted with KMS keys."""

    @property
    def elsewhere(self) -> bool:
        """Whether sessions are recorded in another place than their task's log group."""
        return self.log_group is not None or self.bucket is not None

    def problems(self) -> Iterator[Problem]:
        """What ECS would refuse."""
        if self.kms_key is not None and not is_key(self.kms_key):
            yield Problem(("kmsKey",), f"{self.kms_key!r} is no ARN of a KMS key (arn:aws:kms:…:key/…): correct it")
        if self.log_group is not None and not re.fullmatch(r"[A-Za-z0-9_/.#-]{1,512}", self.log_group):
            yield Problem(("logGroup",), f"{self.log_group!r} is no log group's name, such as /ecs/sessions")
        if self.bucket is not None and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", self.bucket):
            yield Problem(("bucket",), f"{self.bucket!r} is not a bucket's name, such as shop-sessions")
        if self.prefix is not None and self.bucket is None:
            yield Problem(("prefix",), "is a directory in bucket, and there is none: set bucket, or leave it out")
        if self.prefix is not None and not re.fullmatch(r"[\w!.*'()-]+(/[\w!.*'()-]+)*", self.prefix):
            yield Problem(("prefix",), f"{self.prefix!r} is not a directory, such as ecs/exec: no slash first or last")
        if self.encrypted_logs and not self.elsewhere:
            yield Problem(("encryptedLogs",), "is for logGroup and bucket, and there is neither: set one of them")
