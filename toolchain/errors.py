"""The error that a person sees."""


class ToolchainError(Exception):
    """A set-up that cannot go on; the text says what is wrong and what to do."""
