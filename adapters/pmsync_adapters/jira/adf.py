"""Bodies on Jira Cloud: a tree of nodes, in which one panel is ours.

The panel is known by its last line, which says to people what it is. Everything else in
the tree belongs to people: it is read as text for comparison, and never rebuilt.
(Source: "Atlassian Document Format", developer.atlassian.com.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pmsync.domain.block import enclose

FOOTER = "pmsync keeps this panel in step. Write above or below it."
DEEPEST = 60
"""Levels of nodes that are looked into; Jira's editor makes no more than a few."""

_LINK = re.compile(r"(?P<label>[^\n]*: )(?P<url>https?://\S+)")
_SHOWN = ("text", "shortName", "url", "title", "alt")
"""Where nodes that are no text keep what they show."""
_SIGNS = {"hardBreak": "\n", "rule": "----"}
_INLINE = frozenset(
    {"text", "hardBreak", "mention", "emoji", "inlineCard", "status", "date"}
)

Node = dict[str, Any]


def document(*nodes: Node) -> Node:
    """Return a whole body."""
    return {"type": "doc", "version": 1, "content": list(nodes)}


def panel(text: str) -> Node:
    """Return our panel with ``text`` in it, as text and nothing else.

    The address at the end of its last line, pmsync's own link, can be clicked.
    """
    parts = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n\n")
    paragraphs = [paragraph(part) for part in parts[:-1]]
    paragraphs.append(_last_paragraph(parts[-1]))
    footer = {"type": "text", "text": FOOTER, "marks": [{"type": "em"}]}
    return {
        "type": "panel",
        "attrs": {"panelType": "info"},
        "content": [*paragraphs, {"type": "paragraph", "content": [footer]}],
    }


def paragraph(text: str) -> Node:
    """Return a paragraph; a text node may not be empty, so lines are joined by breaks."""
    nodes: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": nodes} if nodes else {"type": "paragraph"}


def linked(text: str) -> Node:
    """Return a whole body of one line that ends with an address of ours."""
    return document(_last_paragraph(text))


def text_of(body: object) -> str:
    """Return a body as text, with our panel between the delimiters of our block."""
    return _text(body, 0) if isinstance(body, dict) else ""


def splice(body: object, text: str) -> Node | None:
    """Return the body with ``text`` in our panel, None when there is not exactly one.

    All other nodes are the very objects that were given.
    """
    if not isinstance(body, dict) or sum(1 for _ in _panels(body, 0)) != 1:
        return None
    return _replaced(body, panel(text), 0)


def _last_paragraph(text: str) -> Node:
    lines = text.split("\n")
    link = _LINK.fullmatch(lines[-1])
    if link is None:
        return paragraph(text)
    before = paragraph("\n".join([*lines[:-1], link["label"]]))
    mark = {"type": "link", "attrs": {"href": link["url"]}}
    before["content"].append({"type": "text", "text": link["url"], "marks": [mark]})
    return before


def _ours(node: Mapping[str, Any]) -> bool:
    if node.get("type") != "panel":
        return False
    nodes = _children(node)
    return bool(nodes) and _text(nodes[-1], 0).strip() == FOOTER


def _panels(node: Node, depth: int) -> Iterator[Node]:
    if _ours(node):
        yield node
    elif depth < DEEPEST:
        for child in _children(node):
            yield from _panels(child, depth + 1)


def _replaced(node: Node, ours: Node, depth: int) -> Node:
    if _ours(node):
        # What the editor put on the panel itself (an id, a colour) is people's.
        return {**ours, "attrs": node.get("attrs", ours["attrs"])}
    if depth >= DEEPEST or not any(_panels(node, depth)):
        return node
    return {
        **node,
        "content": [_replaced(child, ours, depth + 1) for child in _children(node)],
    }


def _text(node: Node, depth: int) -> str:
    if _ours(node):
        kept = _children(node)[:-1]
        return enclose("\n\n".join(_text(child, depth + 1) for child in kept))
    kind = node.get("type")
    if kind == "text":
        # What looks like a delimiter is somebody's text.
        return str(node.get("text", "")).replace("<!-- pmsync:", "<!--pmsync:")
    if kind in _SIGNS:
        return _SIGNS[kind]
    nodes = _children(node)
    if not nodes or depth >= DEEPEST:
        attributes = node.get("attrs")
        shown = attributes if isinstance(attributes, dict) else {}
        return next((str(shown[name]) for name in _SHOWN if shown.get(name)), "")
    between = "" if any(child.get("type") in _INLINE for child in nodes) else "\n"
    return between.join(_text(child, depth + 1) for child in nodes)


def _children(node: Mapping[str, Any]) -> list[Node]:
    content = node.get("content")
    if not isinstance(content, list):
        return []
    return [child for child in content if isinstance(child, dict)]
