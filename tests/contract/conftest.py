"""The contract is tried in one place after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmsync.domain.ports import Tracker
from support.places import FULL, PLACES, Place


def _param(name: str) -> object:
    marks = [pytest.mark.full] if name in FULL else []
    return pytest.param(name, marks=marks)


@pytest.fixture(params=map(_param, PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A project of a tracker, empty."""
    is_there = FULL.get(request.param)
    if is_there is not None and not is_there():
        pytest.skip(f"what {request.param} needs is not installed: make test-all")
    made = PLACES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def tracker(place: Place) -> Tracker:
    """A connection to the place."""
    return place.tracker()
