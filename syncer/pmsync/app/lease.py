"""The lease: who may write, how long, and when another run may take over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pmsync.app.settings import Ports, Settings
from pmsync.domain.errors import LeaseHeldError
from pmsync.domain.state import Lease, State

LEAST = 60.0
"""Seconds of lease that must be left before a write."""
SKEW = timedelta(minutes=1)
"""How much the trackers' time may be misjudged."""


class Held:
    """The lease while this run holds it, and every swap of the state under it."""

    def __init__(
        self,
        ports: Ports,
        settings: Settings,
        version: str,
        holder: str,
        skew: timedelta | None,
    ) -> None:
        """``skew`` is how much the trackers' time is ahead of this machine's."""
        self._ports = ports
        self._settings = settings
        self.holder = holder
        self._version = version
        self._skew = skew or timedelta()
        self._until = 0.0
        self._expires = ports.clock.now()

    def swap(self, state: State, message: str) -> None:
        """Write the state with the lease renewed.

        Raises ``StateChangedError`` when the lease was lost: nothing may be sent.
        """
        clock = self._ports.clock
        now = clock.monotonic()
        machine = self._ports.machine
        expires = clock.now() + self._settings.lease
        lease = Lease(self.holder, machine.host, machine.pid, expires + self._skew)
        self._version = self._ports.state.compare_and_swap(
            self._version, replace(state, lease=lease), self._signed(message)
        )
        self._until = now + self._settings.lease.total_seconds()
        self._expires = expires

    def release(self, state: State, message: str) -> None:
        """Write the state without a lease."""
        self._version = self._ports.state.compare_and_swap(
            self._version, replace(state, lease=None), self._signed(message)
        )
        self._until = 0.0

    def _signed(self, message: str) -> str:
        """Say in the state's history which run it was, and where."""
        machine = self._ports.machine
        where = f"{machine.host}, process {machine.pid}"
        return f"{message}\n\nPmsync-Run: {self.holder}\nPmsync-Host: {where}\n"

    def left(self) -> float:
        """Return how many seconds may still be used for writes.

        The monotonic clock does not jump, but may stand still while a machine sleeps.
        """
        clock = self._ports.clock
        steady = self._until - clock.monotonic()
        return min(steady, (self._expires - clock.now()).total_seconds()) - LEAST


def refuse_if_held(state: State, ports: Ports, skew: timedelta | None) -> None:
    """Raise ``LeaseHeldError`` while another run may still be at work.

    Both runs measure by the trackers' time, ``skew`` ahead of this machine's. Where no
    tracker told it, this machine's clock, which may be wrong, ends nobody's lease.
    """
    lease = state.lease
    if lease is None:
        return
    # Nothing is added to what the state holds: it may be the end of time.
    if skew is not None and lease.expires <= ports.clock.now() + skew - SKEW:
        return
    machine = ports.machine
    if lease.host == machine.host and not machine.alive(lease.pid):
        return
    raise LeaseHeldError(
        f"another run ({lease.host}, process {lease.pid}) holds the lease until "
        f"{lease.expires.isoformat(timespec='seconds')}",
        hint="wait for it, or run 'pmsync state unlock' if it is certainly gone",
    )
