"""On which line of a TOML file a key stands.

``tomllib`` gives values without positions. This reads the same text once more,
and only when there is a problem to report.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC_STOP = re.compile(r'\\.|"{3,5}', re.DOTALL)
_LONG_LITERAL_STOP = re.compile(r"'{3,5}")

KeyPath = tuple[str | int, ...]


def find_lines(text: str) -> dict[KeyPath, int]:
    """Map each table, key and array element of ``text`` to its 1-based line.

    ``text`` is TOML that ``tomllib`` accepts. Elements of arrays are named by
    their index: ``("routes", 0, "tracker")``. What is named in several places
    has the line of the first.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.breaks = [i for i, char in enumerate(text) if char == "\n"]

    def document(self) -> None:
        table: KeyPath = ()
        sizes: dict[KeyPath, int] = {}
        while self.skip(_BLANK) < len(self.text):
            if self.text[self.at] != "[":
                self.key_value(table)
                continue
            start = self.at
            several = self.text.startswith("[[", self.at)
            brackets = 2 if several else 1
            self.at += brackets
            table = ()
            *parents, name = self.key()
            self.at += brackets
            for parent in parents:
                table = (*table, parent)
                if table in sizes:
                    table = (*table, sizes[table] - 1)
            table = (*table, name)
            if several:
                index = sizes.get(table, 0)
                sizes[table] = index + 1
                table = (*table, index)
            self.record(table, start)

    def key_value(self, table: KeyPath) -> None:
        start = self.at
        path = (*table, *self.key())
        self.record(path, start)
        self.at += 1  # the equals sign
        self.value(path)

    def key(self) -> list[str]:
        """Read a dotted key and the space after it."""
        parts = []
        while True:
            self.skip(_SPACE)
            start = self.at
            match self.text[start]:
                case '"':
                    self.skip(_BASIC)
                    quoted = self.text[start : self.at]
                    parts.append(str(tomllib.loads(f"key = {quoted}")["key"]))
                case "'":
                    self.skip(_LITERAL)
                    parts.append(self.text[start + 1 : self.at - 1])
                case _:
                    self.skip(_BARE_KEY)
                    parts.append(self.text[start : self.at])
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def value(self, path: KeyPath) -> None:
        self.skip(_SPACE)
        rest = self.text[self.at : self.at + 3]
        if rest == '"""':
            self.skip_long_string(_LONG_BASIC_STOP)
        elif rest == "'''":
            self.skip_long_string(_LONG_LITERAL_STOP)
        elif rest.startswith('"'):
            self.skip(_BASIC)
        elif rest.startswith("'"):
            self.skip(_LITERAL)
        elif rest.startswith("["):
            self.elements(path, closing="]")
        elif rest.startswith("{"):
            self.elements(path, closing="}")
        else:
            self.skip(_SCALAR)

    def elements(self, path: KeyPath, *, closing: str) -> None:
        """Read an array, or an inline table."""
        self.at += 1
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != closing:
            if self.text[self.at] == ",":
                self.at += 1
            elif closing == "}":
                self.key_value(path)
            else:
                self.record((*path, index), self.at)
                self.value((*path, index))
                index += 1
            self.skip(_BLANK)
        self.at += 1

    def skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return self.at

    def skip_long_string(self, stop: re.Pattern[str]) -> None:
        self.at += 3
        for found in stop.finditer(self.text, self.at):
            if not found.group().startswith("\\"):
                self.at = found.end()
                return

    def record(self, path: KeyPath, start: int) -> None:
        line = bisect_right(self.breaks, start) + 1
        for depth in range(1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)
