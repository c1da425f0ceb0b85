"""What a tracker made of what it was sent: it may return something else.

The pair then holds what it returned, so that it is not sent again until the row
changes; a person is told once.
"""

from __future__ import annotations

from collections.abc import Mapping

from pmsync.domain.model import Field, Ticket


def not_accepted(sent: Mapping[Field, str | None], ticket: Ticket) -> str | None:
    """Say what a tracker did not take as it was sent, None if it took everything.

    White space does not count: every tracker trims.
    """
    other = [
        f"{field.value}: sent {_quoted(value)}, it shows {_quoted(shown)}"
        for field, value in sorted(sent.items())
        if _normal(value) != _normal(shown := ticket.fields.get(field))
    ]
    return f"the tracker did not accept {'; '.join(other)}" if other else None


def _normal(value: str | None) -> str:
    return " ".join((value or "").split())


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f'"{_normal(value)}"'
