"""The port over a project in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from pmsync.domain.block import enclose, splice
from pmsync.domain.model import Field, Ticket
from pmsync.domain.patching import gone, refusal, values
from pmsync.domain.ports import (
    Absence,
    Capabilities,
    Done,
    Draft,
    Listing,
    Lookup,
    Outcome,
    Patch,
    Refused,
)
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.memory.project import MemoryProject


class MemoryTracker:
    """One identity's view of a ``MemoryProject``; several may share the project."""

    def __init__(
        self, project: MemoryProject, *, name: str = "memory", identity: str = "pmsync"
    ) -> None:
        self._project = project
        self._name = name
        self._identity = identity

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return a tracker over a new, empty project."""
        return cls(MemoryProject(settings.project or "memory"), name=settings.name)

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    @property
    def project(self) -> str:
        """The project's name."""
        return self._project.name

    @property
    def capabilities(self) -> Capabilities:
        """What the project can hold."""
        return self._project.capabilities

    def identity(self) -> str:
        """Who we are."""
        return self._identity

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets by id, else by key; a moved one is shown where it is now."""
        return {lookup.key: self._look(lookup) for lookup in lookups}

    def changed(self, watermark: str | None) -> Listing:
        """List exactly the tickets that were written since."""
        known = watermark is not None and watermark.isdecimal()
        return self._listing(int(watermark) if known and watermark else 0)

    def marked(self, since: datetime | None) -> Listing:
        """List the tickets that bear a marker, created at ``since`` or later."""
        listing = self._listing(0)
        tickets = tuple(
            ticket
            for ticket in listing.tickets
            if ticket.marker is not None
            and (since is None or ticket.created_at >= since)
        )
        return replace(listing, tickets=tickets)

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find accounts; any name is one where owners are free text."""
        if self.capabilities.free_owners:
            return {name: name for name in names}
        known = self._project.users
        return {name: known[name] for name in names if name in known}

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open a ticket for each draft."""
        return [self._create(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        """Send the named changes if what they replace is still as observed."""
        ticket = self._project.find(patch.ticket.id, self._identity)
        if ticket is None:
            return gone(patch)
        if ticket.read_only:
            return Refused(f"{ticket.ref.key} is not in {self.project}")
        refused = refusal(patch, ticket)
        if refused is not None:
            return refused
        fields = values(patch)
        # A body whose delimiters are gone belongs to people alone.
        body = None if patch.body is None else splice(ticket.body, patch.body)
        if body is None and not fields:
            return Done(self._ours(ticket))
        after = self._project.edit(ticket.id, fields, body=body, actor=self._identity)
        return Done(self._shown(after.id))

    def _create(self, draft: Draft) -> Outcome:
        if not draft.title.strip():
            return Refused("a ticket needs a title")
        if draft.parent is not None and self._project.find(draft.parent) is None:
            return Refused(f"the parent {draft.parent} is not there")
        ticket = self._project.create(
            self._identity,
            {**draft.fields, Field.TITLE: draft.title},
            body=enclose(draft.body),
            marker=draft.marker,
            labels=draft.labels,
            parent=draft.parent,
        )
        return Done(self._shown(ticket.id))

    def _look(self, lookup: Lookup) -> Ticket | Absence:
        name = lookup.id or lookup.key
        ticket = self._project.find(name, self._identity)
        if ticket is not None:
            return self._ours(ticket)
        gone = name in self._project.deleted or self.capabilities.exact_reads
        return Absence.DELETED if gone else Absence.INVISIBLE

    def _shown(self, name: str) -> Ticket:
        ticket = self._project.find(name, self._identity)
        if ticket is None:
            raise LookupError(name)
        return self._ours(ticket)

    def _ours(self, ticket: Ticket) -> Ticket:
        return replace(ticket, ref=ticket.ref._replace(tracker=self._name))

    def _listing(self, write: int) -> Listing:
        tickets = self._project.since(write, self._identity)
        return Listing(
            tickets=tuple(self._ours(ticket) for ticket in tickets),
            complete=True,
            watermark=str(len(self._project.journal)),
            time=self._project.now(),
        )
