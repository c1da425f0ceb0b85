"""What is wrong with a configuration file, all of it at once."""

from __future__ import annotations

from typing import NamedTuple

from pmsync.domain.errors import UsageError


class ConfigProblem(NamedTuple):
    """One thing to put right in one file.

    Neither ``message`` nor ``hint`` repeats a value of the file: it may be a
    secret in the wrong place.
    """

    file: str
    """Relative to the repository's root where it lies there."""
    line: int | None
    """1-based; None when the file as a whole is meant."""
    key: str
    """Dotted (``trackers.ops.type``); empty when no key is meant."""
    message: str
    hint: str | None
    """What to do about it."""

    @property
    def text(self) -> str:
        """One line: ``pmsync.toml:12: trackers.ops.typ: unknown key. hint: …``."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.key}: {self.message}" if self.key else self.message
        hint = f". hint: {self.hint}" if self.hint else ""
        return f"{where}: {what}{hint}"


class ConfigError(UsageError):
    """The configuration cannot be used; ``problems`` says everything that is wrong."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(problem.text for problem in problems))
        self.problems = problems
