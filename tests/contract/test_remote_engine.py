"""Whole passes against each tracker while answers are lost, late or wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import SafetyStopError
from support import remote as runs
from support.remotes import Remote

FIRST = "000001.md"


def beside(remote: Remote, rows: int, **settings: Any) -> runs.Remote:
    """Documents with rows that have no ticket yet."""
    return runs.Remote(
        runs.documents(rows),
        remote.site,
        lambda: remote.connect(deadline=1.0, **settings),
    )


def wait(passes: runs.Remote, remote: Remote, **time: float) -> None:
    """Let time pass, for everybody."""
    passes.clock.advance(**time)
    remote.place.fake.site.time += timedelta(**time)


def assert_at_rest(passes: runs.Remote, remote: Remote, rows: int) -> None:
    """Each row has one ticket, its link is in the document, and nothing is left."""
    assert passes.run().exit_code is ExitCode.DONE
    before = remote.writes(), dict(passes.folder.files)
    assert passes.run().exit_code is ExitCode.DONE
    assert (remote.writes(), passes.folder.files) == before
    ground = remote.ground
    assert ground.there() - len(ground.closed()) == rows
    assert sum(text.count(ground.link) for text in passes.folder.files.values()) == rows


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost"},
        {"kind": "cut"},
        {"kind": "hang"},
        {"kind": "status", "status": 502, "commits": True},
        {"kind": "status", "status": 200, "commits": True},
    ],
    ids=["f06", "f09", "f08", "f07", "f47"],
)
def test_f06_to_f09_a_lost_answer_leaves_one_ticket_and_its_link(
    fault: dict[str, Any], concurrency: int, remote: Remote
) -> None:
    passes = beside(remote, 6, concurrency=concurrency)
    remote.fake.fail(method="POST", path=remote.ground.creates, times=2, **fault)

    report = passes.run()

    assert report.exit_code is ExitCode.DONE, report
    assert remote.ground.there() == 6
    assert_at_rest(passes, remote, 6)


def test_f10_what_was_not_carried_out_is_opened_once_after_grace(
    remote: Remote,
) -> None:
    passes = beside(remote, 3)
    remote.fake.fail("status", "POST", remote.ground.creates, status=503)

    assert passes.run().exit_code is ExitCode.PART_FAILED
    there = remote.ground.there()
    assert there < 3
    wait(passes, remote, minutes=5)
    assert passes.run().exit_code is ExitCode.PART_FAILED
    assert remote.ground.there() == there, "within grace nothing is opened again"

    wait(passes, remote, minutes=30)
    passes.run()

    assert_at_rest(passes, remote, 3)


def test_f12_a_ticket_that_lists_show_late_is_waited_for(remote: Remote) -> None:
    passes = beside(remote, 2)
    remote.ground.lag(timedelta(seconds=500))
    remote.fake.fail("lost", "POST", remote.ground.creates, times=2)

    assert passes.run().exit_code is ExitCode.PART_FAILED
    assert remote.ground.there() == 2
    wait(passes, remote, seconds=510)
    passes.run()

    assert remote.ground.there() == 2
    assert_at_rest(passes, remote, 2)


def test_f13_a_second_ticket_of_one_row_is_closed_once_both_are_seen(
    remote: Remote,
) -> None:
    passes = beside(remote, 1)
    remote.ground.lag(timedelta(hours=1))
    remote.fake.fail("lost", "POST", remote.ground.creates)
    assert passes.run().exit_code is ExitCode.PART_FAILED
    wait(passes, remote, minutes=30)
    passes.run()
    assert remote.ground.there() == 2, "nobody could know"

    remote.ground.lag(timedelta())
    wait(passes, remote, hours=25)
    passes.run(verify_now=True)

    assert remote.ground.closed() == [remote.ground.duplicate]
    assert_at_rest(passes, remote, 1)


def test_f32_the_link_follows_a_moved_ticket_and_the_row_is_not_done(
    remote: Remote,
) -> None:
    passes = beside(remote, 2)
    passes.run()
    path = remote.ground.move_first()
    before = remote.writes()

    passes.run(verify_now=True)

    text = passes.folder.text(FIRST)
    assert f"{remote.fake.url}/{path}" in text
    assert "Done" not in text
    assert remote.writes() == before


def test_f31_f35_a_ticket_out_of_sight_is_reported_and_not_opened_again(
    remote: Remote,
) -> None:
    passes = beside(remote, 8)
    passes.run()
    before = remote.writes(), dict(passes.folder.files)
    remote.ground.delete_first()

    report = passes.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert (remote.writes(), passes.folder.files) == before


@pytest.mark.parametrize("how", ["emptied", "hidden"])
def test_f35_f38_a_project_that_shows_nothing_stops_the_run(
    how: str, remote: Remote
) -> None:
    passes = beside(remote, 8)
    passes.run()
    before = remote.writes(), dict(passes.folder.files)
    if how == "emptied":
        remote.ground.empty()
    else:
        remote.ground.hide()

    for _ in range(2):
        assert _code(passes) is (
            ExitCode.SAFETY_STOP if how == "emptied" else ExitCode.PART_FAILED
        )
    assert (remote.writes(), passes.folder.files) == before


def _code(passes: runs.Remote) -> ExitCode:
    try:
        return passes.run(verify_now=True).exit_code
    except SafetyStopError:
        return ExitCode.SAFETY_STOP


@pytest.mark.parametrize("remote", ["github", "gitlab"], indirect=True)
def test_a_pass_soon_after_many_new_tickets_is_one_request(remote: Remote) -> None:
    passes = beside(remote, 120)
    passes.run()
    assert remote.ground.there() == 120
    passes.run()
    state = len(passes.store.kept)
    remote.fake.sent.clear()

    report = passes.run()

    assert report.exit_code is ExitCode.DONE
    assert len(remote.fake.sent) == 1
    assert len(passes.store.kept) == state, "and nothing is written down again"
