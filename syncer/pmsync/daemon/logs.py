"""Log lines as JSON objects, with the run, document and item that they are about."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from typing_extensions import override

LOG = logging.getLogger("pmsync")
_about: ContextVar[dict[str, object]] = ContextVar("about", default={})  # noqa: B039
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_USER_OF_URL = re.compile(r"://[^/\s\"\\]*@")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, of ASCII, so that no value begins a line of its own.

    Credentials in addresses are left out.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        extra = {k: v for k, v in vars(record).items() if k not in _USUAL}
        line = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **_about.get(),
            **extra,
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _USER_OF_URL.sub("://***@", json.dumps(line, default=str))


@contextmanager
def about(**values: object) -> Iterator[None]:
    """Name what the log lines within are about."""
    token = _about.set({**_about.get(), **values})
    try:
        yield
    finally:
        _about.reset(token)


def log_to_stderr(level: int) -> None:
    """Write the lines of pmsync and of its server to standard error."""
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(JsonFormatter())
    for name in ("pmsync", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [output]
        logger.propagate = False
        logger.setLevel(level if name == "pmsync" else logging.WARNING)
