"""A plan that would do too much, or unseen, stops until a person names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.domain.changes import CloseDuplicate, Plan
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.guards import Overrides, check, digest
from pmsync.domain.model import Status, Ticket
from pmsync.domain.planner import plan
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.ports import Absence
from pmsync.domain.rows import Row
from pmsync.domain.state import ItemState, Loss
from support.planned import TITLE, agreed, planned, ticket
from support.rows import ref, row


def many(count: int) -> tuple[list[Row], tuple[ItemState, ...], tuple[Ticket, ...]]:
    """Linked rows whose tickets were all closed."""
    rows = [row(TITLE, n, refs=(ref(f"bd-{n}"),)) for n in range(1, count + 1)]
    items = tuple(
        replace(agreed(str(n)), ref=ref(f"bd-{n}"), ticket_id=f"bd-{n}")
        for n in range(1, count + 1)
    )
    tickets = tuple(ticket(f"bd-{n}", Status.DONE) for n in range(1, count + 1))
    return rows, items, tickets


def test_a_mass_change_is_refused_with_its_numbers_and_the_flag() -> None:
    rows, items, tickets = many(21)
    result, view = planned(*rows, items=items, tickets=tickets)

    with pytest.raises(SafetyStopError, match="21 of 21 linked rows") as refused:
        check(result, view, "", Overrides())

    name = digest(result)
    assert refused.value.hint is not None
    assert f"--allow-mass-change {name}" in refused.value.hint
    check(result, view, "", Overrides(mass_change=name))


def test_rows_that_are_gone_make_no_mass_change_smaller() -> None:
    rows, items, tickets = many(21)
    gone = tuple(agreed(f"gone {n}", vanished=True) for n in range(79))
    result, view = planned(*rows, items=(*items, *gone), tickets=tickets)

    with pytest.raises(SafetyStopError, match="21 of 21 linked rows"):
        check(result, view, "", Overrides())


def test_many_second_tickets_to_close_are_a_mass_change() -> None:
    rows, items, tickets = many(21)
    _, view = planned(*rows, items=items, tickets=tickets)
    survivor = ref("bd-0")
    closes = tuple(
        CloseDuplicate(
            "a.md",
            one.line,
            item.key,
            "memory",
            "one create left it",
            ticket=second,
            survivor=survivor,
        )
        for one, item, second in zip(rows, items, tickets, strict=True)
    )

    with pytest.raises(SafetyStopError, match="21 of 21 linked rows"):
        check(Plan(closes), view, "", Overrides())


def test_twenty_changed_rows_are_no_mass_change() -> None:
    rows, items, tickets = many(20)
    result, view = planned(*rows, items=items, tickets=tickets)

    check(result, view, "", Overrides())


def test_more_creates_than_allowed_are_refused_as_a_whole() -> None:
    policy = Policy("memory", guards=Guards(max_creates=2))
    rows = [row(f"Task {n}", n) for n in range(3)]
    result, view = planned(*rows, policy=policy)

    with pytest.raises(SafetyStopError, match="3 tickets would be opened") as refused:
        check(result, view, "", Overrides())

    assert refused.value.hint is not None
    assert "--max-creates 3" in refused.value.hint


def test_a_tracker_that_suddenly_shows_nothing_stops_the_run() -> None:
    rows, items, _ = many(3)
    gone = tuple((f"bd-{n}", Absence.INVISIBLE) for n in range(1, 4))
    result, view = planned(*rows, items=items, tickets=gone)

    with pytest.raises(SafetyStopError, match="none of its 3 linked tickets"):
        check(result, view, "", Overrides())


@pytest.mark.parametrize(
    "known", [{"loss": Loss.CONFIRMED}, {"vanished": True}], ids=["lost", "row gone"]
)
def test_what_was_gone_before_does_not_hide_that_nothing_is_shown_now(
    known: dict[str, object],
) -> None:
    rows, items, _ = many(2)
    gone = tuple((f"bd-{n}", Absence.DELETED) for n in (1, 2))
    before = replace(agreed("before", **known), ref=ref("bd-9"))
    result, view = planned(*rows, items=(*items, before), tickets=gone)

    with pytest.raises(SafetyStopError, match="none of its 2 linked tickets"):
        check(result, view, "", Overrides())


def test_a_changed_configuration_may_not_rewrite_linked_rows_unseen() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))
    done = ticket(status=Status.DONE)
    result, view = planned(cited, items=(agreed(),), tickets=(done,))
    view = replace(view, state=replace(view.state, config="before"))

    with pytest.raises(SafetyStopError, match="1 change would follow"):
        check(result, view, "after", Overrides())


def test_a_changed_configuration_may_not_change_anything_unseen() -> None:
    result, view = planned(row(TITLE))
    view = replace(view, state=replace(view.state, config="before"))

    with pytest.raises(SafetyStopError, match="configuration has changed"):
        check(result, view, "after", Overrides())


def test_the_same_plan_has_the_same_name_whatever_its_random_keys() -> None:
    first, view = planned(row(TITLE))
    second = plan(replace(view, salt="another"))

    assert first.changes[0].key != second.changes[0].key
    assert digest(first) == digest(second)
