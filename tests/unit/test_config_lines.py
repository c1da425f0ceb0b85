"""The line that a problem names is the line where its key stands."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmsync_config.lines import KeyPath, find_lines

SCALARS = st.sampled_from(
    [
        "1",
        "-0.5e3",
        "true",
        "1979-05-27 07:32:00",
        '"[[not.a.table]] # no comment"',
        '"\\" = \\\\"',
        "'C:\\'",
        "'it # is {'",
        '""',
        "''",
        '"""one\ntwo = 2\n[three]"""',
        '"""quote \\""" inside""""',
        "'''\n[[x]]\n'y = 1' '''",
        "'''\n[y]\n'''''",
        '"""trailing \\\n   backslash"""',
    ]
)
NAMES = st.text("ab-_", min_size=1, max_size=3)
BREAKS = st.sampled_from(["", " ", "\n", " # [x] = {\n", "\r\n", "\n\n\t"])


class Writer:
    """Writes TOML and keeps account of the line on which each key begins."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[KeyPath, int] = {}
        self.count = 0

    def put(self, text: str) -> None:
        self.text += text

    def note(self, path: KeyPath) -> None:
        line = self.text.count("\n") + 1
        for depth in range(1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)

    def key(self, *, dotted: bool = True) -> tuple[list[str], str]:
        """A key that occurs nowhere else, its parts and how it is written."""
        self.count += 1
        parts = [f"{self.draw(NAMES)}{self.count}"]
        if dotted and self.draw(st.booleans()):
            parts.append(self.draw(st.text("x. \"'[]é#=\\\n", max_size=3)))
        written = [self.written(part) for part in parts]
        return parts, self.draw(st.sampled_from([".", " . "])).join(written)

    def written(self, part: str) -> str:
        ways = [json.dumps(part)]
        if part and part.isascii() and part.replace("-", "a").isidentifier():
            ways.append(part)
        if "'" not in part and "\n" not in part:
            ways.append(f"'{part}'")
        return self.draw(st.sampled_from(ways))

    def entry(self, table: KeyPath, depth: int) -> None:
        parts, written = self.key()
        path = (*table, *parts)
        self.note(path)
        self.put(written + self.draw(st.sampled_from(["=", " = "])))
        self.value(path, depth)

    def value(self, path: KeyPath, depth: int) -> None:
        kind = self.draw(st.sampled_from(["scalar", "array", "table"]))
        if kind == "scalar" or depth == 0:
            self.put(self.draw(SCALARS))
        elif kind == "array":
            self.put("[")
            for index in range(self.draw(st.integers(0, 3))):
                self.put(self.draw(BREAKS))
                self.note((*path, index))
                self.value((*path, index), depth - 1)
                self.put(self.draw(BREAKS) + ",")
            self.put(self.draw(BREAKS) + "]")
        else:
            self.put("{")
            for index in range(self.draw(st.integers(0, 2))):
                self.put(", " if index else " ")
                self.entry(path, depth - 1)
            self.put(" }")

    def block(self, arrays: dict[KeyPath, int]) -> None:
        """A ``[table]`` or ``[[array]]``, perhaps under an array seen before."""
        several = self.draw(st.booleans())
        above = self.draw(st.sampled_from([(), *arrays]))
        again = several and above and self.draw(st.booleans())
        if again:
            path, written = above, ".".join(map(json.dumps, above))
        else:
            parts, written = self.key(dotted=False)
            path = (*above, *parts)
            if above:
                written = ".".join([*map(json.dumps, above), written])
        full: KeyPath = (
            path if again else ((*above, arrays[above], path[-1]) if above else path)
        )
        if several:
            arrays[path] = arrays.get(path, -1) + 1
            full = (*full, arrays[path])
        self.note(full)
        self.put(f"[[{written}]]" if several else f"[{written}]")
        self.put(self.draw(st.sampled_from(["\n", " # x\n", "\r\n"])))
        for _ in range(self.draw(st.integers(0, 3))):
            self.entry(full, 2)
            self.put(self.draw(st.sampled_from(["\n", "  # a = 1\n", "\n\n"])))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, int]]:
    writer = Writer(draw)
    for _ in range(draw(st.integers(0, 3))):
        writer.entry((), 2)
        writer.put("\n")
    # Arrays of the top level only: an array below an array would need the index of
    # the one above in its name.
    arrays: dict[KeyPath, int] = {}
    for _ in range(draw(st.integers(0, 4))):
        writer.block(arrays)
        arrays = {path: n for path, n in arrays.items() if len(path) == 1}
    return writer.text, writer.lines


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    match value:
        case dict():
            inner = [(key, each) for key, each in value.items()]
        case list():
            inner = list(enumerate(value))
        case _:
            inner = []
    for part, each in inner:
        yield (*path, part)
        yield from paths(each, (*path, part))


@given(documents())
def test_every_key_is_found_on_the_line_where_it_was_written(
    written: tuple[str, dict[KeyPath, int]],
) -> None:
    text, lines = written

    assert find_lines(text) == lines
    assert set(lines) == set(paths(tomllib.loads(text)))


def test_tables_arrays_dotted_and_quoted_keys() -> None:
    text = """
# [comment]
a.b = 1
"c d".'e' = "x # = [y]"

[trackers.ops]
type = "jira"

[[routes]]
match = { owner = "x", list = [
  1,
  2 ] }

[[routes]]
tracker = '''
[[routes]]
'''
[routes.match]
owner = "y"
"""

    assert find_lines(text) == {
        ("a",): 3,
        ("a", "b"): 3,
        ("c d",): 4,
        ("c d", "e"): 4,
        ("trackers",): 6,
        ("trackers", "ops"): 6,
        ("trackers", "ops", "type"): 7,
        ("routes",): 9,
        ("routes", 0): 9,
        ("routes", 0, "match"): 10,
        ("routes", 0, "match", "owner"): 10,
        ("routes", 0, "match", "list"): 10,
        ("routes", 0, "match", "list", 0): 11,
        ("routes", 0, "match", "list", 1): 12,
        ("routes", 1): 14,
        ("routes", 1, "tracker"): 15,
        ("routes", 1, "match"): 18,
        ("routes", 1, "match", "owner"): 19,
    }
