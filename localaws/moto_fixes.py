"""What moto lets pass or leaves out and AWS does not: put into moto's backends of this process."""


def apply() -> None:
    """Change moto's backends; once in a process, before it serves."""
