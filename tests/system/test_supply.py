"""S23: what is installed is what was locked, and a bill names all of it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PIN = re.compile(
    r"^([a-z0-9-]+)==([^ ;]+)[^\n]*((?:\\\n +--hash=sha256:[0-9a-f]{64} ?)+)$"
)


def pins(lock: Path) -> dict[str, tuple[str, set[str]]]:
    """Return version and hashes of everything in a lock, which holds nothing else."""
    found = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text("utf-8").strip()):
        pin = PIN.match(entry)
        assert pin, f"{lock.name}: {entry}"
        found[pin[1]] = (pin[2], set(re.findall(r"sha256:([0-9a-f]+)", pin[3])))
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_s23_a_lock_has_versions_and_hashes_and_names_no_host(lock: Path) -> None:
    assert all(hashes for _, hashes in pins(lock).values())
    assert "://" not in lock.read_text("utf-8")


def test_s23_all_that_a_workflow_uses_is_pinned_by_its_commit() -> None:
    for text in (
        (ROOT / "docs/deploy/github-workflow.yml").read_text("utf-8"),
        (ROOT / "README.md").read_text("utf-8"),
    ):
        used = re.findall(r"uses: (\S+)", text)
        assert used
        assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used)
    template: Any = yaml.safe_load((ROOT / "docs/deploy/gitlab-ci.yml").read_bytes())
    assert re.search(r"@sha256:[0-9a-f]{64}$", template["variables"]["PMSYNC_IMAGE"])


@pytest.mark.full
def test_s23_the_bill_names_all_that_is_installed_with_its_hashes() -> None:
    if not (ROOT / ".venv-tools/bin/cyclonedx-py").exists():
        pytest.skip("make test-all installs what writes the bill")

    # Other tests use these tools meanwhile: they are not installed anew.
    kept = "--assume-old=.venv-tools/installed"
    subprocess.run(["make", "--silent", kept, "sbom"], cwd=ROOT, check=True)

    bill = json.loads((ROOT / "build/sbom.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "pmsync"
    assert {
        one["name"]: (
            one["version"],
            {h["content"] for r in one["externalReferences"] for h in r["hashes"]},
        )
        for one in bill["components"]
    } == pins(ROOT / "requirements.lock")
