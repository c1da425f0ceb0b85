"""Each kind of malformed input gets its own finding, with file and line, and its bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pmsync.document.problems import CATALOGUE

if TYPE_CHECKING:
    from conftest import Repository

REFERENCE = Path(__file__).resolve().parents[2] / "docs/reference/commands.md"
HEAD = "# Outage\n\n## Action Items\n\n"
TABLE = "| Action | Owner | Due | Status |\n|---|---|---|---|\n"

MALFORMED = {
    "PM001": (TABLE + "\n<!-- forgotten\n\n- [ ] hidden\n", 8),
    "PM002": (TABLE + "\n```\n\n- [ ] hidden\n", 8),
    "PM003": ("| Action | Owner |\n|---|\n| Alert | @x |\n", 6),
    "PM004": (TABLE + "| Alert | @x | | Frobnicated |\n", 7),
    "PM005": (TABLE + "| Alert | @x | 03/04/2026 | Done |\n", 7),
    "PM006": (TABLE + "| Alert | a | b | Open | one more |\n", 7),
    "PM007": ("| Action | Owner | Owner |\n|---|---|---|\n", 5),
    "PM008": (TABLE + "| Alert | @x | | Done |\n|\n| Lost | @x | | Open |\n", 8),
    "PM009": (TABLE + "    | Alert | @x | | Open |\n", 7),
    "PM010": (TABLE + "| Alert | @x | | Done |\n\f\n| Lost | @x | | Open |\n", 8),
    "PM011": ("some | text\n| Action | Owner |\n|---|---|\n| Alert | @x |\n", 6),
    "PM012": (TABLE + "| | @x | 2026-01-02 | Open |\n", 7),
    "PM013": (TABLE + "| Alert | @x | 2026-02-31 | Done |\n", 7),
    "PM014": ("<table>\n<tr><th>Action</th><th>Owner</th></tr>\n</table>\n", 5),
}
"""By code: the document below its head, and the line of the finding."""


@pytest.mark.parametrize("code", CATALOGUE)
def test_malformed_input_is_named_with_its_line_and_left_as_it_is(
    repository: Repository, code: str
) -> None:
    body, line = MALFORMED[code]
    repository.write("postmortems/a.md", HEAD + body)

    listed = json.loads(repository.pmsync("items", "--format", "json").stdout)
    shown = repository.pmsync("items").stderr
    repository.pmsync("sync")

    found = [
        (each["code"], each["line"]) for each in listed["documents"][0]["problems"]
    ]
    assert (code, line) in found
    assert re.search(rf"^postmortems/a\.md:{line}:\d+: {code} ", shown, re.MULTILINE)
    assert repository.read("postmortems/a.md") == HEAD + body


def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    repository: Repository,
) -> None:
    unread = {
        "big": b"a\n" * 3_000_000,
        "latin": HEAD.encode() + b"- [ ] caf\xe9\n",
        "nul": (HEAD + "\0\n").encode(),
        "utf16": (HEAD + "- [ ] Alert\n").encode("utf-16"),
    }
    for name, data in unread.items():
        repository.write(f"postmortems/{name}.md", data)

    listed = repository.pmsync("items")
    planned = repository.pmsync("sync", "--dry-run")

    assert listed.returncode == planned.returncode == 1
    for what in (
        "big.md: 6.0 MB, more than the limit of 5 MB",
        "latin.md:5: byte 0xe9 at offset 36 is not UTF-8",
        "nul.md:5: a NUL byte at offset 27: not a text file",
        "utf16.md:1: UTF-16, not UTF-8",
    ):
        assert f"error: postmortems/{what}\n\nhint: " in listed.stderr
        assert f"left out: postmortems/{what}\n" in planned.stderr
    for name, data in unread.items():
        assert (repository.root / f"postmortems/{name}.md").read_bytes() == data


def test_the_reference_lists_every_finding_in_its_own_words() -> None:
    rows = re.findall(
        r"^\| (PM\d{3}) \| (.*) \|$",
        REFERENCE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    assert {code: text.replace("\\|", "|") for code, text in rows} == dict(CATALOGUE)
