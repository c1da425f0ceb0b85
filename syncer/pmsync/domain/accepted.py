"""What a tracker made of what it was sent: it may return something else.

The pair then holds what it returned, so that it is not sent again until the row
changes; a person is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pmsync.domain.model import Field, Ticket


def not_accepted(
    sent: Mapping[Field, str | None],
    ticket: Ticket,
    labels: Collection[str] = (),
    parent: str | None = None,
) -> str | None:
    """Say what a tracker did not take as it was sent, None if it took everything.

    ``labels`` and ``parent`` are those of a new ticket. White space does not count,
    every tracker trims; nor does the case of labels, or how one joins their words.
    """
    other = [
        f"{field.value}: sent {_quoted(value)}, it shows {_quoted(shown)}"
        for field, value in sorted(sent.items())
        if _normal(value) != _normal(shown := ticket.fields.get(field))
    ]
    borne = {_label(label) for label in ticket.labels}
    other += [
        f"label {_quoted(label)}"
        for label in sorted(labels)
        if _label(label) not in borne
    ]
    if parent is not None and ticket.parent is None:
        other.append(f"parent {parent}")
    return f"the tracker did not accept {'; '.join(other)}" if other else None


def _normal(value: str | None) -> str:
    return " ".join((value or "").split())


def _label(text: str) -> str:
    """Jira takes no spaces in labels, and GitHub tells none apart by their case."""
    return "-".join(text.casefold().split())


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f'"{_normal(value)}"'
