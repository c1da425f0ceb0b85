"""What a person sees of the state, and what they are told when it is unusable."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pmsync.domain.errors import StateError
from pmsync.domain.model import Field, TicketRef
from pmsync.domain.state import (
    VERSION,
    DocumentState,
    ItemState,
    Lease,
    Link,
    Pair,
    State,
)
from pmsync.domain.state_json import decode, encode, from_json, to_json

STATE = State(
    id="s1",
    config="c1",
    trackers={"ops": "jira"},
    lease=Lease("r1", "host", 7, datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
    documents={
        "postmortems/a.md": DocumentState(
            digest="d1",
            items=(
                ItemState(
                    "k1",
                    "Add an alert",
                    line=12,
                    ref=TicketRef("ops", "OPS-1", "https://example.com/OPS-1"),
                    link=Link.LANDED,
                    base={
                        Field.OWNER: Pair("@alice", None),
                        Field.TITLE: Pair("Add an alert", "Add an alert"),
                    },
                ),
                ItemState("k2", "完了させる"),
            ),
        )
    },
)

FILE = """\
{"version": 1, "id": "s1", "config": "c1", "trackers": {"ops": "jira"},
"lease": {"holder": "r1", "host": "host", "pid": 7, \
"expires": "2026-01-02T03:04:00+00:00"},
"documents": [
{"path": "postmortems/a.md", "digest": "d1", "items": [
{"key": "k1", "text": "Add an alert", "line": 12, \
"ref": {"tracker": "ops", "key": "OPS-1", "url": "https://example.com/OPS-1"}, \
"link": "landed", "base": {"owner": ["@alice", null], "title": "Add an alert"}},
{"key": "k2", "text": "完了させる"}
]}
]}
"""


def test_the_file_reads_as_a_list_of_items() -> None:
    assert to_json(STATE).decode() == FILE


def test_the_blobs_are_named_after_what_they_hold() -> None:
    assert sorted(encode(STATE)) == [
        "documents/postmortems%2Fa.md.json",
        "lease.json",
        "state.json",
    ]


def test_one_changed_item_is_one_changed_line() -> None:
    document = STATE.documents["postmortems/a.md"]
    items = (document.items[0], ItemState("k2", "Done"))
    changed = replace(STATE, documents={"postmortems/a.md": DocumentState(items, "d1")})
    before, after = to_json(STATE).splitlines(), to_json(changed).splitlines()

    assert [a for a, b in zip(after, before, strict=True) if a != b] == [
        b'{"key": "k2", "text": "Done"}'
    ]


def test_half_a_character_from_a_tracker_does_not_stop_the_state_being_written() -> (
    None
):
    state = State(id="s", documents={"a": DocumentState((ItemState("k", "x\ud800"),))})

    assert from_json(to_json(state), "f") == state
    assert decode(encode(state)) == state


def test_a_state_of_a_later_version_is_refused_and_not_called_damaged() -> None:
    newer = json.dumps({"version": VERSION + 1, "id": "s", "unheard-of": 1}).encode()

    with pytest.raises(StateError) as one_file:
        from_json(newer, "here/state.json")
    with pytest.raises(StateError) as blobs:
        decode({"state.json": newer, "unheard-of.json": b""}, "here/")

    assert (
        one_file.value.message
        == blobs.value.message
        == "State here/state.json: it has version 2, and this pmsync knows versions "
        "up to 1"
    )
    assert one_file.value.hint == "update pmsync; nothing was changed"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Expecting value: line 1 column 1"),
        (b"\xff", "can't decode byte"),
        (b"[" * 100_000, "recursion"),
        (b"[]", "it is not an object"),
        (b"{}", "version is missing"),
        (b'{"version": true}', "version: it is not a whole number"),
        (b'{"version": 0, "id": "s"}', "version: it is less than 1"),
        (b'{"version": 1}', "id is missing"),
        (b'{"version": 1, "id": "s", "x": 1}', "unknown entry 'x'"),
        (b'{"version": 1, "id": "s", "documents": {}}', "documents: it is not a list"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(data: bytes, why: str) -> None:
    with pytest.raises(StateError) as caught:
        from_json(data, "dir/state.json")

    assert caught.value.message.startswith("State dir/state.json cannot be read: ")
    assert why in caught.value.message
    assert caught.value.hint == (
        "restore its previous version, or remove the state: "
        "pmsync then rebuilds it from links and markers"
    )


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": 1}, "key: it is not a text"),
        ({"line": "12"}, "line: it is not a whole number"),
        ({"link": "gone"}, "link: it is not one of unwritten, landed"),
        ({"base": {"colour": "red"}}, "base: it names 'colour'"),
        ({"base": {"title": ["one"]}}, "base: it is not a pair"),
        ({"pending": {"title": "x"}}, "pending: it is not a list of three values"),
        ({"seen": {"title": 1}}, "seen: it is not a text"),
        ({"owns": "no"}, "owns: it is neither true nor false"),
        ({"former": "ops:1"}, "former: it is not a list"),
        ({"ref": {"tracker": "ops"}}, "ref: key is missing"),
        ({"colour": "red"}, "unknown entry 'colour'"),
    ],
)
def test_a_damaged_item_is_never_read_as_something_else(
    wrong: dict[str, Any], why: str
) -> None:
    item = {"key": "k", "text": "t"} | wrong
    blob = json.dumps({"path": "a.md", "items": [item]}).encode()

    with pytest.raises(StateError) as caught:
        decode({"state.json": b'{"version": 1, "id": "s"}', "documents/a.json": blob})

    assert "documents/a.json" in caught.value.message
    assert why in caught.value.message


def test_a_time_without_a_zone_is_refused_because_it_could_extend_a_lease() -> None:
    lease = b'{"holder": "r", "host": "h", "pid": 1, "expires": "2026-01-02T03:04:05"}'

    with pytest.raises(StateError, match="expires: it is not a time with a zone"):
        decode({"state.json": b'{"version": 1, "id": "s"}', "lease.json": lease})


def test_two_blobs_of_one_document_are_refused() -> None:
    head = b'{"version": 1, "id": "s"}'
    blob = b'{"path": "a.md", "items": []}'

    with pytest.raises(StateError, match=r"'a\.md' is there twice"):
        decode({"state.json": head, "documents/1.json": blob, "documents/2.json": blob})


def test_a_tree_that_is_no_state_is_refused_so_that_no_branch_is_overwritten() -> None:
    with pytest.raises(StateError, match=r"state\.json cannot be read: it is missing"):
        decode({"README.md": b"# Mine"})
    with pytest.raises(StateError, match=r"README\.md .* it is no part of a state"):
        decode({"state.json": b'{"version": 1, "id": "s"}', "README.md": b"# Mine"})
