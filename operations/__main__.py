"""`python -m operations COMMAND`, and `ecs-operations COMMAND` where this project is installed."""

import sys
from pathlib import Path

WITHOUT = "error: {name} is not installed: pip install 'ecs-on-ec2[operations]', from where ecs-on-ec2 came"


def main() -> None:
    """Run the command line. Ends with 2 where what it needs is not installed."""
    name = Path(sys.argv[0]).name
    try:
        from operations.app import app
    except ModuleNotFoundError as error:
        print(WITHOUT.format(name=error.name), file=sys.stderr)
        raise SystemExit(2) from None
    app(prog_name="python -m operations" if name == "__main__.py" else name)


if __name__ == "__main__":
    main()
