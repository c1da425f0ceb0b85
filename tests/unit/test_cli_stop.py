"""Signals: nothing is torn, and nobody waits for a run that writes nothing."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from pmsync.cli.stop import Stop, Terminated
from pmsync.cli.world import SystemClock, ThisMachine


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)],
)
def test_a_run_that_has_not_begun_to_write_ends_at_once(
    number: signal.Signals, error: type[BaseException]
) -> None:
    with Stop(), pytest.raises(error):
        os.kill(os.getpid(), number)


def test_a_run_that_writes_is_asked_to_stop_before_its_next_write() -> None:
    with Stop() as stop:
        assert not stop()

        os.kill(os.getpid(), signal.SIGTERM)

        assert stop()
        assert stop.terminated


def test_a_second_signal_ends_a_run_that_hangs_in_a_write() -> None:
    with Stop() as stop:
        stop()
        os.kill(os.getpid(), signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with Stop():
        pass

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_that_waits_for_a_tracker_can_be_stopped() -> None:
    started = time.monotonic()

    SystemClock(lambda: True).sleep(60)

    assert time.monotonic() - started < 10


def test_a_dead_holder_of_the_lease_is_known_to_be_dead() -> None:
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)

    assert not ThisMachine().alive(child)
    assert ThisMachine().alive(os.getpid())


@pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="Linux only")
def test_machines_of_one_name_are_not_taken_for_one_machine() -> None:
    """A process number of another container means nobody here."""
    name, _, mark = ThisMachine().host.partition("/")

    assert name == socket.gethostname()
    assert len(mark) == 8
    assert ThisMachine().host == f"{name}/{mark}"
