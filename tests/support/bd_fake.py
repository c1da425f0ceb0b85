"""A ``bd`` command of our own that fails on demand; what the real one does is tried with it.

It knows no more than what pmsync asks of it.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

from pmsync_adapters.beads.bd import BdTracker

PROGRAM = '''#!{python}
"""A bd that keeps its issues in a file, and fails as it is told."""
import json, os, pathlib, re, sys, time
here = pathlib.Path(__file__).parent
kept, faults = here / "issues.json", here / "faults.json"
with open(here / "calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
verb = sys.argv[1]
told = json.loads(faults.read_text()) if faults.exists() else {{}}
fault = told.get(verb)
if fault and not fault["commits"]:
    print(fault["out"])
    time.sleep(fault["wait"])
    sys.exit(fault["code"])
if verb == "version":
    print("bd version 1.0.0 (dev)")
    sys.exit()
issues = json.loads(kept.read_text()) if kept.exists() else {{}}
options = dict(re.match("--([^=]*)=?(.*)", a, re.S).groups() for a in sys.argv if a[:2] == "--")
names = {{"title": "title", "assignee": "assignee", "due": "due_at", "status": "status"}}
now = "2026-01-02T00:00:%02dZ" % len((here / "calls").read_text().splitlines()[:59])
if verb == "create":
    id_ = f"bd-a{{len(issues) + 1}}"
    issue = issues[id_] = {{"id": id_, "priority": 2, "status": "open", "created_at": now,
        "issue_type": "task", "metadata": json.loads(options["metadata"])}}
elif verb in ("update", "close", "reopen"):
    issue = issues[sys.argv[2]]
if verb == "close":
    issue.update(status="closed", close_reason=options["reason"], closed_at=now)
elif verb == "reopen":
    issue.update(status="open", close_reason="")
if verb in ("create", "update"):
    issue.update({{names[o]: v for o, v in options.items() if o in names}})
    if options.get("body-file") == "-":
        issue["description"] = sys.stdin.read()
    if "set-metadata" in options:
        name, _, value = options["set-metadata"].partition("=")
        issue["metadata"][name] = json.loads(value)
answer = list(issues.values())
if verb in ("create", "update", "close", "reopen"):
    issue["updated_at"] = now
    kept.write_text(json.dumps(issues))
    answer = issue
elif verb == "show":
    answer = issues.get(sys.argv[2])
    if answer is None:
        print(json.dumps({{"error": "no issue found"}}))
        sys.exit(1)
elif "id" in options:
    answer = [one for one in answer if one["id"] in options["id"].split(",")]
if fault:
    print(fault["out"])
    time.sleep(fault["wait"])
    sys.exit(fault["code"])
print(json.dumps(answer))
'''


class Bd:
    """The program, and a workspace."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made; it belongs first on the PATH."""
        self.folder = folder
        self.root = folder / "workspace"
        self.root.mkdir(parents=True)
        program = folder / "bd"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def fail(
        self,
        verb: str,
        *,
        out: str = "",
        code: int = 1,
        commits: bool = False,
        wait: float = 0,
    ) -> None:
        """Let every command of a kind end so."""
        file = self.folder / "faults.json"
        told = json.loads(file.read_text()) if file.exists() else {}
        told[verb] = {"out": out, "code": code, "commits": commits, "wait": wait}
        file.write_text(json.dumps(told))

    def heal(self) -> None:
        """Let no command fail any more."""
        (self.folder / "faults.json").unlink()

    @property
    def issues(self) -> dict[str, dict[str, Any]]:
        """By id, as they are kept."""
        kept: dict[str, dict[str, Any]] = json.loads(
            (self.folder / "issues.json").read_text()
        )
        return kept

    def keep(self, issues: dict[str, dict[str, Any]]) -> None:
        """Change the issues as a person does."""
        (self.folder / "issues.json").write_text(json.dumps(issues))

    def close(self, id_: str) -> None:
        """Close an issue as a person does."""
        self.keep({**self.issues, id_: {**self.issues[id_], "status": "closed"}})

    def count(self, verb: str) -> int:
        """How many commands were of a kind."""
        calls = (self.folder / "calls").read_text().splitlines()
        return sum(json.loads(call)[0] == verb for call in calls)

    def tracker(self) -> BdTracker:
        """Open the workspace as pmsync does."""
        return BdTracker(self.root)
