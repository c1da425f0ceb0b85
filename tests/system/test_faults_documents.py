"""Documents that are hard to read: one never spoils the others, or its own bytes."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Repository

HEAD = b"# Outage\n\n## Action Items\n\n| Action | Status | Ticket |\n|---|---|---|\n"
ROW = b"| Alert early | Open | |\n"
LINK = re.compile(
    rb"\[bd-[0-9a-z]+\]\(bd://bd-[0-9a-z]+\)|bd://bd-[0-9a-z]+|bd-[0-9a-z]+"
)
MEMORY = 1 << 30
"""What a run may take: a gibibyte."""


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"| caf\xe9 | Open | |\n", "byte 0xe9 at offset 75 is not UTF-8"),
        (b"| a\x00b | Open | |\n", "a NUL byte at offset 73"),
    ],
    ids=["latin-1", "nul"],
)
def test_f49_bytes_that_are_no_text_are_reported_and_kept_and_the_rest_is_filed(
    repository: Repository, bad: bytes, said: str
) -> None:
    repository.write("postmortems/bad.md", HEAD + bad)
    repository.write("postmortems/good.md", HEAD + ROW)

    ran = repository.pmsync("sync")

    assert ran.returncode == 1
    assert f"left out: postmortems/bad.md:7: {said}" in ran.stderr
    assert (repository.root / "postmortems/bad.md").read_bytes() == HEAD + bad
    assert "bd-" in repository.read("postmortems/good.md")
    assert repository.pmsync("sync").stdout == "Done: 1 failed.\n"


def test_both_sides_of_a_merge_conflict_are_left_to_the_person_who_resolves_it(
    repository: Repository,
) -> None:
    repository.write("postmortems/a.md", HEAD + ROW)
    repository.pmsync("sync")
    tickets = repository.read(".pmsync/tickets.jsonl")
    linked = repository.read("postmortems/a.md")
    other = linked.splitlines()[-1].replace("Open", "Done")
    conflict = linked.replace(
        linked.splitlines()[-1],
        f"<<<<<<< HEAD\n{linked.splitlines()[-1]}\n=======\n{other}\n>>>>>>> branch",
    )
    repository.write("postmortems/a.md", conflict)

    ran = repository.pmsync("sync")

    assert ran.returncode == 1
    assert "left out: postmortems/a.md:7: an unresolved merge conflict" in ran.stderr
    assert repository.read("postmortems/a.md") == conflict
    assert repository.read(".pmsync/tickets.jsonl") == tickets
    repository.write("postmortems/a.md", linked)
    assert repository.pmsync("sync").stdout == "Done: nothing to do.\n"


def test_a_conflict_that_a_post_mortem_tells_of_is_no_conflict(
    repository: Repository,
) -> None:
    example = b"\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n```\n"
    heading = b"\nTitle\n=======\n\n>>>>>>> quoted deeply\n"
    repository.write("postmortems/a.md", HEAD + ROW + example + heading)

    assert repository.pmsync("sync").returncode == 0


@pytest.mark.parametrize(
    "document",
    [
        b"\xef\xbb\xbf" + HEAD + ROW,
        (HEAD + ROW).replace(b"\n", b"\r\n"),
        HEAD.replace(b"\n", b"\r\n") + ROW + b"\nmixed\r\nto the end\n",
        (HEAD + ROW).removesuffix(b"\n"),
        (HEAD + ROW).replace(b"| |", b"|    |  "),
    ],
    ids=["bom", "crlf", "mixed", "no final newline", "odd spaces"],
)
def test_f50_all_bytes_but_the_cells_are_as_their_author_left_them(
    repository: Repository, document: bytes
) -> None:
    repository.write("postmortems/a.md", document)

    assert repository.pmsync("sync").returncode == 0

    after = (repository.root / "postmortems/a.md").read_bytes()
    linked = LINK.search(after)
    assert linked is not None
    start, end = linked.span()
    assert re.fullmatch(rb" *", document[start : len(document) - len(after) + end])
    assert after[:start].rstrip(b" ") == document[:start].rstrip(b" ")
    assert after[end:].lstrip(b" ") == document[-len(after[end:]) :].lstrip(b" ")
    assert repository.pmsync("sync").stdout == "Done: nothing to do.\n"


def test_f51_a_table_of_a_million_rows_and_a_line_of_a_megabyte_stop_nobody(
    repository: Repository,
) -> None:
    rows = b"".join(b"| Row %d | Open | |\n" % n for n in range(1_000_000))
    line = b"| long " + b"x" * 1_000_000 + b" | Open | |\n"
    repository.write("postmortems/rows.md", HEAD + rows)
    repository.write("postmortems/line.md", HEAD + line)
    repository.write("postmortems/good.md", HEAD + ROW)

    ran = subprocess.run(
        [sys.executable, "-m", "pmsync", "sync", "-q"],
        cwd=repository.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )

    assert ran.returncode == 1
    assert "left out: postmortems/rows.md: " in ran.stderr
    assert "more than the limit of 5 MB" in ran.stderr
    assert (repository.root / "postmortems/rows.md").read_bytes() == HEAD + rows
    assert ran.stdout == "Done: 2 created, 2 rows edited, 1 failed.\n"


def test_f51_as_many_rows_as_fit_into_the_size_are_refused_by_their_number(
    repository: Repository,
) -> None:
    repository.write("postmortems/rows.md", HEAD + ROW * 20_001)

    ran = repository.pmsync("sync")

    assert ran.returncode == 1
    assert "20,001 table rows and list entries are more than the limit" in ran.stderr
