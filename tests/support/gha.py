"""GitHub's runner for one composite action, with all that it is told returned as data.

Sources: GitHub docs "Metadata syntax for GitHub Actions" (inputs, outputs, composite
runs), "Workflow commands for GitHub Actions" (files, escapes), "Contexts reference".
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_COMMAND = re.compile(r"^::(error|warning|notice)(?: ([^:]*))?::(.*)$")
_FILES = ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY", "STATE")


class Shown(NamedTuple):
    """An annotation, as the page of the run shows it."""

    kind: str
    at: Mapping[str, str]
    text: str


@dataclass
class Ended:
    """What a step with the action came to."""

    code: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    annotations: list[Shown] = field(default_factory=list)
    log: str = ""


def run_action(
    action: Path,
    workspace: Path,
    temp: Path,
    *,
    event_name: str,
    event: Mapping[str, Any],
    inputs: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    token: str = "",
) -> Ended:
    """Run the action at ``action`` in a checkout; ``env`` is the environment of the job."""
    temp.mkdir(parents=True, exist_ok=True)
    described = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    context = _context(described, token, inputs or {})
    (temp / "event.json").write_text(json.dumps(event))
    around = {
        **os.environ,
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(action),
        "GITHUB_EVENT_NAME": event_name,
        "GITHUB_EVENT_PATH": str(temp / "event.json"),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(temp),
        **(env or {}),
    }
    ended = Ended()
    for number, step in enumerate(described["runs"]["steps"]):
        _step(step, temp / str(number), workspace, around, context, ended)
        if ended.code:
            break
    ended.outputs = {
        name: _rendered(output["value"], context)
        for name, output in described["outputs"].items()
    }
    return ended


def _context(
    described: Any, token: str, inputs: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return what expressions see; an input that the action does not have is a mistake."""
    unknown = inputs.keys() - described["inputs"].keys()
    assert not unknown, f"no such input: {unknown}"
    context: dict[str, dict[str, str]] = {"github": {"token": token}}
    context["inputs"] = {
        name: inputs.get(name, _rendered(str(one.get("default", "")), context))
        for name, one in described["inputs"].items()
    }
    return context


def _step(
    step: Any,
    place: Path,
    workspace: Path,
    around: Mapping[str, str],
    context: dict[str, dict[str, str]],
    ended: Ended,
) -> None:
    place.mkdir()
    for name in _FILES:
        (place / name).touch()
    script = place / "script.sh"
    script.write_text(_rendered(step["run"], context))
    given = {name: _rendered(v, context) for name, v in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=workspace,
        env={
            **around,
            **{f"GITHUB_{name}": str(place / name) for name in _FILES},
            **given,
        },
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    said = (done.stdout + done.stderr).decode()
    ended.log += said
    ended.code = done.returncode
    ended.summary += (place / "STEP_SUMMARY").read_text(encoding="utf-8")
    # The runner ends lines at carriage returns, too.
    for line in re.split(r"[\r\n]", said):
        if found := _COMMAND.match(line):
            pairs = (p.split("=", 1) for p in (found[2] or "").split(",") if p)
            at = {name: _unescaped(text) for name, text in pairs}
            ended.annotations.append(Shown(found[1], at, _unescaped(found[3])))
    outputs = parse_outputs((place / "OUTPUT").read_text(encoding="utf-8"))
    if "id" in step:
        context[f"steps.{step['id']}.outputs"] = outputs


def parse_outputs(text: str) -> dict[str, str]:
    """Read an output file as the runner does: the first end that fits counts."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        name, _, end = line.partition("<<")
        if end:
            found[name] = "\n".join(iter(lambda: next(lines), end))
        elif "=" in line:
            found[line.partition("=")[0]] = line.partition("=")[2]
    return found


def _rendered(text: str, context: Mapping[str, Mapping[str, str]]) -> str:
    def value(found: re.Match[str]) -> str:
        where, _, name = found[1].rpartition(".")
        if where.startswith("steps."):
            return context.get(where, {}).get(name, "")
        return context[where][name]

    return _EXPRESSION.sub(value, text)


def _unescaped(text: str) -> str:
    for code, character in (
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ):
        text = text.replace(code, character)
    return text
