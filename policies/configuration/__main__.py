"""`python -m policies.configuration`: see docs/policy-configuration.md."""

import sys

from policies.configuration.command import main

sys.exit(main())
