"""What a plan does, and above all what it does not, seen row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pmsync.domain.alignment import Address, Alignment
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    LostTicket,
    Noticed,
    Pending,
    Plan,
    UpdateRow,
    UpdateTicket,
    Withheld,
)
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.guards import Overrides, check, digest
from pmsync.domain.model import Column, Field, Marker, Status, Ticket
from pmsync.domain.owners import Owners
from pmsync.domain.planner import plan
from pmsync.domain.policy import Guards, Policy, Route
from pmsync.domain.ports import Absence, Capabilities, Listing
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import (
    Closer,
    DocumentState,
    Intent,
    ItemState,
    Link,
    Loss,
    Pair,
    State,
)
from pmsync.domain.view import TrackerView, View
from support.rows import page, ref, row

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOLDS_ALL = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    free_owners=True,
)
TITLE = "Alert when the disk is full"


def ticket(
    key: str = "bd-1",
    status: Status = Status.OPEN,
    *,
    marker: str | None = None,
    author: str = "us",
    title: str = TITLE,
    owner: str | None = None,
    due: str | None = None,
) -> Ticket:
    """A ticket as the tracker shows it."""
    return Ticket(
        ref=ref(key),
        id=key,
        version="1",
        fields={
            Field.TITLE: title,
            Field.STATUS: status,
            Field.OWNER: owner,
            Field.DUE: due,
            Field.PRIORITY: None,
        },
        author=author,
        created_at=NOW,
        updated_at=NOW,
        marker=Marker(marker, "s") if marker else None,
    )


def agreed(
    key: str = "k",
    *,
    status: Status = Status.OPEN,
    owner: str | None = None,
    link: Link = Link.LANDED,
    **more: object,
) -> ItemState:
    """An item whose row and ticket were in step when last seen."""
    base = {
        Field.TITLE: Pair(TITLE, TITLE),
        Field.STATUS: Pair(status, status),
        Field.OWNER: Pair(owner, owner),
        Field.DUE: Pair(None, None),
        Field.PRIORITY: Pair(None, None),
    }
    item = ItemState(
        key, TITLE, "Action Items", 1, ref=ref("bd-1"), ticket_id="bd-1", base=base
    )
    return replace(item, link=link, **more)


def planned(
    *rows: Row,
    items: tuple[ItemState, ...] = (),
    tickets: tuple[Ticket | tuple[str, Absence], ...] = (),
    intents: tuple[Intent, ...] = (),
    marked: Listing | None = None,
    policy: Policy | None = None,
    pages: tuple[Page, ...] | None = None,
    capabilities: Capabilities = HOLDS_ALL,
    alignment: Alignment | None = None,
    rebuild: bool = False,
) -> tuple[Plan, View]:
    """The plan for these rows of one document; items belong to them in order."""
    keys = [item.key for item in items] + [intent.key for intent in intents]
    matched = dict(zip((Address("a.md", one.line) for one in rows), keys, strict=False))
    shown = {
        (one.ref.key if isinstance(one, Ticket) else one[0]): (
            one if isinstance(one, Ticket) else one[1]
        )
        for one in tickets
    }
    tracker = TrackerView(
        "memory",
        "demo",
        capabilities,
        Owners(free=True),
        frozenset({"us"}),
        shown,
        marked,
    )
    view = View(
        state=State(
            "s",
            {"a.md": DocumentState(items)} if items else {},
            {intent.key: intent for intent in intents},
        ),
        pages=pages or (page(*rows),),
        alignment=alignment or Alignment(matched),
        trackers={"memory": tracker},
        policy=policy or Policy("memory"),
        now=NOW,
        salt="salt",
        rebuild=rebuild,
    )
    return plan(view), view


def kinds(result: Plan) -> list[type[Change]]:
    """The changes of a plan by kind."""
    return [type(change) for change in result.changes]


def test_a_row_without_a_ticket_gets_one_and_its_link() -> None:
    result, _ = planned(row(TITLE, owner="@alice", due="2026-07-01"))

    assert kinds(result) == [CreateTicket, UpdateRow]
    create, link = result.changes
    assert isinstance(create, CreateTicket)
    assert create.draft.title == TITLE
    assert create.draft.fields[Field.OWNER] == "alice"
    assert create.draft.fields[Field.DUE] == "2026-07-01"
    assert create.draft.marker == Marker(create.key, "s")
    assert link.key == create.key
    assert link.fields["ticket"].to == "(new)"


def test_a_new_ticket_bears_the_labels_of_its_tracker_and_no_others() -> None:
    labels = {"memory": frozenset({"sre"}), "other": frozenset({"payments"})}

    result, _ = planned(row(TITLE), policy=Policy("memory", labels=labels))

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.draft.labels == {"sre"}


def test_a_table_without_a_ticket_column_gets_one_for_all_its_rows() -> None:
    columns = frozenset({Column.TITLE, Column.STATUS})
    result, _ = planned(row("One", 3, columns=columns), row("Two", 4, columns=columns))

    assert kinds(result).count(AddColumn) == 1


@pytest.mark.parametrize(
    "left_alone",
    [
        pytest.param(row(TITLE, status=Status.DONE), id="done already"),
        pytest.param(row(TITLE, status=Status.WONT_DO), id="dropped"),
        pytest.param(row(TITLE, status=Status.UNKNOWN), id="status not understood"),
        pytest.param(row(TITLE, skipped=True), id="skip comment"),
        pytest.param(row(TITLE, foreign=True), id="somebody's ticket elsewhere"),
        pytest.param(row(TITLE, refs=(ref("bd-1"), ref("bd-2"))), id="two tickets"),
        pytest.param(row(TITLE, editable=False), id="its link could not be written"),
        pytest.param(row(""), id="no title"),
    ],
)
def test_no_second_ticket_and_no_needless_one_is_opened(left_alone: Row) -> None:
    result, _ = planned(left_alone)

    assert result.changes == ()
    assert sum(result.tally.skipped.values()) == 1


@pytest.mark.parametrize("what", ["draft", "template"])
def test_a_document_that_is_not_ready_is_not_filed(what: str) -> None:
    unready = page(row(TITLE), draft=what == "draft", template=what == "template")

    result, _ = planned(row(TITLE), pages=(unready,))

    assert result.changes == ()


def test_old_documents_are_not_filed_but_counted() -> None:
    old = page(row(TITLE), day=date(2025, 1, 1))
    policy = Policy("memory", since={"memory": date(2026, 1, 1)})

    result, _ = planned(row(TITLE), pages=(old,), policy=policy)

    assert result.changes == ()
    assert result.tally.skipped == {"its document is older than 2026-01-01": 1}


def test_a_document_without_a_date_is_not_taken_for_an_old_one() -> None:
    policy = Policy("memory", since={"memory": date(2026, 1, 1)})

    result, _ = planned(row(TITLE), policy=policy)

    assert CreateTicket in kinds(result)


@pytest.mark.parametrize(
    ("written", "switch", "due"),
    [
        pytest.param(None, True, "2026-06-08", id="blank"),
        pytest.param(None, False, None, id="switched off"),
        pytest.param("2026-07-01", True, "2026-07-01", id="a date of its own"),
        pytest.param("when it rains", True, None, id="a date that nobody understands"),
    ],
)
def test_a_sections_horizon_gives_only_rows_without_a_date_one(
    written: str | None, switch: bool, due: str | None
) -> None:
    value = written if written and written[0].isdigit() else None
    one = row(TITLE, due=value)._replace(horizon_due="2026-06-08")
    one = one._replace(raw={**one.raw, Column.DUE: written})

    result, _ = planned(one, policy=Policy("memory", due_from_horizon=switch))

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.draft.fields.get(Field.DUE) == due


def test_a_row_goes_where_the_first_route_leads_that_fits_it_in_all() -> None:
    policy = Policy(
        "rest",
        routes=(
            Route("platform", owner="@platform-*", section="immediate*"),
            Route("payments", path="payments/**"),
            Route("later", owner="@platform-*"),
        ),
    )
    ours = row(TITLE, owner="@Platform-Team", section="Immediate (Within 1 Week)")
    elsewhere = ours._replace(section="Later")
    document = page(ours, path="payments/a.md")

    assert policy.route(document, ours) == "platform"
    assert policy.route(document, elsewhere) == "payments"
    assert policy.route(page(elsewhere), elsewhere) == "later"
    assert policy.route(page(elsewhere), row(TITLE)) == "rest"


@pytest.mark.parametrize(
    ("tracker", "able", "parent"),
    [
        pytest.param("memory", True, "bd-7", id="a parent of the same tracker"),
        pytest.param("memory", False, None, id="a tracker without parents"),
        pytest.param("other", True, None, id="a parent in another tracker"),
    ],
)
def test_a_ticket_is_sent_with_the_parent_that_its_tracker_can_give_it(
    tracker: str, able: bool, parent: str | None
) -> None:
    document = page(row(TITLE))._replace(parent=ref("bd-7", tracker))
    able_to = replace(HOLDS_ALL, parents=able)

    result, _ = planned(row(TITLE), pages=(document,), capabilities=able_to)

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.draft.parent == parent


def test_a_row_and_a_ticket_in_step_cost_nothing() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(),))

    assert result.changes == ()
    assert result.tally.unchanged == 1


def test_a_closed_ticket_comes_back_into_the_row() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [UpdateRow]
    assert result.changes[0].fields["status"].to == Status.DONE


def test_a_status_set_in_the_document_goes_to_the_ticket() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.IN_PROGRESS)

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(),))

    (update,) = result.changes
    assert isinstance(update, UpdateTicket)
    assert update.send == {Field.STATUS: Status.IN_PROGRESS}


def test_two_different_edits_are_shown_and_nothing_is_written() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.BLOCKED)

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(status=Status.DONE),))

    (conflict,) = result.changes
    assert isinstance(conflict, Conflict)
    shown = conflict.fields["status"]
    assert (shown.document, shown.tracker) == (Status.BLOCKED, Status.DONE)


def test_a_ticket_that_a_person_closed_is_not_reopened() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.OPEN)
    item = agreed(status=Status.DONE)

    result, _ = planned(cited, items=(item,), tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [Conflict]


def test_a_ticket_that_pmsync_closed_is_reopened_with_its_row() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.OPEN)
    item = agreed(status=Status.DONE, closed_by=Closer.PMSYNC)

    result, _ = planned(cited, items=(item,), tickets=(ticket(status=Status.DONE),))

    (update,) = result.changes
    assert isinstance(update, UpdateTicket)
    assert update.send == {Field.STATUS: Status.OPEN}


def test_a_checkbox_is_not_rewritten_for_a_status_it_cannot_show() -> None:
    box = row(TITLE, refs=(ref("bd-1"),), two_state=True)

    result, _ = planned(
        box, items=(agreed(),), tickets=(ticket(status=Status.IN_PROGRESS),)
    )

    assert kinds(result) == [Agree]


def test_a_first_meeting_fills_blanks_and_takes_the_tickets_status() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))
    found = ticket(status=Status.IN_PROGRESS, owner="alice", due="2026-07-01")

    result, _ = planned(cited, tickets=(found,))

    assert kinds(result) == [AdoptTicket, UpdateRow, Agree]
    fields = result.changes[1].fields
    assert {name: shown.to for name, shown in fields.items()} == {
        "owner": "alice",
        "due": "2026-07-01",
        "status": Status.IN_PROGRESS,
    }


def test_a_finished_row_that_meets_an_open_ticket_is_a_persons_decision() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.DONE)

    result, _ = planned(cited, tickets=(ticket(),))

    assert Conflict in kinds(result)
    assert UpdateTicket not in kinds(result)


def test_a_link_that_a_person_took_out_is_neither_put_back_nor_filed_anew() -> None:
    result, _ = planned(row(TITLE), items=(agreed(),), tickets=(ticket(),))

    (noticed,) = result.changes
    assert isinstance(noticed, Agree)
    assert noticed.noticed is Noticed.UNLINKED

    again, _ = planned(
        row(TITLE), items=(agreed(link=Link.UNLINKED),), tickets=(ticket(),)
    )
    assert again.changes == ()
    assert len(again.notes) == 1


def test_a_link_that_was_not_written_yet_is_written_again() -> None:
    item = agreed(link=Link.UNWRITTEN)

    result, _ = planned(row(TITLE), items=(item,), tickets=(ticket(),))

    (update,) = result.changes
    assert isinstance(update, UpdateRow)
    assert update.fields["ticket"].to == "bd-1"


def test_a_link_to_another_ticket_gives_the_row_to_that_ticket() -> None:
    cited = row(TITLE, refs=(ref("bd-2"),))
    shown = (ticket(), ticket("bd-2"))

    result, _ = planned(cited, items=(agreed(),), tickets=shown)

    adopt = result.changes[0]
    assert isinstance(adopt, AdoptTicket)
    assert (adopt.key, adopt.ticket.ref.key) == ("k", "bd-2")
    assert UpdateTicket not in kinds(result)


def test_rows_that_cite_one_ticket_never_write_to_it() -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, n, refs=cited, status=Status.DONE) for n in (3, 4)]

    result, _ = planned(*rows, tickets=(ticket(),))

    assert set(kinds(result)) == {Conflict, Agree}


@pytest.mark.parametrize("back", ["a", "z"])
def test_a_row_that_is_back_does_not_take_its_ticket_from_the_row_that_stayed(
    back: str,
) -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, 3, refs=cited), row(TITLE, 4, refs=cited, status=Status.BLOCKED)]
    items = (agreed(back, vanished=True), agreed("k"))

    result, _ = planned(*rows, items=items, tickets=(ticket(),))

    (update,) = [c for c in result.changes if isinstance(c, UpdateTicket)]
    assert (update.key, update.send) == ("k", {Field.STATUS: Status.BLOCKED})


def test_rows_that_cite_one_ticket_receive_its_status() -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, n, refs=cited) for n in (3, 4)]

    result, _ = planned(*rows, tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [UpdateRow, UpdateRow]


def test_a_ticket_that_is_gone_is_reported_and_not_opened_again() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(("bd-1", Absence.DELETED),))

    assert kinds(result) == [LostTicket]


def test_a_row_is_filed_anew_when_its_lost_tickets_link_is_taken_out() -> None:
    item = agreed(loss=Loss.CONFIRMED)

    result, _ = planned(row(TITLE), items=(item,), tickets=(("bd-1", Absence.DELETED),))

    assert CreateTicket in kinds(result)


def intent(minutes_ago: float, identity: str = "us") -> Intent:
    """A create without an answer."""
    started = NOW - timedelta(minutes=minutes_ago)
    return Intent("k", "a.md", "memory", "demo", identity, started, TITLE)


def listing(*tickets: Ticket, complete: bool = True) -> Listing:
    """What a look-up of marked tickets shows."""
    return Listing(tickets, complete, None, NOW)


def test_a_create_whose_answer_was_lost_is_adopted_not_repeated() -> None:
    left = ticket(marker="k")

    result, _ = planned(row(TITLE), intents=(intent(1),), marked=listing(left))

    assert kinds(result)[:2] == [AdoptTicket, UpdateRow]
    assert CreateTicket not in kinds(result)


@pytest.mark.parametrize(
    ("minutes", "marked"),
    [
        pytest.param(1, listing(), id="within the grace period"),
        pytest.param(60, listing(complete=False), id="the list is incomplete"),
        pytest.param(60, listing(ticket(marker="k", author="eve")), id="a stranger's"),
        pytest.param(60, None, id="the tracker was not read"),
    ],
)
def test_a_create_without_an_answer_waits_while_there_is_any_doubt(
    minutes: float, marked: Listing | None
) -> None:
    result, _ = planned(row(TITLE), intents=(intent(minutes),), marked=marked)

    assert kinds(result) == [Pending]


def test_a_create_that_never_happened_is_sent_again_after_the_grace_period() -> None:
    result, _ = planned(row(TITLE), intents=(intent(60),), marked=listing())

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.again
    assert create.key == "k"


def test_nothing_is_opened_while_a_lost_state_is_rebuilt() -> None:
    result, _ = planned(row(TITLE), marked=listing(), rebuild=True)

    assert kinds(result) == [Withheld]


def test_a_lost_state_finds_tickets_whose_links_were_never_written() -> None:
    left = ticket(marker="former")

    result, _ = planned(row(TITLE), marked=listing(left), rebuild=True)

    adopt = result.changes[0]
    assert isinstance(adopt, AdoptTicket)
    assert adopt.key == "former"


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
