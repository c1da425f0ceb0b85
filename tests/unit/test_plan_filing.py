"""Which rows get a ticket, and with what it is sent where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pmsync.domain.changes import AddColumn, CreateTicket, UpdateRow
from pmsync.domain.model import Column, Field, Marker, Status
from pmsync.domain.policy import Policy, Route
from pmsync.domain.rows import Row
from support.capabilities import LISTS
from support.planned import TITLE, kinds, planned
from support.rows import page, ref, row


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
    able_to = replace(LISTS, parents=able)

    result, _ = planned(row(TITLE), pages=(document,), capabilities=able_to)

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.draft.parent == parent
