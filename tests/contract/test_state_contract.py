"""What every state store promises, wherever it keeps the state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmsync.domain.errors import StateChangedError
from pmsync.domain.model import Field, TicketRef
from pmsync.domain.ports import StateStore
from pmsync.domain.state import (
    DocumentState,
    Intent,
    ItemState,
    Lease,
    Pair,
    State,
    Watermark,
)
from support.state_places import PLACES, REAL, RealPlace, StatePlace
from support.state_writer import start

T0 = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
REF = TicketRef("ops", "OPS-1", "https://example.com/OPS-1")
ITEM = ItemState("k1", "完了 ✅ \udcff", ref=REF, base={Field.TITLE: Pair("a", None)})
STATE = State(
    "s1",
    documents={"postmortems/a.md": DocumentState((ITEM,), "d1")},
    intents={"k2": Intent("k2", "b.md", "ops", "OPS", "me", T0, "Rotate keys")},
    watermarks={"ops": Watermark("w1", T0, ("me",))},
    trackers={"ops": "jira"},
    config="c1",
    lease=Lease("r1", "here", 1, T0),
)


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StatePlace]:
    """An empty place."""
    made = PLACES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=list(REAL))
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealPlace]:
    """An empty place that processes share."""
    made = REAL[request.param](tmp_path)
    yield made
    made.close()


def test_a_place_without_a_state_says_so_and_stays_empty(place: StatePlace) -> None:
    state, version = place.store().read()

    assert state is None
    assert place.store().read() == (None, version)


def test_the_next_run_reads_all_that_was_written(place: StatePlace) -> None:
    store = place.store()
    written = store.compare_and_swap(store.read()[1], STATE, "first")

    assert place.store().read() == (STATE, written)


def test_a_run_goes_on_from_the_version_that_its_swap_returned(
    place: StatePlace,
) -> None:
    store = place.store()
    version = store.read()[1]
    for number in range(3):
        state = replace(STATE, config=str(number))
        version = store.compare_and_swap(version, state, str(number))

    assert place.store().read() == (replace(STATE, config="2"), version)


def test_of_two_first_runs_one_writes_and_the_other_learns_it(
    place: StatePlace,
) -> None:
    ours, theirs = place.store(), place.store()
    our_version, their_version = ours.read()[1], theirs.read()[1]
    theirs.compare_and_swap(their_version, STATE, "they are first")

    with pytest.raises(StateChangedError):
        ours.compare_and_swap(our_version, replace(STATE, id="s2"), "we are late")

    assert place.store().read()[0] == STATE


def test_a_lost_swap_changes_nothing_and_a_new_read_lets_it_go_on(
    place: StatePlace,
) -> None:
    ours, theirs = place.store(), place.store()
    ours.compare_and_swap(ours.read()[1], STATE, "first")
    our_version, their_version = ours.read()[1], theirs.read()[1]
    theirs.compare_and_swap(their_version, replace(STATE, config="c2"), "theirs")

    with pytest.raises(StateChangedError):
        ours.compare_and_swap(our_version, replace(STATE, config="c3"), "ours")
    state, version = ours.read()
    assert state == replace(STATE, config="c2")
    ours.compare_and_swap(version, replace(STATE, config="c3"), "ours")

    assert place.store().read()[0] == replace(STATE, config="c3")


def test_documents_and_parts_that_are_gone_do_not_come_back(place: StatePlace) -> None:
    store = place.store()
    version = store.compare_and_swap(store.read()[1], STATE, "all")
    store.compare_and_swap(version, State("s1"), "nothing")

    assert place.store().read()[0] == State("s1")


def test_eight_processes_at_once_never_lose_one_write_of_another(
    shared: RealPlace,
) -> None:
    writers = [start(shared.kind, shared.settings(), f"w{n}", 2) for n in range(8)]
    lost = [int(writer.communicate()[0]) for writer in writers]

    assert [writer.returncode for writer in writers] == [0] * 8
    state, _ = shared.store().read()
    assert state is not None
    assert state.config == "16"
    assert sum(lost) > 0, "they never met: nothing was tried"
    messages = shared.messages()
    if messages is not None:
        assert [m.split()[-1] for m in reversed(messages)] == [
            str(n) for n in range(1, 17)
        ]


def test_a_process_that_is_killed_leaves_one_whole_state_and_the_next_one_writes(
    shared: RealPlace,
) -> None:
    settings, latest = shared.settings(), 0
    store = shared.store()
    for part in range(5):
        writer = start(shared.kind, settings, "killed", 1000)
        # Kill it at work, however long this machine takes to start it.
        while written(store) == latest:
            assert writer.poll() is None
        time.sleep(part / 50)
        writer.kill()
        writer.communicate()
        now = written(store)
        assert now > latest
        latest = now

    while store.read()[0] != STATE:
        # The last push of a killed run may still be on its way.
        with suppress(StateChangedError):
            store.compare_and_swap(store.read()[1], STATE, "after all of them")
    assert shared.store().read()[0] == STATE


def written(store: StateStore) -> int:
    """How often a writer has written."""
    state, _ = store.read()
    return int(state.config or "") if state else 0
