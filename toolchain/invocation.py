"""The command line and the environment with which pulumi runs for a stack: pure, so that a test can compare it all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONFIRMED = frozenset({"up", "refresh", "destroy"})
"""Commands that ask before they act."""
POLICED = frozenset({"up", "preview"})
"""Commands that run the program, so that the policy pack can judge it."""

PASSPHRASE = "local"  # noqa: S105
"""Encrypts the local stack's secrets, of which none is one: the stack names only what exists in its emulated AWS."""

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy")
"""Ways out to real networks, read in either case; gRPC would take them even to the local AWS and the policy pack."""
_REAL_ACCESS = ("PULUMI_ACCESS_TOKEN", "PULUMI_API", "PULUMI_CONFIG_PASSPHRASE_FILE")


def policy_configuration(root: Path, stack: str) -> Path | None:
    """The file that says what the policy pack allows a stack, None where it has none."""
    file = root / f"Pulumi.{stack}.policies.json"
    return file if file.is_file() else None


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS: the Pulumi provider's port, the AWS endpoint, and the state's directory."""

    provider_port: int
    endpoint: str
    backend: Path


@dataclass(frozen=True)
class Invocation:
    """What to execute."""

    argv: list[str]
    env: dict[str, str]


def deployment(
    command: str,
    stack: str,
    arguments: Sequence[str],
    cli: Path,
    local: LocalAws | None,
    environ: Mapping[str, str],
    policies: Path | None = None,
) -> Invocation:
    """`pulumi up|preview|refresh|destroy` of a stack, on the local AWS where one is given, else on the real one.

    On a real account pulumi asks for confirmation as ever, unless the arguments hold `--yes`. `policies` configures the
    policy pack, unless the arguments name packs or configurations, of which pulumi wants equally many.
    """
    pack = ["--policy-pack", "policies"] if command in POLICED else []
    if pack and policies and not any(part.startswith("--policy-pack") for part in arguments):
        pack += ["--policy-pack-config", str(policies)]
    confirmed = ["--yes"] if local and command in CONFIRMED else []
    argv = [str(cli), command, "--stack", stack, *pack, *confirmed, *arguments]
    return Invocation(argv, environment(stack, cli, local, environ))


def anything(
    stack: str, arguments: Sequence[str], cli: Path, local: LocalAws | None, environ: Mapping[str, str]
) -> Invocation:
    """Any pulumi command: it learns the stack from PULUMI_STACK, since not every command takes `--stack`."""
    env = environment(stack, cli, local, environ) | {"PULUMI_STACK": stack}
    return Invocation([str(cli), *arguments], env)


def environment(stack: str, cli: Path, local: LocalAws | None, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for pulumi: the user's, with the CLI on PATH; for a local AWS cut off from all that is real."""
    env = dict(environ)
    if shutil.which("pulumi", path=env.get("PATH", os.defpath)) != str(cli):
        # pulumi warns about a language host on PATH that is not the one beside it.
        env["PATH"] = os.pathsep.join([str(cli.parent), env.get("PATH", os.defpath)])
    if local is None:
        return env
    kept = {name: value for name, value in env.items() if not _is_real_access(name)}
    return kept | {
        # For what the program itself asks of AWS; the provider is attached.
        "AWS_ENDPOINT_URL": local.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "PULUMI_STACK": stack,
        "PULUMI_BACKEND_URL": f"file://{local.backend}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DEBUG_PROVIDERS": f"aws:{local.provider_port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _is_real_access(name: str) -> bool:
    return name in _REAL_ACCESS or name.lower() in _PROXIES or name.startswith(("AWS_", "PULUMI_DIY_BACKEND_"))
