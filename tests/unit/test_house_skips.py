"""A test that is skipped unnoticed proves nothing: `.ci/run` has to see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = "tests.unit.test_a.test_known :: is not here*\n"
PASSED = '<testcase classname="tests.unit.test_a" name="test_fine"/>'


def skipped(name: str, reason: str) -> str:
    return (
        f'<testcase classname="tests.unit.test_a" name="{name}">'
        f'<skipped type="pytest.skip" message="{reason}"/></testcase>'
    )


def check(folder: Path, *reports: str) -> subprocess.CompletedProcess[str]:
    (folder / "allowed.txt").write_text(LIST)
    files = [folder / f"{number}.xml" for number, _ in enumerate(reports)]
    for file, cases in zip(files, reports, strict=True):
        file.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return subprocess.run(
        [sys.executable, ROOT / ".ci/check_skips.py", folder / "allowed.txt", *files],
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_skip_on_the_list_is_printed_and_permitted(tmp_path: Path) -> None:
    run = check(tmp_path, PASSED + skipped("test_known", "is not here today"))

    assert run.returncode == 0
    assert "test_known: is not here today" in run.stdout
    assert run.stdout.endswith("1 passed, 0 failed, 0 failed as expected, 1 skipped\n")


def test_a_skip_that_is_not_on_the_list_fails_the_run(tmp_path: Path) -> None:
    unknown_test = check(tmp_path, PASSED + skipped("test_other", "is not here"))
    unknown_reason = check(tmp_path, PASSED + skipped("test_known", "too hard"))

    for run in (unknown_test, unknown_reason):
        assert run.returncode == 1
        assert "NOT ON THE LIST" in run.stdout


def test_a_test_that_a_later_run_carried_out_is_no_skip(tmp_path: Path) -> None:
    later = PASSED.replace("test_fine", "test_slow")

    run = check(tmp_path, PASSED + skipped("test_slow", "later"), later)

    assert run.returncode == 0
    assert run.stdout == "2 passed, 0 failed, 0 failed as expected, 0 skipped\n"


def test_a_gap_of_an_emulator_is_shown_and_is_no_skip(tmp_path: Path) -> None:
    early = skipped("test_gap", "make test-all runs it")
    gap = skipped("test_gap", "it lacks that").replace("pytest.skip", "pytest.xfail")

    run = check(tmp_path, PASSED + early, gap)

    assert run.returncode == 0
    assert "failed as expected: tests.unit.test_a.test_gap: it lacks that" in run.stdout
    assert run.stdout.endswith("1 failed as expected, 0 skipped\n")


def test_only_the_list_of_gaps_makes_a_test_expected_to_fail() -> None:
    word = "x" + "fail"
    places = {
        file.relative_to(ROOT / "tests").as_posix()
        for file in (ROOT / "tests").rglob("*.py")
        if f"mark.{word}" in file.read_text(encoding="utf-8")
        or f"pytest.{word}(" in file.read_text(encoding="utf-8")
    }

    assert places == {"contract/conftest.py"}


def test_a_failure_or_no_test_at_all_fails_the_run(tmp_path: Path) -> None:
    failed = PASSED.replace("/>", '><failure message="no"/></testcase>')

    assert check(tmp_path, failed).returncode == 1
    assert check(tmp_path, "").returncode == 1
