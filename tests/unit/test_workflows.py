"""Every pipeline that people copy plans anew on each push, on a schedule and by hand.

A create without an answer is settled by a later run only; without all three ways to
start one, it may wait for days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("README.md", "docs", "examples", "config", ".github")
GITLAB = ROOT / "docs/deploy/gitlab-ci.yml"


def texts() -> Iterator[tuple[str, str]]:
    """Yield every YAML of the project that people may copy, with where it stands."""
    for place in PLACES:
        root = ROOT / place
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in {".yml", ".yaml"}:
                yield name, path.read_text("utf-8")
            elif path.suffix == ".md":
                blocks = re.findall(
                    r"^```ya?ml\n(.*?)^```",
                    path.read_text("utf-8"),
                    re.MULTILINE | re.DOTALL,
                )
                yield from ((f"{name} {n}", block) for n, block in enumerate(blocks))


def workflows() -> dict[str, Any]:
    """Return the triggers of each workflow of GitHub; YAML 1.1 reads ``on`` as true."""
    found: dict[str, Any] = {}
    for name, text in texts():
        for document in yaml.safe_load_all(text):
            if isinstance(document, dict) and {True, "jobs"} <= document.keys():
                found[name] = document[True]
    return found


def test_the_workflows_of_the_readme_and_the_docs_are_found() -> None:
    assert {"README.md 0", "docs/deploy/github-workflow.yml"} <= workflows().keys()


@pytest.mark.parametrize("name", workflows())
def test_a_workflow_starts_on_push_on_schedule_and_by_hand(name: str) -> None:
    triggers = workflows()[name]

    assert {"push", "schedule", "workflow_dispatch"} <= triggers.keys()
    assert triggers["push"]["branches"] == ["main"]
    assert all(set(one) == {"cron"} for one in triggers["schedule"])
    assert triggers["schedule"]


def holds(condition: str, variables: dict[str, str]) -> bool:
    """Tell whether a rule's condition holds (GitLab docs "CI/CD YAML syntax": rules)."""

    def value(word: str) -> str:
        return variables.get(word[1:], "") if word[0] == "$" else word.strip('"')

    def one(comparison: str) -> bool:
        left, sign, right = comparison.split(maxsplit=2)
        if sign == "=~":
            return re.search(right.strip("/"), value(left)) is not None
        assert sign == "=="
        return value(left) == value(right)

    return all(map(one, condition.split(" && ")))


@pytest.mark.parametrize("source", ["push", "schedule", "web"])
@pytest.mark.parametrize("by", ["a person", "pmsync"])
def test_the_pipeline_for_gitlab_starts_on_push_on_schedule_and_by_hand(
    source: str, by: str
) -> None:
    variables = {
        "CI_PIPELINE_SOURCE": source,
        "CI_COMMIT_BRANCH": "main",
        "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_AUTHOR": f"{by} <{by}@localhost>",
        "CI_COMMIT_MESSAGE": "Bring 1 item\n\nPmsync-Run: a" if by == "pmsync" else "A",
    }
    rules: Any = yaml.safe_load(GITLAB.read_text("utf-8"))["pmsync-sync"]["rules"]

    met = next(rule for rule in rules if holds(rule["if"], variables))

    own_push = (source, by) == ("push", "pmsync")
    assert met.get("when", "on_success") == ("never" if own_push else "on_success")
    page = GITLAB.with_suffix(".md").read_text("utf-8")
    assert "https://docs.gitlab.com/ci/pipelines/schedules/" in page
