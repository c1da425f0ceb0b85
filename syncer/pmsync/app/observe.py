"""Ask the trackers what the plan needs to know, and nothing more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pmsync.app.look import Look, ServerTime
from pmsync.app.read import Reading
from pmsync.app.settings import Ports, Settings
from pmsync.app.wanted import Seen
from pmsync.domain.alignment import Address, Alignment, align
from pmsync.domain.errors import TrackerError
from pmsync.domain.filing import left_alone
from pmsync.domain.likeness import Known
from pmsync.domain.model import Field
from pmsync.domain.state import Intent, Link, Pair, State, Watermark
from pmsync.domain.view import TrackerView, View

NOTHING = Pair(None, None)
"""The pair of a field that was never agreed."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The view, and how far each tracker has now been read."""

    view: View
    watermarks: Mapping[str, Watermark]
    failures: tuple[TrackerError, ...]
    """Trackers that could not be read: their rows are left out of this pass."""
    times: Mapping[str, ServerTime]
    """The clocks of those trackers that told the time."""
    due: bool
    """True when a verification sweep was due and has been made, or a long list was
    read: it is written down."""
    skew: timedelta | None
    """How much the trackers' time is ahead of this machine's, None if none of those
    that have a clock of their own could be asked."""


def aligned(state: State, reading: Reading) -> Alignment:
    """Match the rows of all documents with the items and intents of the state.

    A document that is left alone says nothing about what became of its rows.
    """
    known = [
        Known(
            key=i.key,
            path=path,
            text=i.text,
            section=i.section,
            line=i.line,
            ref=i.ref,
            link=i.link,
            owns=i.owns,
            owner=i.base.get(Field.OWNER, NOTHING).document,
            due=i.base.get(Field.DUE, NOTHING).document,
            gone=i.vanished,
        )
        for path, document in state.documents.items()
        for i in document.items
    ]
    filed = {item.key for item in known}
    known += [
        Known(
            key=i.key,
            path=i.path,
            text=i.text,
            section=i.section,
            line=i.line,
            ref=None,
            link=Link.UNWRITTEN,
            gone=i.key not in state.intents,
            aside=i.key not in state.intents,
        )
        for i in {**state.settled, **state.intents}.values()
        if i.key not in filed and not i.parent
    ]
    pages = [page for page in reading.pages if page.writable]
    out = {one.path for one in reading.unread} | set(reading.left_alone())
    return align(pages, known, state.documents, frozenset(out))


def observe(
    ports: Ports,
    settings: Settings,
    state: State,
    reading: Reading,
    salt: str,
    *,
    rebuild: bool = False,
) -> Observation:
    """Read what is needed from each tracker that the documents or the state use."""
    alignment = aligned(state, reading)
    items = {i.key: i for d in state.documents.values() for i in d.items}
    rows = [
        Seen(page, row, items.get(alignment.keys.get(Address(row.path, row.line), "")))
        for page in reading.pages
        for row in page.rows
    ]
    now = ports.clock.now()
    looks: dict[str, Look] = {}
    seen: dict[str, tuple[TrackerView, Watermark]] = {}
    failures: list[TrackerError] = []
    intents = _waiting(settings, state, alignment, rows)
    for name in sorted(_used(settings, state, rows, intents)):
        try:
            waiting = [intent for intent in intents if intent.tracker == name]
            look = Look(ports, settings, state, name, waiting, rebuild=rebuild)
            seen[name] = look.at(rows)
        except TrackerError as error:
            failures.append(error)
        else:
            looks[name] = look
    times = {name: look.time for name, look in looks.items() if look.time is not None}
    view = View(
        state=state,
        pages=reading.pages,
        alignment=alignment,
        trackers={name: tracker for name, (tracker, _) in seen.items()},
        policy=settings.policy,
        now=now,
        salt=salt,
        selected=settings.selected,
        permalink=ports.repository.permalink,
        templates=settings.templates,
        complete=not reading.unread,
        rebuild=rebuild,
        resolve=settings.resolve,
    )
    return Observation(
        view,
        watermarks={name: mark for name, (_, mark) in seen.items()},
        failures=tuple(failures),
        times=times,
        due=any(look.due for look in looks.values()),
        skew=_skew(times.values()) if times or not failures else None,
    )


def _waiting(
    settings: Settings,
    state: State,
    alignment: Alignment,
    rows: Sequence[Seen],
) -> list[Intent]:
    """Return the creates whose tickets must be looked for in this pass.

    One that was set aside is among them when its row would be filed again.
    """
    waiting = list(state.intents.values())
    for page, row, item in rows if state.settled else ():
        key = alignment.keys.get(Address(row.path, row.line), "")
        aside = state.settled.get(key)
        if (
            aside is not None
            and item is None
            and not row.refs
            and page.writable
            and left_alone(page, row, settings.policy, aside.tracker) is None
        ):
            waiting.append(aside)
    return waiting


def _skew(times: Collection[ServerTime]) -> timedelta:
    """Return the middle one: a single tracker's clock may be wrong, too."""
    ahead = sorted(seen.time - seen.ours for seen in times)
    return ahead[len(ahead) // 2] if ahead else timedelta()


def _used(
    settings: Settings, state: State, rows: Sequence[Seen], intents: Sequence[Intent]
) -> frozenset[str]:
    """Return the trackers that any row, item or intent has to do with."""
    routed = {settings.policy.route(page, row) for page, row, _ in rows}
    cited = {ref.tracker for _, row, _ in rows for ref in row.refs}
    linked = {
        item.ref.tracker
        for document in state.documents.values()
        for item in document.items
        if item.ref is not None
    }
    intended = {intent.tracker for intent in intents}
    return frozenset((routed | cited | linked | intended) & settings.types.keys())
