"""S23: the Action installs what its locks name, byte by byte, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = """[build-system]
requires = []
build-backend = "build_ours"
backend-path = ["."]
[project]
name = "pmsync"
version = "1"
"""
BACKEND = """import shutil
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    shutil.copy("ours.whl", f"{wheel_directory}/pmsync-1-py3-none-any.whl")
    return "pmsync-1-py3-none-any.whl"
"""


def wheel(path: Path, name: str, module: str, script: str | None = None) -> str:
    """Make a wheel with one module; return its hash."""
    info = f"{name}-1.dist-info"
    files = {
        f"{name}.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{script}\n"
    record = "".join(
        f"{n},sha256={base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b'=').decode()},{len(t)}\n"
        for n, t in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """The Action's install step, with a pmsync and a lock as small as can be."""
    root = tmp_path / "action"
    (root / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/install-action", root / ".ci")
    (root / "pyproject.toml").write_text(OURS)
    (root / "build_ours.py").write_text(BACKEND)
    main = "def main():\n    print('pmsync 1')\n"
    wheel(root / "ours.whl", "pmsync", main, "pmsync = pmsync:main")
    (root / "requirements-build.lock").write_text("")
    (tmp_path / "wheels").mkdir()
    return root


def lock(action: Path, digest: str) -> None:
    (action / "requirements.lock").write_text(f"needed==1 --hash=sha256:{digest}\n")


def install(action: Path, workspace: Path) -> subprocess.CompletedProcess[str]:
    workspace.mkdir(exist_ok=True)
    temp = action.parent / "temp"
    temp.mkdir(exist_ok=True)
    return subprocess.run(
        [action / ".ci/install-action"],
        cwd=workspace,
        env={
            **os.environ,
            "RUNNER_TEMP": str(temp),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(action.parent / "wheels"),
        },
        check=False,
        capture_output=True,
        text=True,
    )


def test_s23_a_wheel_with_another_hash_is_not_installed(
    action: Path, tmp_path: Path
) -> None:
    digest = wheel(tmp_path / "wheels/needed-1-py3-none-any.whl", "needed", "a = 1\n")
    lock(action, "0" * 64)

    refused = install(action, tmp_path / "workspace")

    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert list((tmp_path / "temp").rglob("needed.py")) == []
    assert not (tmp_path / "temp/pmsync/bin/pmsync").exists()
    lock(action, digest)

    taken = install(action, tmp_path / "workspace")

    assert taken.returncode == 0, taken.stderr
    assert taken.stdout == "pmsync 1\n"


def test_s23_the_repository_that_is_checked_out_is_no_part_of_it(
    action: Path, tmp_path: Path
) -> None:
    digest = wheel(tmp_path / "wheels/needed-1-py3-none-any.whl", "needed", "a = 1\n")
    lock(action, digest)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    evil = f"open({str(tmp_path / 'owned')!r}, 'w')\nraise SystemExit\n"
    for name in ("venv", "pip", "ensurepip", "json", "pmsync", "sitecustomize"):
        (workspace / f"{name}.py").write_text(evil)

    done = install(action, workspace)

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "owned").exists()
