"""Run by the engine: `python -u -m pulumi.policy ENGINE policies`."""

from policies.pack import serve

serve()
