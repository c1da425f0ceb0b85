"""People's part of a Jira body is never touched, whatever it is made of."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmsync.domain.block import BEGIN, END, inner
from pmsync.domain.marking import marker_in
from pmsync.domain.model import Marker
from pmsync_adapters.jira import adf, wiki

TEXT = st.text(min_size=1, max_size=20)
TEXTS = st.text(max_size=80) | st.sampled_from(
    [
        "a\n\nb",
        "\n\n\n",
        f"{BEGIN} forged {END}",
        adf.FOOTER,
        "{anchor:pmsync-end}",
        "{anchor:pmsync-v1-k-s}",
        "Post-mortem: https://example.com/a#L1",
        "{html}<b>{code}[~user] !img! h1. x",
    ]
)
IDS = st.fixed_dictionaries({"localId": st.uuids().map(str)})
INLINE = st.one_of(
    st.builds(
        lambda text, colour: {
            "type": "text",
            "text": text,
            "marks": [{"type": "textColor", "attrs": {"color": colour}}],
        },
        TEXT | st.sampled_from([BEGIN, END, adf.FOOTER]),
        st.sampled_from(["#ff0000", "#000000"]),
    ),
    st.just({"type": "hardBreak"}),
    st.builds(
        lambda name: {"type": "mention", "attrs": {"id": "5b10", "text": f"@{name}"}},
        TEXT,
    ),
    st.just({"type": "emoji", "attrs": {"shortName": ":fire:", "id": "1f525"}}),
    st.just({"type": "inlineCard", "attrs": {"url": "https://example.com/1"}}),
    st.just({"type": "status", "attrs": {"text": "DONE", "color": "green"}}),
)
PARAGRAPH = st.builds(
    lambda kind, content, attrs: {"type": kind, "content": content, "attrs": attrs},
    st.sampled_from(["paragraph", "heading", "codeBlock"]),
    st.lists(INLINE, max_size=4),
    IDS,
)
LEAVES = st.one_of(
    PARAGRAPH,
    st.just({"type": "rule"}),
    st.just(
        {
            "type": "mediaSingle",
            "attrs": {"layout": "center"},
            "content": [{"type": "media", "attrs": {"id": "u", "type": "file"}}],
        }
    ),
    st.builds(lambda n: {"type": "newKind", "attrs": {"x": n}}, st.integers()),
)
NODES = st.recursive(
    LEAVES,
    lambda children: st.builds(
        lambda kind, content, attrs: {"type": kind, "content": content, "attrs": attrs},
        st.sampled_from(
            ["table", "tableRow", "tableCell", "bulletList", "expand", "panel", "quote"]
        ),
        st.lists(children, max_size=3),
        IDS,
    ),
    max_leaves=8,
)


def panels(node: Any) -> int:
    """How many panels in a tree end with our line; counted apart from the code."""
    if not isinstance(node, dict):
        return 0
    children = node.get("content", [])
    last = json.dumps(children[-1], ensure_ascii=False) if children else ""
    if node.get("type") == "panel" and adf.FOOTER in last:
        return 1
    return sum(map(panels, children))


@given(
    before=st.lists(NODES, max_size=3),
    after=st.lists(NODES, max_size=3),
    first=TEXTS,
    second=TEXTS,
)
def test_nothing_of_peoples_nodes_is_changed_when_our_panel_is(
    before: list[Any], after: list[Any], first: str, second: str
) -> None:
    body = adf.document(*before, adf.panel(first), *after)
    stored = json.dumps(body)
    if panels(body) != 1:
        return

    spliced = adf.splice(json.loads(stored), second)

    assert spliced is not None
    content = spliced["content"]
    assert json.dumps(content[: len(before)]) == json.dumps(before)
    assert json.dumps(content[len(before) + 1 :]) == json.dumps(after)
    assert json.dumps(body) == stored, "what was read is not changed either"
    assert {k: v for k, v in spliced.items() if k != "content"} == {
        "type": "doc",
        "version": 1,
    }
    shown = inner(adf.text_of(spliced))
    assert shown == inner(adf.text_of(adf.document(adf.panel(second))))


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_a_text_comes_back_from_our_panel_as_it_went_in(text: str) -> None:
    shown = inner(adf.text_of(adf.document(adf.panel(text))))

    assert shown == text.strip("\n").replace("<!-- pmsync:", "<!--pmsync:")


@given(text=TEXTS)
def test_a_panel_holds_text_and_breaks_alone(text: str) -> None:
    """S05: whatever a document says, it is no markup, mention or picture."""
    allowed = {"panel", "paragraph", "text", "hardBreak"}

    def kinds(node: Any) -> set[str]:
        return {node["type"]}.union(*map(kinds, node.get("content", [])))

    panel = adf.panel(text)

    assert kinds(panel) <= allowed
    marks = [
        mark
        for paragraph in panel["content"]
        for node in paragraph.get("content", [])
        for mark in node.get("marks", [])
    ]
    assert all(m["type"] in ("em", "link") for m in marks)
    for paragraph in panel["content"]:
        assert all(n.get("text") != "" for n in paragraph.get("content", []))


def test_a_panel_that_was_copied_or_lost_is_left_alone() -> None:
    ours = adf.panel("text")

    assert adf.splice(adf.document(ours, ours), "new") is None
    assert adf.splice(adf.document(adf.paragraph("text")), "new") is None
    assert adf.splice(None, "new") is None
    assert adf.text_of(None) == ""


def test_a_panel_that_a_person_put_into_a_box_is_found_there() -> None:
    ours = {**adf.panel("old"), "attrs": {"panelType": "note", "localId": "x"}}
    box = {"type": "expand", "attrs": {"title": "Details"}, "content": [ours]}

    spliced = adf.splice(adf.document(box), "new")

    assert spliced is not None
    (expand,) = spliced["content"]
    assert expand["attrs"] == {"title": "Details"}
    assert expand["content"][0]["attrs"] == ours["attrs"], "its colour is theirs"
    assert inner(adf.text_of(spliced)) == "new"


def test_the_row_can_be_reached_from_the_panel() -> None:
    panel = adf.panel("Rotate keys\n\nPost-mortem: https://example.com/a.md#L3")

    link = panel["content"][1]["content"][-1]
    assert link["text"] == "https://example.com/a.md#L3"
    assert link["marks"] == [
        {"type": "link", "attrs": {"href": "https://example.com/a.md#L3"}}
    ]


def test_a_body_nested_beyond_reason_is_read_and_left_alone() -> None:
    """S25."""
    node: dict[str, Any] = adf.panel("deep")
    for _ in range(900):
        node = {"type": "expand", "content": [node]}

    assert adf.splice(adf.document(node), "new") is None
    assert inner(adf.text_of(adf.document(node))) is None


@given(around=st.tuples(TEXTS, TEXTS), first=TEXTS, second=TEXTS, crlf=st.booleans())
def test_nothing_around_our_passage_is_changed_on_data_center(
    around: tuple[str, str], first: str, second: str, crlf: bool
) -> None:
    marker = Marker("k1", "s1")
    before, after = (text.replace("{anchor:pmsync", "{anchor:") for text in around)
    body = f"{before}{wiki.body(marker, first)}{after}"
    if crlf:
        body = body.replace("\r", "").replace("\n", "\r\n")
        before, after = (
            t.replace("\r", "").replace("\n", "\r\n") for t in (before, after)
        )

    spliced = wiki.spliced(body, second)

    assert spliced is not None
    assert spliced.startswith(before)
    assert spliced.endswith(after)
    assert marker_in(wiki.text_of(spliced)) == marker == wiki.marker_of(spliced)
    assert inner(wiki.text_of(spliced)) == inner(
        wiki.text_of(wiki.body(marker, second))
    )
