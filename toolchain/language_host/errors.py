"""The error that a person sees."""


class HostError(Exception):
    """Something the user has to know; its text is shown by the Pulumi CLI as it stands."""
