"""pmsync's own block in a ticket's body; everything around it belongs to people.

The block stands between two delimiters, each on a line of its own. When they are gone
or doubled nobody can say what is ours, and the body is left alone.
"""

from __future__ import annotations

BEGIN = "<!-- pmsync:begin -->"
END = "<!-- pmsync:end -->"


def enclose(text: str) -> str:
    """Return the block with ``text`` in it; a delimiter in the text loses its power."""
    return f"{BEGIN}\n{_harmless(text)}\n{END}"


def inner(body: str) -> str | None:
    """Return the text of the block, None when there is not exactly one."""
    parts = _parts(body)
    return None if parts is None else parts[1].strip("\r\n")


def splice(body: str, text: str) -> str | None:
    """Return the body with ``text`` in the block, None when there is not exactly one."""
    parts = _parts(body)
    return None if parts is None else f"{parts[0]}{enclose(text)}{parts[2]}"


def _parts(body: str) -> tuple[str, str, str] | None:
    """Return what stands before, in and after the block."""
    if body.count(BEGIN) != 1 or body.count(END) != 1:
        return None
    before, _, rest = body.partition(BEGIN)
    text, end, after = rest.partition(END)
    return (before, text, after) if end else None


def _harmless(text: str) -> str:
    return text.replace("<!-- pmsync:", "<!--pmsync:")
