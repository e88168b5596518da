"""A Pulumi language host for Python, for a Pulumi CLI that was built from its Go modules and therefore has none.

It serves `pulumirpc.LanguageRuntime` (the contract: `proto/pulumi/language.proto` of pulumi/pulumi) and behaves as the
host of an official installation does, as far as deploying programs, running policy packs and component providers, and
installing dependencies go. Code generation (`pulumi package add`, `pulumi convert`) is left to the official host.
"""
