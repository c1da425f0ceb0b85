"""What several unit tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.capabilities import LISTS
from support.desk import Desk
from support.engine import Engine
from support.repositories import Host, MemoryForge
from support.two_rows import made


@pytest.fixture(params=[None, LISTS], ids=["exact", "lists"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Two rows in step, with a tracker that shows all and one that only lists."""
    return made(request.param)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A repository as it is shared, of which there are clones."""
    return Host.new(tmp_path)


@pytest.fixture
def forge(host: Host) -> MemoryForge:
    """Its pull requests."""
    return MemoryForge(host)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A tracker in a file, and a person beside it."""
    return Desk(tmp_path)
