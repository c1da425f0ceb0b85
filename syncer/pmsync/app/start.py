"""With which state a run begins: the stored one, a new one, or one to be rebuilt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pmsync.app.read import Reading
from pmsync.app.settings import Ports, Settings
from pmsync.domain.changes import (
    AddColumn,
    CloseDuplicate,
    CreateTicket,
    Plan,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.errors import SafetyStopError, TrackerUnavailableError
from pmsync.domain.model import Ticket, name_of
from pmsync.domain.state import State
from pmsync.domain.view import View

_POST_MORTEM = re.compile(r"^\W*Post-mortem\W{1,4}(https://[^\s|\])]+)", re.MULTILINE)
"""The line of our block that names the document, as any markup may write it."""
_PLACE = re.compile(r"(https://\S+?)/(?:-/)?(?:blob|src)/[0-9a-f]+/")

MOST_NAMED = 3
"""How many places a message names."""


def start(
    ports: Ports, settings: Settings, stored: State | None, reading: Reading
) -> tuple[State, bool]:
    """Return the state to plan with, and whether it has to be rebuilt.

    No state is a first run only if every configured tracker says that it holds no
    ticket of ours. Raises ``TrackerError`` when one does not answer in full, and
    ``SafetyStopError`` when it cannot be told which tickets are ours.
    """
    if stored is not None:
        return stored, False
    cited = {
        name_of(ref) for page in reading.pages for row in page.rows for ref in row.refs
    }
    home = repository_of(ports.repository.permalink("a.md", 1) or "")
    by_documents: set[str] = set()
    by_us: set[str] = set()
    by_anyone: set[str] = set()
    for name in sorted(settings.types):
        bearing = _marked(ports, name)
        us = ports.trackers[name].identity() if bearing else None
        for ticket in bearing:
            if ticket.marker is None:
                continue
            if (name, ticket.ref.key) in cited:
                by_documents.add(ticket.marker.state)
            if not is_from_elsewhere(ticket, home):
                by_anyone.add(ticket.marker.state)
                if ticket.author == us:
                    by_us.add(ticket.marker.state)
    # Several repositories may file in one project, and anybody can write a mark.
    candidates = by_documents or by_us or by_anyone
    if len(candidates) > 1:
        raise SafetyStopError(
            f"the state is gone, and tickets bear the marks of {len(candidates)} others",
            hint="restore the state, or give each repository a project of its own",
        )
    if candidates:
        return State(candidates.pop()), True
    saved = settings.saved
    return State(saved.basis.state if saved else ports.randomness.token(80)), False


def is_from_elsewhere(ticket: Ticket, home: str | None) -> bool:
    """Tell whether a ticket's body names a post-mortem of another repository."""
    named = _POST_MORTEM.search(ticket.body)
    where = repository_of(named[1]) if named else None
    return home is not None and where is not None and where != home


def repository_of(permalink: str) -> str | None:
    """Return the repository that a lasting address of a line leads to."""
    found = _PLACE.match(permalink)
    return found[1].casefold() if found else None


def _marked(ports: Ports, name: str) -> Sequence[Ticket]:
    listing = ports.trackers[name].marked(None)
    if not listing.complete:
        raise TrackerUnavailableError(
            f"there is no state, and {name} does not list all of its tickets: nobody "
            "can tell whether this is the first run",
            hint="run it again later; nothing was written",
        )
    return listing.tickets


def refuse_other_types(state: State, settings: Settings) -> None:
    """Raise ``SafetyStopError`` when a tracker's name means another kind than before."""
    for name, type_ in state.trackers.items():
        configured = settings.types.get(name)
        if configured is not None and configured != type_:
            raise SafetyStopError(
                f"tracker {name} is configured as {configured}, but its tickets were "
                f"opened in {type_}",
                hint="give the new tracker another name",
            )


def refuse_foreign(view: View) -> None:
    """Raise ``SafetyStopError`` when documents cite tickets of another state."""
    places = []
    for page in view.pages:
        for row in page.rows if page.writable else ():
            ticket = view.ticket(row.refs[0]) if len(row.refs) == 1 else None
            if row.skipped or not isinstance(ticket, Ticket) or ticket.marker is None:
                continue
            if ticket.marker.state != view.state.id:
                places.append(f"{row.path}:{row.line} ({ticket.ref.key})")
    if places:
        more = (
            f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else ""
        )
        raise SafetyStopError(
            "nothing was written: another state of pmsync owns the tickets at "
            f"{', '.join(places[:MOST_NAMED])}{more}",
            hint="restore that state (state.name, state.ref), or leave the rows alone "
            "with <!-- pmsync: skip -->",
        )


def adopting(plan: Plan) -> Plan:
    """Return what is done of a plan while a lost state is rebuilt: record, no effect."""
    effects = (AddColumn, CloseDuplicate, CreateTicket, UpdateRow, UpdateTicket)
    kept = tuple(c for c in plan.changes if not isinstance(c, effects))
    return replace(plan, changes=kept)


def rebuilt(*, dry_run: bool) -> SafetyStopError:
    """Return what a person has to know about a rebuilt state."""
    done = "would be" if dry_run else "was"
    return SafetyStopError(
        f"there was no state, and tickets bear marks of pmsync: the state {done} "
        "rebuilt from links and markers, and nothing else was done",
        hint="look through what was adopted, then run pmsync again",
    )
