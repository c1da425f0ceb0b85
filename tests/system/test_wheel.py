"""The wheel as users get it: what is in it, and that it runs without the sources."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the wheel, and the sources nowhere."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    places = {"base": str(home), "platbase": str(home)}
    packages = sysconfig.get_path("purelib", "venv", places)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    target = ["--python", home / "bin/python"]
    install = ["install", "--no-index", "--no-deps", wheel]
    subprocess.run([*pip, *target, *install], check=True)
    # Its dependencies are those of this environment. A folder that a path file names
    # has its own path files ignored, so the editable install of the sources stays out.
    dependencies = Path(packages, "dependencies.pth")
    dependencies.write_text(sysconfig.get_path("purelib"))
    return home / "bin"


def test_the_wheel_puts_three_names_into_site_packages_and_no_other(
    wheel: Path,
) -> None:
    top = {Path(name).parts[0] for name in zipfile.ZipFile(wheel).namelist()}

    (metadata,) = [name for name in top if name.endswith(".dist-info")]
    assert metadata.startswith("pmsync-")
    assert top - {metadata} == {"pmsync", "pmsync_adapters", "pmsync_config"}


def test_the_wheel_holds_every_module_and_example_of_the_sources(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())

    tracked = subprocess.run(
        ["git", "ls-files", "syncer", "adapters", "config/pmsync_config"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert tracked
    assert {name.partition("/")[2] for name in tracked} - packed == set()


@pytest.mark.parametrize("command", [["pmsync"], ["python", "-m", "pmsync"]])
def test_the_installed_command_runs_without_the_sources(
    command: list[str], installed: Path, tmp_path: Path
) -> None:
    run = subprocess.run(
        [installed / command[0], *command[1:], "--version"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (run.returncode, run.stderr) == (0, "")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] in run.stdout


def test_the_installed_modules_are_those_of_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    program = (
        "import pmsync, pmsync_adapters, pmsync_config\n"
        "for package in (pmsync, pmsync_adapters, pmsync_config):\n"
        "    print(package.__file__)\n"
    )
    files = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()

    assert [Path(f).is_relative_to(installed.parent) for f in files] == [True] * 3


def test_every_adapter_that_the_wheel_registers_can_be_loaded(
    installed: Path, tmp_path: Path
) -> None:
    program = (
        "from importlib.metadata import entry_points\n"
        "for group in ('trackers', 'states', 'repositories'):\n"
        "    for adapter in entry_points(group=f'pmsync.{group}'):\n"
        "        adapter.load()\n"
        "        print(group, adapter.name)\n"
    )
    run = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert run.stderr == ""
    found = {line.split()[0] for line in run.stdout.splitlines()}
    assert found == {"trackers", "states", "repositories"}
