"""What is printed is what it says, whoever wrote it."""

from __future__ import annotations

import io
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmsync.cli.terminal import Paint, paint_for, safe


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("pay\u202ecod.exe", "pay\\u202ecod.exe"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("\x9b31m", "\\x9b31m"),
        ("hid\u200bden", "hid\\u200bden"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("::set-output name=a::b", "\\x3a:set-output name=a::b"),
        ("  ::add-mask::x", "  \\x3a:add-mask::x"),
        ("a ##[add-mask]x", "a \\x23#[add-mask]x"),
        ("##vso[task.setvariable]", "\\x23#vso[task.setvariable]"),
    ],
)
def test_a_title_cannot_act_on_the_terminal_or_a_build_server(
    hostile: str, shown: str
) -> None:
    assert safe(hostile) == shown


@pytest.mark.parametrize(
    "text",
    ["Überprüfen", "完了", "می‌خواهم", "👩‍💻 done", "a::b", "## Heading", "a\tb", "1 €"],
)
def test_ordinary_text_of_any_language_is_shown_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.text())
@example("###[[")
@example("\u2028::x")
def test_no_text_at_all_gets_through_as_control_bidi_or_command(text: str) -> None:
    shown = safe(text)

    assert "\n" not in shown
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    hidden = {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert hidden <= set("\t\u200c\u200d")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variable", "value", "coloured"),
    [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False)],
)
def test_colours_are_left_out_where_they_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, *, coloured: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)

    assert paint_for(_Terminal()) == Paint(coloured)
    assert paint_for(io.StringIO()) == Paint(on=False)


def test_a_reader_who_has_seen_enough_gets_no_error() -> None:
    program = (
        "from pmsync.cli.terminal import out\nfor n in range(100_000): out(str(n))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.readline()
        writer.stdout.close()
        messages = writer.stderr.read()

    assert (writer.returncode, messages) == (0, b"")


def test_a_full_disk_behind_the_output_is_no_fault_of_pmsync(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text("# A\n")
    program = "import sys; from pmsync.cli import run; sys.exit(run(['items']))"
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == (
        "error: the output cannot be written: No space left on device\n\n"
        "hint: make room there; what was done stays, and running again is safe\n"
    )
