"""Attack S11: documents and tickets that speak to the terminal or to a build server."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Repository

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b0m"
BIDI = "pay\u202etxt.exe\u2066\u200b"
COMMANDS = "::set-output name=token::x"
LOUD = "##[add-mask]x"
DOCUMENT = f"""\
# ::error::Outage {ESCAPES}

**Incident ID:** {COMMANDS}
**Severity:** {BIDI}
**Status:** Complete

::add-mask::context line

## Action Items {ESCAPES}

| Action | Owner | Status | Ticket |
|---|---|---|---|
| {COMMANDS} | {BIDI} | Open | |
| {ESCAPES} wipe | {LOUD} | Open | |
| {BIDI} | ::notice::hi | {ESCAPES} | |

- [ ] {COMMANDS} {LOUD}
"""
DANGEROUS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
RUNS = [
    ["items"],
    ["items", "--format", "json"],
    ["sync", "--dry-run", "-v"],
    ["sync", "--dry-run", "--format", "json"],
    ["sync", "-v"],
    ["sync", "-v"],
    ["status", "-v"],
    ["status", "--format", "json"],
    ["state", "show", "-v"],
    ["state", "show", "--format", "json"],
]


def assert_harmless(text: str) -> None:
    # The runner of GitHub Actions looks for "::" behind leading white space, and for
    # "##[" anywhere.
    assert DANGEROUS.findall(text) == []
    assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []
    assert "##[" not in text


def test_S11_a_document_never_speaks_to_the_terminal_or_the_build_server(
    repository: Repository,
) -> None:
    repository.write("postmortems/::error::a\x1b[2J.md", DOCUMENT)

    for arguments in RUNS:
        ran = repository.pmsync(*arguments)
        assert ran.returncode in (0, 1), ran.stderr
        assert ran.stdout
        assert "Traceback" not in ran.stderr
        assert_harmless(ran.stdout)
        assert_harmless(ran.stderr)


def test_S11_a_ticket_never_speaks_to_the_terminal_or_the_build_server(
    repository: Repository,
) -> None:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.pmsync("sync", "-q")
    hostile = f"{COMMANDS}\n::debug::two{ESCAPES}{BIDI}{LOUD}"
    lines = repository.read(".pmsync/tickets.jsonl").splitlines()
    changed = [
        json.loads(line) | {"title": hostile, "assignee": hostile} for line in lines
    ]
    repository.write(
        ".pmsync/tickets.jsonl", "".join(f"{json.dumps(each)}\n" for each in changed)
    )

    for arguments in (["sync", "--dry-run", "-v"], ["sync", "-v"], ["sync", "-v"]):
        ran = repository.pmsync(*arguments)
        assert "Traceback" not in ran.stderr
        assert_harmless(ran.stdout)
        assert_harmless(ran.stderr)


@pytest.mark.parametrize("argument", [COMMANDS, ESCAPES, BIDI])
def test_S11_a_mistyped_argument_is_echoed_harmlessly(
    repository: Repository, argument: str
) -> None:
    for arguments in ([argument], ["sync", argument], ["sync", "--tracker", argument]):
        ran = repository.pmsync(*arguments)
        assert ran.returncode == 2
        assert_harmless(ran.stderr)
