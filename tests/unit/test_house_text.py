"""Nothing in the repository ties it to one machine or one package registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Put together here, so that this file may be searched too.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("maven", "org"),
        ("deb", "debian", "org"),
    )
]
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, HOSTS), "/" + "work/", "/" + "root/", "/" + "opt/wheels"])
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_no_committed_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.is_file()
        for number, line in enumerate(
            path.read_bytes().decode(errors="replace").splitlines(), start=1
        )
        if FORBIDDEN.search(line)
    ]

    assert found == []


def test_two_test_files_never_share_a_name() -> None:
    names = [path.name for path in tracked() if path.match("tests/**/test_*.py")]

    assert sorted(names) == sorted(set(names))


def test_a_link_in_the_repository_leads_to_a_place_in_the_repository() -> None:
    links = [path for path in tracked() if path.is_symlink()]

    for link in links:
        assert link.resolve(strict=True).is_relative_to(ROOT)
        assert not link.readlink().is_absolute()


@pytest.mark.parametrize("name", ["CHANGELOG.md", "README.md", "LICENSE"])
def test_what_a_user_reads_first_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0
