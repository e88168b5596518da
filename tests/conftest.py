"""For all tests: what they start in the background does not outlive them, however they end."""

import os

from localaws.background import UNTIL

os.environ[UNTIL] = str(os.getpid())
