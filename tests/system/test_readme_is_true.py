"""What README and reference say is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pmsync.cli.discover import SUFFIXES
from pmsync_config.models import DOCUMENTS

if TYPE_CHECKING:
    from conftest import Repository

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
TICKETS = ".pmsync/tickets.jsonl"


def test_the_tables_of_the_readme_are_what_a_user_gets(repository: Repository) -> None:
    before, after = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    repository.write("postmortems/a.md", f"# Outage\n\n## Action Items\n\n{before}")

    repository.pmsync("sync")
    tickets = [json.loads(line) for line in repository.read(TICKETS).splitlines()]
    for key, ticket in zip(("bd-a1b2", "bd-c3d4"), tickets, strict=True):
        after = after.replace(key, ticket["id"])
    tickets[1]["status"] = "closed"
    repository.write(TICKETS, "".join(f"{json.dumps(each)}\n" for each in tickets))
    repository.pmsync("sync")

    assert repository.read("postmortems/a.md").partition("Items\n\n")[2] == after


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (page, re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")))
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    ],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_no_link_leads_nowhere(page: Path, links: list[str]) -> None:
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_folders_of_the_readme_are_those_that_are_read() -> None:
    named = {pattern.partition("/**/")[0] for pattern in DOCUMENTS}

    assert {pattern.rpartition(".")[2] for pattern in DOCUMENTS} == set(SUFFIXES)
    assert all(f"`{folder}/`" in README for folder in named)


def test_the_json_of_the_reference_has_the_form_of_the_real_one(
    repository: Repository,
) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", REFERENCE, re.DOTALL)
    described = json.loads(example)
    repository.write(
        "postmortems/a.md", "# P\n\n## Action Items\n\n- [ ] Fix it (@maya)\n"
    )

    real = json.loads(repository.pmsync("sync", "--dry-run", "--format=json").stdout)

    assert list(real) == list(described)
    assert list(real["summary"]) == list(described["summary"])
    assert list(real["changes"][0]) == list(described["changes"][0])
    (status,) = described["changes"][0]["fields"].values()
    assert list(real["changes"][0]["fields"]["status"]) == list(status)


def test_the_demo_shows_the_main_job_to_its_end(tmp_path: Path) -> None:
    keep = tmp_path / "demo"

    shown = subprocess.run(
        [sys.executable, "-m", "pmsync", "demo", "--keep", str(keep)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert (shown.returncode, shown.stderr) == (0, "")
    steps = [
        line for line in shown.stdout.splitlines() if line.startswith(("$", "Done"))
    ]
    assert steps == [
        "$ git ls-files",
        "$ pmsync sync --dry-run",
        "$ pmsync sync --quiet",
        "Done: 11 created, 11 rows edited, 2 columns added.",
        "$ git diff --unified=0",
        "$ pmsync sync",
        "Done: 1 row edited.",
        "$ git diff --unified=0 -- postmortems",
        "$ pmsync sync",
        "Done: nothing to do.",
    ]
    assert len((keep / TICKETS).read_text().splitlines()) == 11


def test_the_demo_does_not_write_into_a_directory_that_is_there(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "pmsync", "demo", "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.returncode == 2
    assert "is there already" in shown.stderr
    assert list(tmp_path.iterdir()) == []
