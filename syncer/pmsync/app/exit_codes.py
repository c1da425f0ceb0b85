"""How a command ends, and which end counts when there are several."""

from __future__ import annotations

from enum import IntEnum

from pmsync.domain.errors import (
    AuthenticationError,
    LeaseHeldError,
    PermissionDeniedError,
    PmsyncError,
    SafetyStopError,
    StateUnavailableError,
    UsageError,
)


class ExitCode(IntEnum):
    """How a command ends; see ``worst`` for their order."""

    DONE = 0
    PART_FAILED = 1
    """Something failed that a later run may do; also ``--exit-code`` with changes."""
    USAGE = 2
    """Usage, configuration, authentication."""
    CONFLICT = 3
    """A person must decide."""
    SAFETY_STOP = 4
    """A guard refused; nothing was written."""
    LEASE_HELD = 5
    INTERRUPTED = 130


PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.SAFETY_STOP,
    ExitCode.LEASE_HELD,
    ExitCode.PART_FAILED,
    ExitCode.CONFLICT,
    ExitCode.DONE,
)


def worst(codes: set[ExitCode]) -> ExitCode:
    """Return the code that a command ends with when several apply."""
    return next((code for code in PRECEDENCE if code in codes), ExitCode.DONE)


def exit_code_of(error: PmsyncError) -> ExitCode:
    """Return the exit code of a run that ends with ``error``."""
    match error:
        case (
            UsageError()
            | AuthenticationError()
            | PermissionDeniedError()
            | StateUnavailableError()
        ):
            return ExitCode.USAGE
        case SafetyStopError():
            return ExitCode.SAFETY_STOP
        case LeaseHeldError():
            return ExitCode.LEASE_HELD
        case _:
            return ExitCode.PART_FAILED
