"""Diffs of documents: every changed line, and nothing that acts on the terminal."""

from __future__ import annotations

from pmsync.app.report import DocumentDiff
from pmsync.cli.diffs import unified
from pmsync.cli.terminal import Paint

PLAIN = Paint(on=False)


def diff(before: str, after: str, paint: Paint = PLAIN) -> list[str]:
    return list(unified(DocumentDiff("a.md", before.encode(), after.encode()), paint))


def test_a_diff_reads_like_the_one_of_git() -> None:
    lines = [f"line {n}\n" for n in range(1, 20)]
    after = [*lines]
    after[9] = "changed\n"

    assert diff("".join(lines), "".join(after)) == [
        "--- a/a.md",
        "+++ b/a.md",
        "@@ -8,5 +8,5 @@",
        " line 8",
        " line 9",
        "-line 10",
        "+changed",
        " line 11",
        " line 12",
    ]


def test_changes_that_are_far_apart_are_shown_apart() -> None:
    lines = [f"{n}\n" for n in range(50)]
    after = [*lines]
    after[0], after[49] = "x\n", "y\n"

    shown = diff("".join(lines), "".join(after))

    assert [line for line in shown if line.startswith("@@")] == [
        "@@ -1,3 +1,3 @@",
        "@@ -48,3 +48,3 @@",
    ]


def test_neighbouring_changes_are_one_block() -> None:
    assert diff("a\nb\nc\n", "x\ny\nc\n")[3:] == ["-a", "-b", "+x", "+y", " c"]


def test_line_ends_and_the_missing_last_one_are_no_noise() -> None:
    assert diff("a\r\nb", "a\r\nc")[3:] == [" a", "-b", "+c"]


def test_a_document_cannot_speak_to_the_terminal_through_a_diff() -> None:
    shown = diff("::add-mask::x\n\x1b[2Ja\n", "::add-mask::x\n\x1b[2Jb\n")

    assert shown[3:] == [" \\x3a:add-mask::x", "-\\x1b[2Ja", "+\\x1b[2Jb"]


def test_a_very_long_row_does_not_flood_the_screen() -> None:
    (removed,) = [line for line in diff("a" * 10_000, "b") if line.startswith("-a")]

    assert removed.endswith("(8000 more characters)")


def test_in_a_row_only_the_cells_that_changed_are_marked() -> None:
    before = "| Fix it | Open | |\n"
    after = "| Fix it | Done | bd-1 |\n"

    added = diff(before, after, Paint(on=True))[-1]

    assert added == (
        "\x1b[32m+| Fix it | \x1b[7mDone\x1b[27m | \x1b[7mbd-1 \x1b[27m|\x1b[0m"
    )
