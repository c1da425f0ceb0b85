"""Nothing that the state remembers is lost between two runs."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.domain.errors import StateError
from pmsync.domain.state import DocumentState, ItemState, State
from pmsync.domain.state_json import (
    decode,
    document_name,
    encode,
    encode_document,
    from_json,
    to_json,
)

TEXTS = st.sampled_from(("", "a", "b|\n", "完了 ✅", "\u202e\x1b[31m")) | st.text(
    max_size=12
)
TIMES = st.datetimes(
    timezones=st.sampled_from((UTC, timezone(timedelta(hours=-9, minutes=-30)))),
)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(datetime, TIMES)


def every_field(kind: type[Any], **fixed: st.SearchStrategy[Any]) -> Any:
    """Draw each field by its type, so that one which the codec forgets fails."""
    hints = get_type_hints(kind)
    drawn = {f.name: st.from_type(hints[f.name]) for f in fields(kind)}
    return st.builds(kind, **(drawn | fixed))


ITEMS = every_field(ItemState)
DOCUMENTS = every_field(DocumentState, items=st.lists(ITEMS, max_size=3).map(tuple))
STATES = every_field(
    State,
    version=st.just(1),
    documents=st.dictionaries(TEXTS, DOCUMENTS, max_size=3),
)


@given(ITEMS)
def test_no_field_of_an_item_is_forgotten(item: ItemState) -> None:
    state = State(id="s", documents={"a.md": DocumentState(items=(item,))})

    assert decode(encode(state)) == state


@given(STATES)
def test_a_state_survives_the_one_file_form(state: State) -> None:
    assert from_json(to_json(state), "state.json") == state


@given(STATES)
def test_a_state_survives_the_blob_form(state: State) -> None:
    assert decode(encode(state)) == state


@given(STATES, st.randoms(use_true_random=False))
def test_equal_states_are_equal_bytes(state: State, random: Any) -> None:
    def shuffled(mapping: Any) -> dict[Any, Any]:
        return dict(random.sample(list(mapping.items()), len(mapping)))

    other = State(
        id=state.id,
        documents=shuffled(state.documents),
        intents=shuffled(state.intents),
        settled=shuffled(state.settled),
        watermarks=shuffled(state.watermarks),
        trackers=shuffled(state.trackers),
        config=state.config,
        lease=state.lease,
    )

    assert to_json(other) == to_json(state)
    assert encode(other) == encode(state)


@given(DOCUMENTS, TEXTS)
def test_every_blob_is_text_and_every_line_of_items_is_json(
    document: DocumentState, path: str
) -> None:
    text = encode_document(path, document).decode()
    _, *items = text.removesuffix("\n]}\n").removesuffix("]}\n").split("\n")

    assert [json.loads(line.removesuffix(","))["key"] for line in items] == [
        item.key for item in document.items
    ]


@given(st.text(max_size=300), st.text(max_size=300))
def test_two_documents_never_share_a_blob(one: str, other: str) -> None:
    names = {document_name(one), document_name(other)}

    assert len(names) == (1 if one == other else 2)
    assert all(name.count("/") == 1 and len(name) <= 230 for name in names)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2)
    ),
    max_leaves=4,
)


@given(STATES, JSON, st.data())
def test_a_damaged_state_is_explained_or_still_whole(
    state: State, value: Any, data: st.DataObject
) -> None:
    """Put a wrong value anywhere: an explanation, or a state that can be written."""
    raw = json.loads(to_json(state))
    place: Any = raw
    while True:
        name = data.draw(
            st.sampled_from(
                range(len(place)) if isinstance(place, list) else sorted(place)
            )
        )
        inner = place[name]
        if not (isinstance(inner, dict | list) and inner) or data.draw(st.booleans()):
            break
        place = inner
    place[name] = value

    try:
        read = from_json(json.dumps(raw).encode(), "state.json")
    except StateError as error:
        explained = error
    else:
        assert from_json(to_json(read), "state.json") == read
        return
    assert "state.json" in explained.message
    assert explained.hint


@given(STATES, st.data())
def test_a_torn_state_is_never_read_as_a_smaller_one(
    state: State, data: st.DataObject
) -> None:
    whole = to_json(state)
    torn = whole[: data.draw(st.integers(0, len(whole) - 2))]

    with pytest.raises(StateError, match=r"state\.json cannot be read"):
        from_json(torn, "state.json")
