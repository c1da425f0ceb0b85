"""The contract is tried in one place after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.domain.ports import Tracker
from support.places import PLACES, Place


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A project of a tracker, empty."""
    return PLACES[request.param](tmp_path)


@pytest.fixture
def tracker(place: Place) -> Tracker:
    """A connection to the place."""
    return place.tracker()
