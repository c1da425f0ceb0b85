"""What several unit tests begin with."""

from __future__ import annotations

import pytest

from support.capabilities import LISTS
from support.engine import Engine
from support.two_rows import made


@pytest.fixture(params=[None, LISTS], ids=["exact", "lists"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Two rows in step, with a tracker that shows all and one that only lists."""
    return made(request.param)
