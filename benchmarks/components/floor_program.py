"""The floor as Pulumi runs a program: as a file, with as many services as the environment's SERVICES says."""

import os

from benchmarks.components import floor

floor.program(int(os.environ["SERVICES"]))
