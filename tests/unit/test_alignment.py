"""A row keeps its ticket whatever people do to the table."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.domain.alignment import Address, Alignment, align
from pmsync.domain.likeness import Known
from pmsync.domain.rows import Page
from pmsync.domain.state import DocumentState, ItemState, Link
from support.rows import page, ref, row

TITLES = [
    "Alert when the disk is nearly full",
    "Rotate the certificates before they expire",
    "Write a runbook for the queue",
    "Cap the retries of the importer",
    "Test the restore every month",
]


def known(
    key: str,
    text: str,
    line: int = 1,
    *,
    path: str = "a.md",
    ticket: str | None = None,
    link: Link = Link.LANDED,
) -> Known:
    """An item of the state."""
    at = ref(ticket) if ticket else None
    return Known(key, path, text, "Action Items", line, at, link)


def aligned(
    pages: Sequence[Page],
    items: Sequence[Known],
    documents: dict[str, DocumentState] | None = None,
    unread: frozenset[str] = frozenset(),
) -> Alignment:
    return align(pages, items, documents or {}, unread)


@given(st.permutations(range(5)))
def test_a_resorted_table_keeps_every_ticket(order: list[int]) -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(5)]
    rows = [row(TITLES[n], line) for line, n in enumerate(order)]

    result = aligned([page(*rows)], items)

    assert result.keys == {Address("a.md", at): str(n) for at, n in enumerate(order)}
    assert not result.vanished


@given(st.permutations(range(5)), st.data())
def test_rows_with_tickets_are_known_by_them_whatever_their_titles(
    order: list[int], data: st.DataObject
) -> None:
    items = [known(str(n), TITLES[n], n, ticket=f"bd-{n}") for n in range(5)]
    titles = data.draw(st.lists(st.sampled_from(TITLES), min_size=5, max_size=5))
    rows = [row(titles[at], at, refs=(ref(f"bd-{n}"),)) for at, n in enumerate(order)]

    result = aligned([page(*rows)], items)

    assert result.keys == {Address("a.md", at): str(n) for at, n in enumerate(order)}


def test_a_retitled_row_whose_link_is_not_written_yet_gets_no_second_ticket() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(5)]
    rows = [row(TITLES[n], n) for n in range(5)]
    rows[2] = row("Write a good runbook for the queue", 2)

    assert aligned([page(*rows)], items).keys[Address("a.md", 2)] == "2"


def test_a_row_with_the_same_title_in_another_section_keeps_its_own_ticket() -> None:
    items = [
        Known("1", "a.md", "Add an alert", "Now", 1, ref("bd-1"), Link.UNWRITTEN),
        Known("2", "a.md", "Add an alert", "Later", 2, ref("bd-2"), Link.UNWRITTEN),
    ]
    rows = [
        row("Add an alert", 5, section="Later"),
        row("Add an alert", 9, section="Now"),
    ]

    assert aligned([page(*rows)], items).keys == {
        Address("a.md", 5): "2",
        Address("a.md", 9): "1",
    }


def test_a_moved_row_keeps_its_ticket_in_another_document() -> None:
    items = [known("1", TITLES[0], link=Link.UNWRITTEN)]
    pages = [page(), page(row(TITLES[0], 7), path="b.md")]

    assert aligned(pages, items).keys == {Address("b.md", 7): "1"}


def test_a_copied_row_does_not_take_the_ticket_of_the_original() -> None:
    items = [known("1", TITLES[0], 3, link=Link.UNWRITTEN)]
    pages = [page(row(TITLES[0], 3)), page(row(TITLES[0], 7), path="b.md")]

    result = aligned(pages, items)

    assert result.keys == {Address("a.md", 3): "1"}
    assert not result.withheld


def test_of_two_rows_that_cite_a_ticket_the_original_owns_it() -> None:
    items = [known("1", TITLES[0], 3, ticket="bd-1")]
    cited = (ref("bd-1"),)
    pages = [
        page(row(TITLES[0], 3, refs=cited)),
        page(row(TITLES[0], 3, refs=cited), path="b.md"),
    ]

    result = aligned(pages, items)

    assert result.keys == {Address("a.md", 3): "1"}
    assert not result.withheld


@pytest.mark.parametrize("key", ["a", "z"])
def test_a_row_that_only_received_until_its_ticket_was_adopted_owns_it(
    key: str,
) -> None:
    cited = (ref("bd-1"),)
    received = [
        known(f"m{line}", TITLES[0], line, ticket="bd-1")._replace(owns=False)
        for line in (3, 5)
    ]
    adopted = known(key, TITLES[0], 4, ticket="bd-1")._replace(gone=True)
    rows = [row(TITLES[0], line, refs=cited) for line in (3, 5)]

    result = aligned([page(*rows)], [*received, adopted])

    assert key in result.keys.values()


def test_a_renamed_file_takes_its_tickets_along() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(3)]
    state = DocumentState(tuple(ItemState(str(n), TITLES[n]) for n in range(3)), "d")
    rows = [row(TITLES[n], n) for n in range(3)]

    result = aligned([page(*rows, path="b.md")], items, {"a.md": state})

    assert set(result.keys.values()) == {"0", "1", "2"}
    assert not result.vanished


def test_a_renamed_and_edited_file_is_known_by_its_incident() -> None:
    items = [known("1", "Add an alert for the disk", link=Link.UNWRITTEN)]
    state = DocumentState((ItemState("1", "Add an alert for the disk"),), "x", "INC-7")
    edited = page(
        row("Add an alert for the full disk"), path="b.md", incident_id="INC-7"
    )

    assert aligned([edited], items, {"a.md": state}).keys == {Address("b.md", 1): "1"}


def test_a_new_row_that_may_be_either_of_two_vanished_ones_is_held_back() -> None:
    items = [
        known("1", "Alert when disk A is full", 1, ticket="bd-1"),
        known("2", "Alert when disk B is full", 2, ticket="bd-2"),
    ]

    result = aligned([page(row("Alert when disk C is full", 9))], items)

    assert result.keys == {}
    assert set(result.withheld) == {Address("a.md", 9)}


def test_a_document_that_cannot_be_read_loses_no_items() -> None:
    items = [known("1", TITLES[0], ticket="bd-1")]

    result = aligned([], items, unread=frozenset({"a.md"}))

    assert not result.vanished


def test_a_row_that_moved_out_of_an_unreadable_document_gets_no_second_ticket() -> None:
    items = [known("1", TITLES[0], 1, path="b.md", ticket="bd-1", link=Link.UNWRITTEN)]

    result = aligned(
        [page(row(TITLES[0], 4), row(TITLES[2], 5))], items, unread=frozenset({"b.md"})
    )

    assert result.withheld == {Address("a.md", 4): items[0]}
    assert not result.vanished


def test_a_create_that_was_set_aside_takes_no_row_from_a_ticket() -> None:
    items = [
        known("1", TITLES[0], 1, link=Link.UNWRITTEN)._replace(gone=True, aside=True),
        known("2", TITLES[0], 9, ticket="bd-2", link=Link.UNWRITTEN),
    ]

    stayed = aligned([page(row(TITLES[0], 9))], items)
    moved = aligned([page(row(TITLES[0], 4), path="b.md")], items)
    both = aligned([page(row(TITLES[0], 1), row(TITLES[0], 9))], items)

    assert stayed.keys == {Address("a.md", 9): "2"}
    assert moved.keys == {Address("b.md", 4): "2"}
    assert sorted(both.keys.values()) == ["1", "2"]


def test_a_create_that_was_set_aside_holds_back_no_row_but_its_own() -> None:
    aside = known("1", TITLES[0], 1, path="b.md", link=Link.UNWRITTEN)
    items = [aside._replace(gone=True, aside=True)]
    alike = page(row(TITLES[0].replace("nearly", "almost"), 4))

    assert not aligned([alike], items).withheld
    assert aligned([alike], items, unread=frozenset({"b.md"})).withheld


def test_a_deleted_row_is_vanished_and_an_unrelated_new_one_is_new() -> None:
    items = [known("1", TITLES[0], 1, ticket="bd-1")]

    result = aligned([page(row("Buy more coffee", 1))], items)

    assert [item.key for item in result.vanished] == ["1"]
    assert not result.keys
    assert not result.withheld


def test_renamed_files_are_told_apart_by_their_bytes_when_all_titles_are_the_same() -> (
    None
):
    items = [
        known(key, TITLES[0], 3, path=path, link=Link.UNWRITTEN)
        for key, path in (("1", "a.md"), ("2", "b.md"))
    ]
    state = {
        "a.md": DocumentState((ItemState("1", TITLES[0]),), "bytes of a"),
        "b.md": DocumentState((ItemState("2", TITLES[0]),), "bytes of b"),
    }
    pages = [
        page(row(TITLES[0], 3), path="x.md", digest="bytes of b"),
        page(row(TITLES[0], 3), path="y.md", digest="bytes of a"),
    ]

    assert aligned(pages, items, state).keys == {
        Address("x.md", 3): "2",
        Address("y.md", 3): "1",
    }


def test_a_renamed_and_edited_file_is_known_by_most_of_its_rows() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(5)]
    state = DocumentState(tuple(ItemState(str(n), TITLES[n]) for n in range(5)), "x")
    rows = [row(TITLES[n], n) for n in range(5)]
    rows[1] = row("Rotate certificates before they do expire", 1)

    result = aligned([page(*rows, path="b.md")], items, {"a.md": state})

    assert result.keys[Address("b.md", 1)] == "1"
    assert not result.withheld


def test_a_row_that_vanished_is_not_guessed_among_several_of_its_title() -> None:
    items = [known("1", TITLES[0], 3, link=Link.UNWRITTEN)]
    pages = [page(), *(page(row(TITLES[0], 7), path=f"{n}.md") for n in "bc")]

    result = aligned(pages, items)

    assert not result.keys
    assert set(result.withheld) == {Address("b.md", 7), Address("c.md", 7)}


def test_two_rows_renamed_side_by_side_keep_each_its_own_ticket() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(5)]
    rows = [row(TITLES[n], n) for n in range(5)]
    rows[1] = row("Write a good runbook for the queue", 1)
    rows[2] = row("Rotate certificates before they do expire", 2)

    result = aligned([page(*rows)], items)

    assert result.keys[Address("a.md", 1)] == "2"
    assert result.keys[Address("a.md", 2)] == "1"


RETITLED = "Rotate certificates each time before expiry"
"""75 % like the second title: enough for the same row, too little for a likely one."""


def test_a_document_that_shares_one_title_with_a_deleted_one_is_another() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(3)]
    state = DocumentState(tuple(ItemState(str(n), TITLES[n]) for n in range(3)), "x")
    rows = [row(TITLES[0], 0), row(RETITLED, 1)]

    result = aligned([page(*rows, path="b.md")], items, {"a.md": state})

    assert result.keys == {Address("b.md", 0): "0"}, "the other row is a new one"


@pytest.mark.parametrize("filed", [True, False], ids=["has tickets", "has creates"])
def test_a_document_that_stays_takes_no_row_of_a_deleted_one_of_its_incident(
    filed: bool,
) -> None:
    items = [
        known("0", TITLES[0], 1, link=Link.UNWRITTEN),
        known("1", TITLES[1], 2, path="gone.md", link=Link.UNWRITTEN),
    ]
    state = {"gone.md": DocumentState((ItemState("1", TITLES[1]),), "x", "INC-7")}
    if filed:
        state["a.md"] = DocumentState((ItemState("0", TITLES[0]),), "y", "INC-7")
    stays = page(row(TITLES[0], 1), row(RETITLED, 2), incident_id="INC-7")

    result = aligned([stays], items, state)

    assert result.keys == {Address("a.md", 1): "0"}


def test_a_renamed_file_is_found_beside_one_of_its_incident_that_cannot_be_read() -> (
    None
):
    items = [
        known("0", TITLES[0], 1, ticket="bd-1"),
        known("1", TITLES[1], 1, path="b.md", link=Link.UNWRITTEN),
    ]
    state = {
        item.path: DocumentState((ItemState(item.key, item.text),), "x", "INC-7")
        for item in items
    }
    renamed = page(row(RETITLED), path="c.md", incident_id="INC-7")

    result = aligned([renamed], items, state, unread=frozenset({"a.md"}))

    assert result.keys == {Address("c.md", 1): "1"}


def test_a_row_is_not_guessed_among_several_that_vanished_under_its_title() -> None:
    items = [
        known(key, TITLES[0], 3, path=f"{key}.md", link=Link.UNWRITTEN) for key in "xy"
    ]
    known_here = {"a.md": DocumentState()}

    result = aligned([page(row(TITLES[0], 7))], items, known_here)

    assert not result.keys
    assert set(result.withheld) == {Address("a.md", 7)}


def test_a_row_that_was_rewritten_between_two_others_keeps_its_ticket() -> None:
    items = [known(str(n), TITLES[n], n, link=Link.UNWRITTEN) for n in range(5)]
    rows = [row(TITLES[n], n) for n in range(5)]
    rows[3] = row("Limit how often the importer retries", 3)

    result = aligned([page(*rows)], items)

    assert result.keys[Address("a.md", 3)] == "3"


def test_rows_of_one_title_stay_in_their_sections_when_their_owners_change() -> None:
    items = [
        Known("1", "a.md", TITLES[0], "Now", 1, ref("bd-1"), Link.UNWRITTEN),
        Known("2", "a.md", TITLES[0], "Later", 2, ref("bd-2"), Link.UNWRITTEN),
    ]
    rows = [
        row(TITLES[0], 5, section="Later", owner="@bob"),
        row(TITLES[0], 9, section="Now", owner="@carol"),
    ]

    assert aligned([page(*rows)], items).keys == {
        Address("a.md", 5): "2",
        Address("a.md", 9): "1",
    }


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(known("1", TITLES[1], 1, ticket="bd-1"), id="it had a link"),
        pytest.param(
            known("1", TITLES[1], 1, ticket="bd-1", link=Link.UNWRITTEN)._replace(
                gone=True
            ),
            id="its row has long been gone",
        ),
    ],
)
def test_a_new_row_that_is_somewhat_like_a_deleted_one_is_held_back(
    item: Known,
) -> None:
    result = aligned([page(row(RETITLED, 1))], [item])

    assert not result.keys
    assert result.withheld == {Address("a.md", 1): item}
