"""Serves the components to programs in any language: `pulumi package add <path of this directory>`."""

from components.serving import serve

if __name__ == "__main__":
    serve()
