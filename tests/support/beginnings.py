"""What the tests of faults begin with."""

from __future__ import annotations

from dataclasses import replace

from pmsync.domain.model import Field
from pmsync.domain.policy import Policy, Route
from support.faults import World, document

FIRST = "https://tracker.example/team/ops/issues/1"
TITLE = "Rotate keys"
TWO = {"a.md": document("One", "Two"), "b.md": document("Three")}
TITLES = ("One", "Two", "Three")


def linked(*titles: str) -> World:
    """Rows in step with their tickets."""
    world = World({"a.md": document(*titles)})
    world.run()
    return world


def two_trackers() -> World:
    """One document for each of two trackers."""
    world = World(
        {"a.md": document("One", "Two"), "b.md": document("Three")},
        trackers=("ops", "other"),
    )
    policy = Policy("ops", routes=(Route("other", path="b.md"),))
    world.settings = replace(world.settings, policy=policy)
    return world


def status(world: World, title: str) -> str | None:
    found = world.project.find(world.key(title))
    assert found is not None
    return found.fields[Field.STATUS]
