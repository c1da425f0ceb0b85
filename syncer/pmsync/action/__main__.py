"""``python -m pmsync.action``."""

from __future__ import annotations

import sys

from pmsync.action.steps import main

sys.exit(main())
