"""Where a platform stack keeps its contract with service stacks, apart from what reads it, which only those load."""

OUTPUT = "platform"
"""The output's name."""
VERSION = 1
"""Of the contract."""
