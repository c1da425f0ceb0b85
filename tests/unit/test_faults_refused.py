"""A tracker that refuses us is not asked again, and holds up neither rows nor trackers."""

from __future__ import annotations

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    TrackerUnavailableError,
)
from pmsync.domain.ports import Refused
from support.beginnings import linked, two_trackers
from support.faults import World, assert_settles, document, raises, refuses


def test_f34_an_archived_project_is_read_and_takes_no_further_write() -> None:
    world = linked("One", "Two")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.folder.edit("| Two | | Open", "| Two | | In progress")
    archived = Refused("the project is archived: read-only", whole_project=True)
    world.on("update", lambda _act: archived)

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.steps.calls.count("ops.update") == 1
    assert [done.why for done in report.done.values()] == [archived.why] * 2
    assert_settles(world, "One", "Two", minutes=0)


def test_f34_a_refusal_for_the_whole_project_ends_its_creates_at_once() -> None:
    world = two_trackers()
    world.on("create", refuses("the quota is used up", whole_project=True))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.steps.calls.count("ops.create") == 1
    assert world.open_tickets() == {"Three": 1}
    assert world.store.state.intents == {}
    assert_settles(world, "One", "Two", "Three", minutes=0)


@pytest.mark.parametrize("call", ["changed", "marked"])
def test_f36_a_revoked_token_ends_with_one_request(call: str) -> None:
    world = linked("One")
    if call == "marked":
        world.store.lose()
    world.on(call, raises(AuthenticationError("401: the token is not accepted")))

    if call == "marked":
        with pytest.raises(AuthenticationError):
            world.run()
    else:
        assert world.run().exit_code is ExitCode.USAGE

    assert [c for c in world.steps.calls if c.startswith("ops.")] == [f"ops.{call}"]


def test_f37_a_missing_scope_is_named_and_other_trackers_go_on() -> None:
    world = two_trackers()
    lacking = "403: the token lacks the scope issues:write"
    world.on("create", refuses(lacking, denied=True))

    report = world.run()

    assert report.exit_code is ExitCode.USAGE
    (failure,) = report.failures
    assert isinstance(failure, PermissionDeniedError)
    assert "issues:write" in failure.message
    assert world.steps.calls.count("ops.create") == 1
    assert world.open_tickets() == {"Three": 1}
    assert world.store.state.lease is None
    assert_settles(world, "One", "Two", "Three", minutes=0)


def test_f37_an_update_without_permission_ends_that_trackers_writes_alone() -> None:
    world = two_trackers()
    world.run()
    world.folder.edit("Open", "In progress")
    world.folder.edit("Open", "In progress", "b.md")
    world.on("update", lambda _act: Refused("403: no push access", denied=True))

    report = world.run()

    assert report.exit_code is ExitCode.USAGE
    assert world.steps.calls.count("ops.update") == 1
    assert world.steps.calls.count("other.update") == 1
    assert_settles(world, "One", "Two", "Three", minutes=0)


@pytest.mark.parametrize("call", ["ops.changed", "ops.identity"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TrackerUnavailableError("no connection"), ExitCode.PART_FAILED),
        (PermissionDeniedError("403: needs the scope issues:read"), ExitCode.USAGE),
    ],
)
def test_f37_a_tracker_that_cannot_be_read_does_not_hold_up_the_others(
    call: str, error: Exception, code: ExitCode
) -> None:
    world = two_trackers()
    world.on(call, raises(error))

    report = world.run()

    assert report.exit_code is code
    assert world.open_tickets() == {"Three": 1}
    assert "tracker.example/team/other" in world.folder.text("b.md")
    assert_settles(world, "One", "Two", "Three", minutes=0)


def test_f43_one_bad_row_does_not_hold_up_the_rest() -> None:
    world = World({"a.md": document("One", "Two")})
    world.on("create", refuses("422: a label is too long"))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.open_tickets() == {"Two": 1}
    assert_settles(world, "One", "Two", minutes=0)
