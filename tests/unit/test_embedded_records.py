"""The file of tickets keeps every byte that nobody changed, whoever wrote it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.domain.errors import TrackerError
from pmsync_adapters.beads import json_text, records
from pmsync_adapters.beads.ids import ID, length, new_id

LINE = '{ "id" : "bd-a1b2", "title": "T", "x": 1.10, "title" :"Last" ,"y":[ 1,2 ] }'

keys = st.text(max_size=4)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=6,
)
objects = st.dictionaries(keys, values, max_size=5)
styles = st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : "), ("\r, ", ":")])


def written(value: object, style: tuple[str, str]) -> str:
    return json.dumps(value, separators=style)


@given(before=objects, changes=objects, style=styles)
def test_a_change_sets_what_it_names_and_nothing_else(
    before: dict[str, object], changes: dict[str, object], style: tuple[str, str]
) -> None:
    after = json_text.put(written(before, style), changes)

    expected = {**before, **changes}
    expected = {k: v for k, v in expected.items() if k not in changes or v is not None}
    assert json_text.parse(after) == expected


@given(before=objects, style=styles, data=st.data())
def test_a_change_and_its_reverse_give_the_bytes_back(
    before: dict[str, object], style: tuple[str, str], data: st.DataObject
) -> None:
    text = written(before, style)
    kept = {k: v for k, v in before.items() if v is not None}
    if not kept:
        return
    key = data.draw(st.sampled_from(sorted(kept)))

    changed = json_text.put(text, {key: "something else"})

    assert list(json_text.parse(changed)) == list(before)
    assert json_text.parse(json_text.put(changed, {key: kept[key]})) == before
    assert json_text.put(json_text.put(text, {"\0new": 1}), {"\0new": None}) == text


def test_a_persons_spaces_numbers_and_doubled_keys_survive_a_change() -> None:
    after = json_text.put(LINE, {"y": "new", "z": True})

    assert after == LINE.replace("[ 1,2 ]", '"new", "z" : true')


def test_of_a_doubled_key_the_one_that_counts_is_changed() -> None:
    assert json_text.parse(json_text.put(LINE, {"title": "N"}))["title"] == "N"
    assert "title" not in json_text.parse(json_text.put(LINE, {"title": None}))


def test_an_added_key_takes_beads_place() -> None:
    line = records.change(
        records.load(b'{"id":"bd-1","title":"T","status":"open","x":1}', "f")[0],
        {"due_at": "2026-01-02T00:00:00Z", "assignee": "Al", "description": "D"},
    )

    assert list(line.values) == [
        *("id", "title", "description", "status", "assignee", "due_at", "x")
    ]


@pytest.mark.parametrize("character", "\x7f\x9b\u202e\u2066\u2028\u0085\ud800\ufeff")
def test_no_character_that_acts_on_a_reader_is_written_raw(character: str) -> None:
    text = json_text.dump(f"a{character}b")

    assert text == f'"a\\u{ord(character):04x}b"'
    assert json.loads(text) == f"a{character}b"


@given(st.lists(st.binary(max_size=30)))
def test_what_is_read_is_stored_byte_for_byte(noise: list[bytes]) -> None:
    data = b"\n".join(
        b'{"_type":"memory","key":%s}' % json.dumps(raw.hex()).encode()
        if n % 2
        else raw
        if not raw.strip(b" \t\r")
        else b""
        for n, raw in enumerate(noise)
    )

    assert records.store(records.load(data, "tickets.jsonl")) == data


def test_every_real_record_survives_byte_for_byte(specs: Path) -> None:
    data = (specs / "beads-issues.jsonl").read_bytes()
    lines = records.load(data, "issues.jsonl")

    assert records.store(lines) == data
    assert sum(bool(line.id) for line in lines) == data.count(b"\n")


def test_a_change_to_a_real_record_touches_nothing_else_in_it(specs: Path) -> None:
    for line in records.load((specs / "beads-issues.jsonl").read_bytes(), "f"):
        if not line.id:
            continue
        title = json.dumps(line.values["title"], ensure_ascii=False)
        changed = records.change(line, {"title": "Another"})

        expected = line.raw.decode().replace(f'"title": {title}', '"title": "Another"')
        assert changed.raw.decode() == expected


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"id":"bd-1",}', "not JSON"),
        (b"<<<<<<< HEAD", "not JSON"),
        (b'["bd-1"]', "not a JSON object"),
        (b'{"id":"bd-1","x":NaN}', "NaN is not JSON"),
        (b'{"id":"bd-1","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        (b'{"id":"bd-1","x":"\xff"}', "utf-8"),
        (b'{"title":"no id"}', "not the id"),
        (b'{"id":"bd-1](javascript:1)"}', "not the id"),
        (b'{"id":17}', "not the id"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: bytes, what: str) -> None:
    data = b'{"id":"bd-1"}\n\n' + line + b"\n"

    with pytest.raises(TrackerError, match=rf"^f\.jsonl:3: .*{what}") as caught:
        records.load(data, "f.jsonl")

    assert caught.value.hint is not None


def test_a_new_issue_goes_behind_a_last_line_without_an_end() -> None:
    data = b'\xef\xbb\xbf{"id":"bd-1"}\r\n\r\n{"id":"bd-2"}'

    lines = records.load(data, "f")
    records.add(lines, {"id": "bd-3", "title": None})

    assert records.store(lines) == data + b'\r\n{"id":"bd-3"}\r\n'


def test_ids_grow_with_the_file_and_never_repeat() -> None:
    taken: set[str] = set()
    for n in range(2_000):
        taken.add(new_id("bd", str(n), taken, len(taken)))

    assert len(taken) == 2_000
    assert all(ID.fullmatch(id_) for id_ in taken)
    assert {len(id_) for id_ in taken} == {7, 8}
    assert [length(n) for n in (0, 10**3, 10**4, 10**9)] == [4, 5, 6, 8]


def test_an_id_that_is_taken_is_passed_over() -> None:
    class Everything:
        asked = 0

        def __contains__(self, id_: object) -> bool:
            self.asked += 1
            return self.asked < 15

    first = new_id("my-app", "seed", set(), 0)
    later = new_id("my-app", "seed", Everything(), 0)

    assert re.fullmatch(r"my-app-[0-9a-z]{4}", first)
    assert re.fullmatch(r"my-app-[0-9a-z]{5}", later)
