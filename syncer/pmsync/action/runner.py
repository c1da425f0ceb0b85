"""What a step tells its runner: outputs, a summary, annotations; or plain text.

Sources: GitHub docs "Workflow commands for GitHub Actions" (escapes, files, 1 MiB for
a summary; 10 annotations of a kind in a step are shown).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

SUMMARY = "PMSYNC_ACTION_SUMMARY"
"""Variable that names a file for the summary, where the runner has none."""
SHOWN = 10
"""Annotations of one kind that a step shows."""
_LARGEST = 1_000_000
"""Bytes of a summary that are kept, below the 1 MiB at which it is refused."""


class Annotation(NamedTuple):
    """Something to be seen beside a line of a document."""

    kind: str
    """``error``, ``warning`` or ``notice``."""
    path: str
    line: int
    title: str
    message: str


class Runner:
    """GitHub's runner, by the files that it names; another shows only the log."""

    def __init__(
        self, environment: Mapping[str, str], write: Callable[[str], object]
    ) -> None:
        """``write`` puts a line into the log."""
        self._environment = environment
        self._write = write
        self.is_github = "GITHUB_ACTIONS" in environment

    def outputs(self, values: Mapping[str, str]) -> None:
        """Set the outputs of the step; no value can set another one."""
        file = self._environment.get("GITHUB_OUTPUT")
        if not file:
            return
        parts = []
        for name, text in values.items():
            end = f"end-{secrets.token_hex(16)}"
            parts.append(f"{name}<<{end}\n{text}\n{end}\n")
        with Path(file).open("a", encoding="utf-8") as output:
            output.write("".join(parts))

    def summary(self, markdown: str) -> None:
        """Add to the summary of the job.

        Where a runner has none the log shows it, and a file keeps it if one is named.
        """
        file = self._environment.get("GITHUB_STEP_SUMMARY")
        if not file:
            for line in markdown.splitlines():
                self.log(line)
            file = self._environment.get(SUMMARY)
        if not file:
            return
        data = f"{markdown}\n".encode()
        if len(data) > _LARGEST:
            kept = data[:_LARGEST].decode(errors="ignore")
            data = f"{kept}\n\n… and more.\n".encode()
        with Path(file).open("ab") as output:
            output.write(data)

    def annotate(self, annotations: list[Annotation]) -> int:
        """Show annotations; return how many are more than a step shows."""
        seen: Counter[str] = Counter()
        for each in annotations:
            seen[each.kind] += 1
            if not self.is_github:
                place = f"{each.path}:{each.line}"
                self.log(f"{place} {each.kind}: {each.title}: {each.message}")
            elif seen[each.kind] <= SHOWN:
                at = f"file={_property(each.path)},line={each.line},"
                place = f"{at if each.path else ''}title={_property(each.title)}"
                self._write(f"::{each.kind} {place}::{_data(each.message)}")
        return sum(max(0, number - SHOWN) for number in seen.values())

    def log(self, text: str) -> None:
        """Write a line to the log, where no text becomes a command."""
        for line in text.splitlines() or [""]:
            shown = "".join(c if c.isprintable() else "\ufffd" for c in line)
            shown = _tame(shown)
            self._write(f" {shown}" if shown.lstrip().startswith("::") else shown)


def _tame(text: str) -> str:
    """Take the power from the older form of a command, which counts anywhere in a line."""
    return text.replace("##[", "# #[")


def _data(text: str) -> str:
    escaped = _tame(text).replace("%", "%25").replace("\r", "%0D")
    return escaped.replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
