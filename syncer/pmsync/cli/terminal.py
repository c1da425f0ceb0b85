"""What may be printed, in which colours, and to which stream."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from typing import NamedTuple, TextIO

from pmsync.domain.errors import PmsyncError

# Joiners hold emoji and Indic or Persian words together and hide nothing.
_HARMLESS = frozenset("\t\u200c\u200d")
# Control, format (bidi, zero width), surrogate, line and paragraph separator.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Log readers of build servers obey these wherever they stand in a line:
# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
_COMMAND = re.compile(r"##(?=(?:vso|teamcity)?\[)")


def safe(text: str) -> str:
    r"""Return text of a document or a tracker as one line that only shows.

    Control, escape and bidi characters become visible (``\x1b``, ``\u202e``); a
    line that begins with it is no command to a build server.
    """
    if not text.isprintable():
        text = "".join(map(_visible, text))
    text = _COMMAND.sub(r"\\x23#", text)
    body = text.lstrip()
    if body.startswith("::"):
        text = f"{text[: len(text) - len(body)]}\\x3a{body[1:]}"
    return text


def _visible(char: str) -> str:
    if char in _HARMLESS or unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if char in "\n\r":
        return "\\n" if char == "\n" else "\\r"
    if code <= 0xFF:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def cut(text: str, widest: int) -> str:
    """Return text of so many characters at most; what was longer shows that it was."""
    return text if len(text) <= widest else f"{text[: widest - 1]}…"


def safe_json(value: object) -> str:
    """Write a value as JSON of which nothing acts on a terminal or on a build server."""
    # It is all ASCII, and every line begins with JSON's own signs.
    return inert(json.dumps(value, indent=2))


def inert(text: str) -> str:
    """Return JSON without ``##[``, which build servers obey anywhere in a line."""
    # The sign alone is found in no time, and most texts have none.
    return text.replace("##[", "##\\u005b") if "#" in text else text


class Paint(NamedTuple):
    """Colours, or none; what is printed is understood without them."""

    on: bool

    def bold(self, text: str) -> str:
        """For headings."""
        return self._with("1", text)

    def dim(self, text: str) -> str:
        """For what matters less."""
        return self._with("2", text)

    def green(self, text: str) -> str:
        """For what is added."""
        return self._with("32", text)

    def yellow(self, text: str) -> str:
        """For what changes."""
        return self._with("33", text)

    def red(self, text: str) -> str:
        """For what is taken away, and for errors."""
        return self._with("31", text)

    def cyan(self, text: str) -> str:
        """For hints and places."""
        return self._with("36", text)

    def mark(self, text: str) -> str:
        """For the words that differ within a coloured line."""
        return f"\x1b[7m{text}\x1b[27m" if self.on and text else text

    def _with(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def paint_for(stream: TextIO) -> Paint:
    """Return colours when ``stream`` is a terminal and nobody refuses them.

    https://no-color.org: ``NO_COLOR`` counts when it is not empty.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Paint(is_terminal(stream) and not plain)


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a person watches."""
    return not stream.closed and stream.isatty()


def out(text: str = "") -> None:
    """Print data."""
    _write(sys.stdout, text)


def err(text: str = "") -> None:
    """Print a message."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        # The reader has seen enough (head, less): what the run did stays as it is,
        # and so does its exit code.
        _discard(stream)
    except OSError as error:
        _discard(stream)
        if stream is sys.stderr:
            return  # Nobody is left to tell, and the exit code still says it.
        raise PmsyncError(
            f"the output cannot be written: {error.strerror}",
            hint="make room there; what was done stays, and running again is safe",
        ) from error


def _discard(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
