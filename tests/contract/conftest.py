"""The contract is tried in one place after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmsync.domain.ports import Tracker
from support.places import FULL, PLACES, Place
from support.remotes import KINDS, Remote

GAPS = Path(__file__).with_name("GAPS.md")
_GAP = re.compile(
    r"^\| `(?P<place>[\w-]+)` \| `(?P<test>[^`]+)` \| (?P<when>always|after nine) "
    r"\| (?P<why>.+) \|$",
    re.MULTILINE,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect what an emulator lacks to fail; a listed gap that passes fails the suite.

    Only what depends on the time of day may pass at some times.
    """
    gaps = {
        (found["place"], found["test"]): (found["when"] == "always", found["why"])
        for found in _GAP.finditer(GAPS.read_text(encoding="utf-8"))
    }
    for item in items:
        call = getattr(item, "callspec", None)
        place = call.params.get("place") if call is not None else None
        if place is None:
            continue
        for name in (item.name, getattr(item, "originalname", item.name)):
            if gap := gaps.get((place, name)):
                strict, why = gap
                item.add_marker(pytest.mark.xfail(reason=why, strict=strict))


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


@pytest.fixture(params=KINDS)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    """Each tracker behind a network in turn; none may be asked by search."""
    served = Remote(KINDS[request.param], tmp_path)
    yield served
    served.place.close()
    asked = [path for _, path, _ in served.fake.sent]
    assert not [p for p in asked if "/search/issues" in p or "search=" in p], "F14"
