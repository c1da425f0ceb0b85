"""A world behind a pull request, and what a run leaves of it."""

from __future__ import annotations

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.state import Stage
from support.faults import World, document


def linked(*titles: str) -> World:
    """Rows whose links have been merged."""
    world = World({"a.md": document(*titles)}, mode="pull-request")
    world.run()
    world.folder.merge()
    world.run()
    assert_still(world)
    return world


def proposing(*titles: str) -> World:
    """The first row's ticket is done, which waits for a reviewer."""
    world = linked(*titles)
    world.project.close(world.key(titles[0]))
    world.run()
    assert world.folder.proposal is not None
    return world


def assert_still(world: World) -> None:
    """A run writes nothing, proposes nothing, and is content."""
    before, published = world.everything(), len(world.folder.publications)
    report = world.run()
    assert report.exit_code is ExitCode.DONE, report
    assert world.everything() == before
    assert len(world.folder.publications) == published


def stages(world: World) -> list[Stage]:
    return [
        edit.stage
        for document in world.store.state.documents.values()
        for item in document.items
        for edit in item.pending.values()
    ]
