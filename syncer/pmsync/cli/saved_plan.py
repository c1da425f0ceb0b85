"""A saved plan as a file: versioned JSON, with no more of tickets than a plan shows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pmsync.app.basis import Basis, Saved, effects_of
from pmsync.app.report import Report
from pmsync.cli.plan_json import to_json
from pmsync.cli.wiring import Call
from pmsync.domain.errors import UsageError
from pmsync.domain.guards import Overrides

VERSION = 1
_KIND = "pmsync plan"
_CALL = ("only", "tracker", "max_creates", "verify")


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was saved: what was asked for, and what would be done."""

    digest: str
    paths: tuple[str, ...]
    """PATH arguments, from the root."""
    config: str | None
    """The configuration file that was named, from the root or absolute."""
    asked: dict[str, Any]
    saved: Saved

    def call(self, root: Path, overrides: Overrides, max_creates: int | None) -> Call:
        """Return the call that made the plan."""
        asked = self.asked
        if max_creates is not None:
            asked = {**asked, "max_creates": max_creates}
        return Call(
            paths=tuple(root / path for path in self.paths),
            config=root / self.config if self.config else None,
            overrides=overrides,
            **asked,
        )


def save(
    report: Report, call: Call, paths: tuple[str, ...], root: Path, file: Path
) -> None:
    """Write a plan into a file. Raises ``UsageError`` when that cannot be done."""
    if report.basis is None:
        raise ValueError("only a plan that was not carried out can be saved")
    config = None if call.config is None else (Path.cwd() / call.config).resolve()
    inside = config is not None and config.is_relative_to(root)
    document = {
        "kind": _KIND,
        "call": {
            "paths": list(paths),
            "config": None
            if config is None
            else str(config.relative_to(root) if inside else config),
            **{name: getattr(call, name) for name in _CALL},
        },
        "basis": asdict(report.basis),
        "effects": dict(effects_of(report.plan)),
    }
    # The version stands first, and all that a plan shows comes with it.
    shown = json.loads(to_json(report))
    text = json.dumps({"version": VERSION, **document, "plan": shown}, indent=2)
    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def load(file: Path) -> SavedPlan:
    """Read a saved plan. Raises ``UsageError`` when the file is none of ours."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise _no_plan(file) from error
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise _no_plan(file)
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise UsageError(
            f"{file}: it has version {version}, and this pmsync knows versions up to "
            f"{VERSION}",
            hint="update pmsync, or make the plan with this one",
        )
    try:
        call = document["call"]
        return SavedPlan(
            digest=document["plan"]["digest"],
            paths=tuple(call["paths"]),
            config=call["config"],
            asked={name: call[name] for name in _CALL},
            saved=Saved(Basis(**document["basis"]), document["effects"]),
        )
    except (KeyError, TypeError) as error:
        raise _no_plan(file) from error


def _no_plan(file: Path) -> UsageError:
    return UsageError(
        f"{file}: it is not a saved plan", hint="make one: pmsync plan --out FILE"
    )
