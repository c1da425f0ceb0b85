"""Everything that can go wrong in a way that a person can act on.

PmsyncError
├── UsageError                    the call or the configuration is wrong
├── SafetyStopError               a guard refused; nothing was written
├── LeaseHeldError                another run is at work
├── DocumentError
│   ├── DocumentChangedError      its bytes are not those that were read
│   └── EditRefusedError          the edit could not be verified
├── RepositoryError               documents cannot be brought forward
│   └── RepositoryRefusedError    none of them was, for certain
├── StateError
│   ├── StateChangedError         somebody else wrote the state (lost a swap)
│   └── StateUnavailableError     the state could not be read or written
│       └── StateRefusedError     the token may not write it
└── TrackerError
    ├── AuthenticationError
    ├── PermissionDeniedError
    └── TransientError            worth another try later
        ├── RateLimitedError
        └── TrackerUnavailableError
"""

from __future__ import annotations


class PmsyncError(Exception):
    """Base of all errors that pmsync explains to a person.

    ``hint`` is the next thing to do, a sentence, or None.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PmsyncError):
    """The command line or the configuration is wrong."""


class SafetyStopError(PmsyncError):
    """A guard refused the plan; nothing was written."""


class LeaseHeldError(PmsyncError):
    """Another run holds the lease."""


class DocumentError(PmsyncError):
    """A document cannot be read or written; the others go on."""


class DocumentChangedError(DocumentError):
    """A document's bytes are not those that the plan was made from."""


class EditRefusedError(DocumentError):
    """The edited document would hold something that was not planned."""


class RepositoryError(PmsyncError):
    """The repository cannot be asked, or does not take the edited documents."""


class RepositoryRefusedError(RepositoryError):
    """The edited documents are not taken: none of them was brought forward."""


class StateError(PmsyncError):
    """The state cannot be used."""


class StateChangedError(StateError):
    """The state's version is not the one that was read: the swap was lost."""


class StateUnavailableError(StateError):
    """The state could not be read or written."""


class StateRefusedError(StateUnavailableError):
    """Whoever runs this may not write the state: only plans can be made."""


class TrackerError(PmsyncError):
    """A tracker could not be read."""


class AuthenticationError(TrackerError):
    """The tracker does not accept the token."""


class PermissionDeniedError(TrackerError):
    """The token lacks a permission; the message names it."""


class TransientError(TrackerError):
    """The tracker may answer later."""


class RateLimitedError(TransientError):
    """The tracker asks to wait ``retry_after`` seconds."""

    def __init__(
        self, message: str, *, retry_after: float, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class TrackerUnavailableError(TransientError):
    """No usable answer: network, time-out, 5xx, or not the tracker at all."""
