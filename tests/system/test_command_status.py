"""``pmsync status`` as a user runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Repository

ROWS = """\
# Outage

## Action Items

| Action | Owner | Due | Status | Ticket |
|---|---|---|---|---|
| Fix it | @maya | 2020-01-01 | Open | |
| Prove it | @ines | | Done | |
"""
PATH = "postmortems/a.md"


def test_status_shows_what_is_open_and_writes_nothing(repository: Repository) -> None:
    repository.write(PATH, ROWS)
    repository.pmsync("sync")
    before = {p: p.read_bytes() for p in repository.root.rglob("*") if p.is_file()}

    shown = repository.pmsync("status")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "line 7  bd-" in shown.stdout
    assert "@maya  due 2020-01-01  open  overdue" in shown.stdout
    assert "Prove it" not in shown.stdout
    assert shown.stdout.splitlines()[-1] == "1 open, 1 overdue, 1 finished."
    after = {p: p.read_bytes() for p in repository.root.rglob("*") if p.is_file()}
    assert before == after


def test_status_for_programs_has_every_row(repository: Repository) -> None:
    repository.write(PATH, ROWS)
    repository.pmsync("sync")

    found = json.loads(repository.pmsync("status", "--format=json").stdout)

    (document,) = found["documents"]
    first, second = document["items"]
    assert (first["line"], first["state"], first["marks"]) == (7, "open", ["overdue"])
    assert first["ref"].startswith("tickets:bd-")
    assert (second["state"], second["ref"], second["marks"]) == ("done", None, [])
    assert found["summary"]["open"] == 1
    assert list(found["read"]) == ["tickets"]


def test_a_document_that_cannot_be_read_is_named(repository: Repository) -> None:
    repository.write(PATH, ROWS)
    repository.write("postmortems/b.md", b"# \xff\xfe\n")

    shown = repository.pmsync("status", "--quiet")

    assert shown.returncode == 1
    assert shown.stdout == "1 open, 1 overdue, 1 finished, 1 unfiled.\n"
    assert "left out: postmortems/b.md" in shown.stderr


def test_only_what_is_asked_for_is_shown(repository: Repository) -> None:
    repository.write(PATH, ROWS)
    repository.write("postmortems/b.md", ROWS)

    for arguments in (["--only", "*/b.md"], ["postmortems/b.md"]):
        shown = repository.pmsync("status", *arguments)
        assert "postmortems/b.md" in shown.stdout
        assert PATH not in shown.stdout
