"""What action.yml promises is what the step reads and tells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]
SOURCE = "".join(
    file.read_text("utf-8") for file in (ROOT / "syncer/pmsync/action").glob("*.py")
)


def test_s17_inputs_reach_the_scripts_by_the_environment_only() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert [step["run"] for step in STEPS if "${{" in step["run"]] == []
    assert all("uses" not in step for step in STEPS)


def test_every_input_is_passed_and_read() -> None:
    passed = {}
    for step in STEPS:
        for variable, value in step.get("env", {}).items():
            (name,) = re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)
            passed[name] = variable

    assert passed.keys() == ACTION["inputs"].keys()
    for name, variable in passed.items():
        if name != "token":
            upper = name.replace("-", "_").upper()
            assert variable == f"PMSYNC_ACTION_{upper}"
            assert f'"{upper}"' in SOURCE


def test_every_output_is_told() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.pmsync.outputs.{name} }}}}"
        assert f'"{name}"' in SOURCE
