"""Creates that are remembered: those that wait for an answer, and those that did once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from pmsync.domain.healing import over
from pmsync.domain.settling import set_aside
from pmsync.domain.state import Intent
from pmsync.domain.view import View


class Creates:
    """What is known of each create, by key, while a run sends some."""

    def __init__(self, view: View) -> None:
        state, aside, past = view.state, set_aside(view), over(view)
        self._before = state.intents
        self._waiting = {k: one for k, one in state.intents.items() if k not in aside}
        self._settled = {k: one for k, one in state.settled.items() if k not in past}
        self._settled |= {key: state.intents[key] for key in aside}

    @property
    def waiting(self) -> Mapping[str, Intent]:
        """Those about to be sent, and those without an answer."""
        return self._waiting

    @property
    def settled(self) -> Mapping[str, Intent]:
        """Those that could still have left a ticket, or a second one."""
        return self._settled

    def of(self, key: str) -> Intent | None:
        """Return the create that a key was sent with, as long as it is remembered."""
        return self._waiting.get(key) or self._settled.get(key)

    def intend(self, intents: Iterable[Intent]) -> None:
        """Record creates that are about to be sent."""
        self._waiting.update((intent.key, intent) for intent in intents)

    def drop(self, key: str) -> None:
        """Record that a create was certainly not carried out.

        What is known of an earlier one with the same key stays: it may show late.
        """
        self._waiting.pop(key, None)
        if key in self._before:
            self._waiting[key] = self._before[key]

    def unanswered(self, key: str, now: datetime) -> None:
        """Record that a create got no answer; grace begins when it was given up."""
        intent = self._waiting[key]
        self._waiting[key] = replace(intent, started=now, first=intent.earliest)

    def settle(self, key: str, *, doubt: bool) -> None:
        """Record that a create has its ticket; with ``doubt`` it may have left two."""
        intent = self._waiting.pop(key, None)
        if intent is not None and doubt:
            self._settled[key] = intent

    def forget(self, key: str) -> None:
        """Record that a row leaves its key: it must not find that ticket again."""
        self._settled.pop(key, None)
