"""The pages on running pmsync lead from nothing to the first synced document."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import gitlab_ci
from support.action import NAME, Workplace, workplace
from support.gitlab_fake import TOKEN
from support.repositories import git

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/deploy"
DOCUMENT = "postmortems/first.md"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path / "hosts") as made:
        yield made


def scripts(page: str) -> list[str]:
    """Return the commands of a page, in the order in which a reader runs them."""
    return re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def follow(script: str, root: Path, replaced: dict[str, str]) -> None:
    """Run commands as a reader does who puts their own names in."""
    for before, after in replaced.items():
        assert before in script
        script = script.replace(before, after)
    copy = root.parent / "pmsync"
    shutil.copytree(DOCS, copy / "docs/deploy")
    for arguments in (["init"], ["add", "."], ["commit", "--message", "A copy"]):
        git(copy, *arguments)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_github_action_leads_to_the_first_synced_document(
    place: Workplace,
) -> None:
    (script,) = scripts("github-action.md")
    reader = place.clone()
    project = f'"{NAME}"\nurl = "{place.fake.url}"'
    follow(script, reader.root, {'"your-org/your-repository"': project})
    branch = "first-post-mortem"
    workflow: Any = yaml.safe_load(
        (reader.root / ".github/workflows/pmsync.yml").read_text("utf-8")
    )
    commit = git(place.root / "pmsync", "rev-parse", "HEAD").strip()
    used = [step for job in workflow["jobs"].values() for step in job["steps"][1:]]
    assert {step["uses"] for step in used} == {f"your-org/pmsync@{commit}"}
    pull = place.fake.pulls.open(
        place.fake.person, {"head": branch, "base": "main", "title": "First"}
    )

    plan, sync = (step["with"] for step in used)
    planned = place.plan(branch, pull.number, **plan)
    reader.git("push", "--quiet", "origin", "HEAD:main")
    synced = place.sync(**sync)

    assert planned.code == 0, planned.log
    (comment,) = pull.comments
    assert "Merging will open 2 tickets in example/payments" in comment.text
    assert synced.code == 0, synced.log
    assert place.host.show(DOCUMENT).decode().count("[#") == 2
    for issue in place.fake.repository.issues.values():
        place.fake.site.edit(issue, place.fake.person, {"state": "closed"})
    assert place.sync(event="issues", **sync).code == 0
    assert place.host.show(DOCUMENT).decode().count("| Done |") == 2


def test_the_page_of_gitlab_ci_leads_to_the_first_synced_document(
    tmp_path: Path,
) -> None:
    image = f"registry.example.com/your-group/pmsync@sha256:{'1' * 64}"
    with gitlab_ci.project(tmp_path / "hosts") as place:
        (script,) = scripts("gitlab-ci.md")
        reader = place.clone()
        project = f'"{NAME}"\nurl = "{place.url}"'
        given = {'"your-group/your-project"': project, f"{image[:-64]}...": image}
        follow(script, reader.root, given)
        template: Any = yaml.safe_load((reader.root / ".gitlab-ci.yml").read_bytes())
        assert template["variables"]["PMSYNC_IMAGE"] == image
        branch = "first-post-mortem"
        request = place.fake.merge_requests.open(
            {"source_branch": branch, "target_branch": "main", "title": "First"}
        )

        planned = place.plan(branch, request.iid, PMSYNC_PLAN_TOKEN=TOKEN)
        reader.git("push", "--quiet", "origin", "HEAD:main")
        synced = place.sync(GITLAB_TOKEN=TOKEN)

        assert planned.code == 0, planned.log
        (note,) = request.notes
        assert "Merging will open 2 tickets in example/payments" in note.text
        assert synced.code == 0, synced.log
        assert place.host.show(DOCUMENT).decode().count("[#") == 2


def test_the_pages_name_every_input_and_output_of_the_action() -> None:
    described: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    page = (DOCS / "github-action.md").read_text("utf-8")

    for name, given in described["inputs"].items():
        (row,) = re.findall(rf"^\| `{name}` \|(.*?)\|.*\|$", page, re.MULTILINE)
        if given["default"] and name != "token":
            assert row.strip() == f"`{given['default']}`"
    for name in described["outputs"]:
        assert f"`{name}`" in page
