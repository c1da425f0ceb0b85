"""What users copy to their machines is known to the tools that will read it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.serving import COMMAND

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".venv-tools/bin"
KUBERNETES = sorted((ROOT / "config/kubernetes").glob("*.yaml"))
VERSIONS = ("1.33.0", "1.37.0")
"""Of Kubernetes: the oldest that is still looked after somewhere, and the newest."""

pytestmark = pytest.mark.full


def said(tool: str | Path, *arguments: str | Path) -> tuple[int, str]:
    """Run a tool; return its exit code and what it says."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{Path(tool).name} is not installed")
    done = subprocess.run(
        [found, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def kubernetes(file: Path, version: str) -> tuple[int, str]:
    options = ("--kubernetes-version", version, "--strict", "--no-warn", "--quiet")
    return said(TOOLS / "kubernetes-validate", *options, file)


def compose(file: Path) -> tuple[int, str]:
    options = ("--builtin-schema", "vendor.compose-spec")
    return said(TOOLS / "check-jsonschema", *options, file)


def systemd(directory: Path, **changed: str) -> tuple[int, str]:
    """Verify the units, with the installed command where they expect it."""
    for unit in (ROOT / "config/systemd").iterdir():
        text = unit.read_text().replace("/opt/pmsync/bin/pmsync", COMMAND)
        for before, after in changed.items():
            text = text.replace(before, after)
        (directory / unit.name).write_text(text)
    units = sorted(directory.iterdir())
    return said("systemd-analyze", "verify", "--man=no", *units)


def changed(file: Path, before: str, after: str, directory: Path) -> Path:
    """Return a copy with a mistake in it."""
    text = file.read_text()
    assert before in text
    copy = directory / file.name
    copy.write_text(text.replace(before, after))
    return copy


def test_the_manifests_are_there() -> None:
    names = [file.name for file in KUBERNETES]
    assert names == ["cronjob.yaml", "deployment.yaml", "indexed-job.yaml"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: str(file.stem))
def test_kubernetes_knows_every_key_of_the_manifests(file: Path, version: str) -> None:
    code, text = kubernetes(file, version)
    assert code == 0, text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("schedule: ", "when: "),
        ("readOnlyRootFilesystem", "readOnlyRootFileSystem"),
        ("backoffLimit: 1", "backoffLimit: one"),
    ],
)
def test_a_mistake_in_a_manifest_would_be_found(
    before: str, after: str, tmp_path: Path
) -> None:
    file = ROOT / "config/kubernetes/cronjob.yaml"

    code, _ = kubernetes(changed(file, before, after, tmp_path), VERSIONS[-1])

    assert code != 0


def test_compose_knows_every_key_of_the_file(tmp_path: Path) -> None:
    file = ROOT / "compose.yaml"

    code, text = compose(file)

    assert code == 0, text
    assert compose(changed(file, "read_only", "readonly", tmp_path))[0] != 0


def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    assert systemd(tmp_path) == (0, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("NoNewPrivileges=yes", "NoNewPrivilege=yes"),
        ("OnCalendar=*:0/15", "OnCalendar=sometimes"),
        ("Type=oneshot", "Type=once"),
        ("/usr/bin/env -C", "/usr/bin/enve -C"),
    ],
)
def test_a_mistake_in_a_unit_would_be_found(
    before: str, after: str, tmp_path: Path
) -> None:
    assert systemd(tmp_path, **{before: after})[1] != ""


def test_the_units_leave_little_to_somebody_who_breaks_in(tmp_path: Path) -> None:
    for name in ("pmsync", "pmsync-serve"):
        unit = ROOT / f"config/systemd/{name}.service"
        options = ("--offline=yes", "--threshold=20", "--no-pager")
        code, text = said("systemd-analyze", "security", *options, unit)
        assert code == 0, text
        open_door = changed(unit, "CapabilityBoundingSet=\n", "", tmp_path)
        assert said("systemd-analyze", "security", *options, open_door)[0] != 0
