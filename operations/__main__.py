"""`python -m operations COMMAND`."""

from operations.app import app

if __name__ == "__main__":
    app(prog_name="python -m operations")
