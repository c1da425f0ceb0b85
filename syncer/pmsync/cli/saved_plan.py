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
from pmsync.domain.json_values import flag, mapping, number, sequence, table, text

VERSION = 1
_KIND = "pmsync plan"


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was saved: what was asked for, and what would be done."""

    paths: tuple[str, ...]
    """PATH arguments, from the root."""
    only: str | None
    tracker: str | None
    max_creates: int | None
    verify: bool
    saved: Saved

    def call(
        self,
        root: Path,
        overrides: Overrides,
        max_creates: int | None,
        config: Path | None,
    ) -> Call:
        """Return the call that made the plan.

        The configuration is never taken from the file: it says where tokens go.
        """
        return Call(
            paths=tuple(root / path for path in self.paths),
            config=config,
            only=self.only,
            tracker=self.tracker,
            max_creates=self.max_creates if max_creates is None else max_creates,
            overrides=overrides,
            verify=self.verify,
        )


def save(report: Report, call: Call, paths: tuple[str, ...], file: Path) -> None:
    """Write a plan into a file. Raises ``UsageError`` when that cannot be done."""
    if report.basis is None:
        raise ValueError("only a plan that was not carried out can be saved")
    document = {
        "version": VERSION,
        "kind": _KIND,
        "call": {
            "paths": list(paths),
            "only": call.only,
            "tracker": call.tracker,
            "max_creates": call.max_creates,
            "verify": call.verify,
        },
        "basis": asdict(report.basis),
        "effects": dict(effects_of(report.plan)),
        "plan": json.loads(to_json(report)),
    }
    try:
        file.write_text(f"{json.dumps(document, indent=2)}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def load(file: Path) -> SavedPlan:
    """Read a saved plan. Raises ``UsageError`` when the file is none of ours."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
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
        return _from_json(document)
    except (KeyError, ValueError) as error:
        raise _no_plan(file) from error


def _from_json(document: dict[str, Any]) -> SavedPlan:
    """Return the plan; raises ``KeyError`` or ``ValueError`` for another form."""
    call, basis = table(document["call"]), table(document["basis"])
    return SavedPlan(
        paths=tuple(sequence(text)(call["paths"])),
        only=_text_or_none(call["only"]),
        tracker=_text_or_none(call["tracker"]),
        max_creates=None
        if call["max_creates"] is None
        else number(call["max_creates"]),
        verify=flag(call["verify"]),
        saved=Saved(
            Basis(
                salt=text(basis["salt"]),
                state=text(basis["state"]),
                content=_text_or_none(basis["content"]),
                tip=_text_or_none(basis["tip"]),
                config=text(basis["config"]),
                documents=mapping(text)(basis["documents"]),
                tickets=mapping(text)(basis["tickets"]),
            ),
            mapping(text)(document["effects"]),
        ),
    )


def _text_or_none(raw: Any) -> str | None:
    return None if raw is None else text(raw)


def _no_plan(file: Path) -> UsageError:
    return UsageError(
        f"{file}: it is not a saved plan", hint="make one: pmsync plan --out FILE"
    )
