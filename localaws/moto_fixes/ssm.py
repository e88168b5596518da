"""AWS Systems Manager: the public parameters of Bottlerocket's images for ECS, which moto has not.

Source: https://github.com/bottlerocket-os/bottlerocket/blob/develop/QUICKSTART-ECS.md (the names). The image ids are
made up, one for each variant, architecture and region.
"""

from __future__ import annotations

import hashlib
from typing import Any

from moto.core.utils import utcnow
from moto.ssm.models import Parameter, ParameterDict, ssm_backends

from ecs_model.images import X86_64_ONLY, AmiFamily, Architecture, ssm_parameter
from localaws.moto_fixes.patch import before

VARIANTS = ("aws-ecs-1", "aws-ecs-1-nvidia", "aws-ecs-2", "aws-ecs-2-nvidia", "aws-ecs-2-fips")
ARCHITECTURES = ("x86_64", "arm64")


_PARAMETER: Any = Parameter  # abstract by moto's annotations, not in fact


def _image(*what: str) -> str:
    return "ami-" + hashlib.sha256("/".join(what).encode()).hexdigest()[:17]


@before(ParameterDict, "_check_loading_status")
def _load(self: Any, key: str) -> None:
    if not str(key or "").startswith("/aws/service/bottlerocket") or getattr(self, "bottlerocket_loaded", False):
        return
    self.bottlerocket_loaded = True
    for variant in VARIANTS:
        for architecture in ARCHITECTURES:
            name = f"/aws/service/bottlerocket/{variant}/{architecture}/latest/image_id"
            self[name].append(
                _PARAMETER(
                    account_id=self.account_id,
                    name=name,
                    value=_image(self.region_name, variant, architecture),
                    parameter_type="String",
                    description=None,
                    allowed_pattern=None,
                    keyid=None,
                    last_modified_date=utcnow(),
                    version=1,
                    data_type="aws:ec2:image",
                )
            )


def value(account: str, region: str, name: str) -> str | None:
    """A parameter's value, None where there is no such parameter."""
    found = ssm_backends[account][region].get_parameter(name)
    return None if found is None else str(found.value)


def architecture(account: str, region: str, image: str) -> Architecture:
    """That of a recommended ECS-optimized AMI; x86_64 for any other."""
    arm = Architecture.ARM64
    names = [ssm_parameter(family, arm, gpus=gpus) for family in set(AmiFamily) - X86_64_ONLY for gpus in (False, True)]
    return arm if image in [value(account, region, name) for name in names] else Architecture.X86_64
