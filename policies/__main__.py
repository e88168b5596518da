"""Run by the engine: `python -u -m pulumi.policy ENGINE policies`."""

import sys

try:
    from policies.pack import serve
except ModuleNotFoundError as error:
    sys.exit(
        f"error: this policy pack does not find the Python package {error.name} in {sys.prefix}. In its repository run"
        " `make setup`; elsewhere take the directory that `make policy-pack` builds, and run `pulumi install` in it."
    )

serve()
