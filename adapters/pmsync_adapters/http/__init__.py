"""HTTP for all trackers: one place for deadlines, limits, redaction and retries.

The clients of trackers bring their own sessions and their own idea of errors. Here a
request goes out once, to the configured host alone, within a deadline, and comes back
as a whole answer or as one of three failures:

- ``NotSentError``: it was certainly not carried out;
- ``NoAnswerError``: nobody can say;
- ``AnsweredError``: the server answered with a status from 400 on.

``read`` makes ``TrackerError`` of them, after another try where that may help;
``write`` makes an ``Outcome`` of them, and never sends anything again.
"""

from __future__ import annotations

from pmsync_adapters.http.failures import (
    AnsweredError,
    HttpError,
    NoAnswerError,
    NotSentError,
    words_of,
)
from pmsync_adapters.http.limits import retry_after, server_time
from pmsync_adapters.http.outcomes import (
    json_of,
    outcome_of,
    read,
    tracker_error,
    unsent,
    write,
)
from pmsync_adapters.http.redaction import redacted, secrets_of
from pmsync_adapters.http.session import open_session
from pmsync_adapters.http.transport import DEADLINE, Transport

__all__ = [
    "DEADLINE",
    "AnsweredError",
    "HttpError",
    "NoAnswerError",
    "NotSentError",
    "Transport",
    "json_of",
    "open_session",
    "outcome_of",
    "read",
    "redacted",
    "retry_after",
    "secrets_of",
    "server_time",
    "tracker_error",
    "unsent",
    "words_of",
    "write",
]
