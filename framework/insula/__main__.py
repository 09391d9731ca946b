"""``python -m insula`` is the same as ``insula``."""

import sys

from insula.cli.main import main

sys.exit(main())
