"""``pmsync sync`` as a user runs it: real files, real git, real processes."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.bd_fake import Bd
from support.terminals import rest_of

if TYPE_CHECKING:
    from conftest import Repository

DOCUMENT = """\
# Checkout was down

**Incident ID:** INC-7
**Date:** 2026-03-03
**Severity:** SEV1
**Status:** Complete

## Action Items

| Action | Owner | Due Date | Status | Ticket |
|--------|-------|----------|--------|--------|
| Alert before certificates expire | @maya | 2026-03-10 | Open | |
| Write a runbook | @jonas | | In Progress | |
| Replace the chain | @maya | | Done | |
"""
PATH = "postmortems/checkout.md"
TICKETS = ".pmsync/tickets.jsonl"
STATE = ".pmsync/state/default.json"


@pytest.fixture
def checkout(repository: Repository) -> Repository:
    """A repository with one post-mortem: two rows to file, one that is done."""
    repository.write(PATH, DOCUMENT)
    repository.commit("A post-mortem")
    return repository


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def tickets(repository: Repository) -> list[dict[str, str]]:
    return [json.loads(line) for line in repository.read(TICKETS).splitlines()]


def edit_ticket(repository: Repository, which: str, /, **values: str) -> None:
    """Change a ticket as a person does who edits the file."""
    changed = [
        ticket | values if ticket["title"] == which else ticket
        for ticket in tickets(repository)
    ]
    repository.write(TICKETS, "".join(f"{json.dumps(t)}\n" for t in changed))


def edit_row(repository: Repository, before: str, after: str) -> None:
    text = repository.read(PATH)
    assert before in text
    repository.write(PATH, text.replace(before, after))


def last_line(text: str) -> str:
    return text.splitlines()[-1]


def test_a_dry_run_shows_everything_and_writes_nothing(checkout: Repository) -> None:
    before = contents(checkout.root)

    shown = checkout.pmsync("sync", "--dry-run")

    assert shown.returncode == 0
    assert contents(checkout.root) == before
    assert "  + create    line 12  Alert before certificates expire" in shown.stdout
    assert "      due     2026-03-10" in shown.stdout
    assert "  1  it is done already" in shown.stdout
    assert f"--- a/{PATH}" in shown.stdout
    assert last_line(shown.stdout) == "Plan: 2 to create, 2 rows to edit."
    assert shown.stderr == ""


def test_a_run_does_what_the_dry_run_has_shown(checkout: Repository) -> None:
    planned = json.loads(checkout.pmsync("sync", "--dry-run", "--format=json").stdout)

    ran = checkout.pmsync("sync", "--format", "json")

    assert ran.returncode == 0
    done = json.loads(ran.stdout)
    assert done["digest"] == planned["digest"]
    assert done["summary"] == planned["summary"]
    assert {change["outcome"] for change in done["changes"]} == {"done"}
    assert {change["ref"] for change in done["changes"]} == {
        f"tickets:{ticket['id']}" for ticket in tickets(checkout)
    }
    names = [change["change"] for change in planned["changes"]]
    assert names == [change["change"] for change in done["changes"]]


def test_only_the_link_cells_change_and_a_second_run_does_nothing(
    checkout: Repository,
) -> None:
    first = checkout.pmsync("sync")
    keys = [ticket["id"] for ticket in tickets(checkout)]
    after = contents(checkout.root)

    second = checkout.pmsync("sync")

    assert last_line(first.stdout) == "Done: 2 created, 2 rows edited."
    assert checkout.read(PATH) == DOCUMENT.replace(
        "| Open | |", f"| Open | bd://{keys[0]} |"
    ).replace("| In Progress | |", f"| In Progress | bd://{keys[1]} |")
    assert (second.returncode, second.stdout) == (
        0,
        "1 row is not filed:\n  1  it is done already\n\nDone: nothing to do.\n",
    )
    assert contents(checkout.root) == after


def test_a_ticket_that_somebody_closed_finishes_its_row(checkout: Repository) -> None:
    checkout.pmsync("sync")
    edit_ticket(checkout, "Write a runbook", status="closed")

    ran = checkout.pmsync("sync")

    assert ran.returncode == 0
    assert "      status  in_progress -> done" in ran.stdout
    assert last_line(ran.stdout) == "Done: 1 row edited."
    assert "| Write a runbook | @jonas | | Done |" in checkout.read(PATH)


def test_a_row_that_somebody_finished_closes_its_ticket(checkout: Repository) -> None:
    checkout.pmsync("sync")
    edit_row(checkout, "| 2026-03-10 | Open |", "| 2026-03-10 | Done |")

    ran = checkout.pmsync("sync")

    assert ran.returncode == 0
    assert "  - closed" in ran.stdout
    assert last_line(ran.stdout) == "Done: 1 closed."
    assert [ticket["status"] for ticket in tickets(checkout)] == [
        "closed",
        "in_progress",
    ]


def test_a_row_that_is_gone_is_reported_once_and_closes_nothing(
    checkout: Repository,
) -> None:
    checkout.pmsync("sync")
    rows = checkout.read(PATH).splitlines(keepends=True)
    checkout.write(PATH, "".join(row for row in rows if "runbook" not in row))
    before = checkout.read(TICKETS)

    first, second = checkout.pmsync("sync"), checkout.pmsync("sync")

    key = tickets(checkout)[1]["id"]
    assert f"the row is gone; {key} is left as it is" in first.stdout
    # What stands on its line now is another row: that one is not gone.
    told = first.stdout.partition("the row is gone")[0].splitlines()[-2]
    assert "Alert" not in told
    assert "runbook" in told
    assert "gone" not in second.stdout
    assert (first.returncode, second.returncode) == (0, 0)
    assert checkout.read(TICKETS) == before


def test_a_conflict_shows_both_values_and_overwrites_neither(
    checkout: Repository,
) -> None:
    checkout.pmsync("sync")
    edit_row(checkout, "| In Progress |", "| Blocked |")
    edit_ticket(checkout, "Write a runbook", status="closed")
    before = contents(checkout.root)

    ran = checkout.pmsync("sync")

    assert ran.returncode == 3
    sides = "document blocked, ticket done, last agreed in_progress"
    assert f"      status  {sides}\n" in ran.stdout
    assert last_line(ran.stdout) == "Done: 1 conflict."
    assert contents(checkout.root)[PATH] == before[PATH]
    assert contents(checkout.root)[TICKETS] == before[TICKETS]


def test_a_pipeline_can_ask_whether_anything_is_to_be_done(
    checkout: Repository,
) -> None:
    assert checkout.pmsync("sync", "--dry-run", "--exit-code").returncode == 1
    checkout.pmsync("sync")
    assert checkout.pmsync("sync", "--dry-run", "--exit-code").returncode == 0


def test_too_many_tickets_are_refused_with_the_number_and_the_way_out(
    repository: Repository,
) -> None:
    rows = "".join(f"| Do thing {n} | @a | Open |\n" for n in range(60))
    table = "| Action | Owner | Status |\n|---|---|---|\n"
    repository.write(PATH, f"# P\n\n## Action Items\n\n{table}{rows}")
    before = contents(repository.root)

    dry = repository.pmsync("sync", "--dry-run")
    refused = repository.pmsync("sync")

    assert (dry.returncode, refused.returncode) == (4, 4)
    assert "error: a run would be refused: " in dry.stderr
    for ended in (dry, refused):
        assert "60 tickets would be opened, more than max_creates = 50" in ended.stderr
        assert "hint: " in ended.stderr
        assert "--max-creates 60" in ended.stderr
    assert contents(repository.root) == before
    done = repository.pmsync("sync", "--max-creates", "60", "-q")
    assert done.stdout == "Done: 60 created, 60 rows edited, 1 column added.\n"


def test_only_what_was_named_is_changed(checkout: Repository) -> None:
    checkout.write("postmortems/other.md", DOCUMENT.replace("checkout", "search"))
    before = contents(checkout.root)

    for limit in ([PATH], ["--only", "*/check*"]):
        ran = checkout.pmsync("sync", "--dry-run", "--format", "json", *limit)
        changes = json.loads(ran.stdout)["changes"]
        assert {change["path"] for change in changes} == {PATH}
    checkout.pmsync("sync", PATH)

    after = contents(checkout.root)
    assert after["postmortems/other.md"] == before["postmortems/other.md"]
    assert after[PATH] != before[PATH]


def test_a_name_that_no_document_has_is_told_and_not_taken_for_success(
    checkout: Repository,
) -> None:
    (checkout.root / "empty").mkdir()
    for limit in (["--only", "*/chekc*"], ["empty"]):
        for command in ("sync", "status"):
            ran = checkout.pmsync(command, *limit)
            assert ran.returncode == 0
            assert "no document is among those that were asked for" in ran.stderr
    assert "asked for" not in checkout.pmsync("sync", "--only", "*/check*").stderr


def test_nothing_to_list_says_how_documents_are_named(repository: Repository) -> None:
    for command in (["items"], ["status"], ["sync", "--dry-run"]):
        ran = repository.pmsync(*command)
        assert ran.returncode == 0
        assert f"no documents were found: name them (pmsync {command[0]} PATH)" in (
            ran.stderr
        )


def test_a_document_outside_of_the_configured_folders_can_be_named(
    repository: Repository,
) -> None:
    repository.write("notes/outage.md", DOCUMENT)

    nothing = repository.pmsync("sync", "--dry-run")
    file = repository.pmsync("sync", "--dry-run", "notes/outage.md", "-q")
    folder = repository.pmsync("sync", "--dry-run", "notes", "-q")

    assert nothing.returncode == 0
    assert "no documents were found" in nothing.stderr
    assert file.stdout == folder.stdout == "Plan: 2 to create, 2 rows to edit.\n"


def test_the_command_works_from_any_directory_of_the_repository(
    checkout: Repository,
) -> None:
    checkout.pmsync("sync")

    shown = subprocess.run(
        [sys.executable, "-m", "pmsync", "sync", "-q"],
        cwd=checkout.root / "postmortems",
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown.stdout == "Done: nothing to do.\n"


def test_without_git_the_present_directory_is_enough(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / PATH).write_text(DOCUMENT)

    ran = subprocess.run(
        [sys.executable, "-m", "pmsync", "sync", "-q"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "Done: 2 created, 2 rows edited.\n"


def test_a_document_that_cannot_be_read_does_not_stop_the_others(
    checkout: Repository,
) -> None:
    checkout.write("postmortems/broken.md", b"# Broken \xff\xfe\n")

    ran = checkout.pmsync("sync")

    assert ran.returncode == 1
    assert "postmortems/broken.md" in ran.stderr
    assert last_line(ran.stdout) == "Done: 2 created, 2 rows edited, 1 failed."


def test_all_problems_of_a_configuration_come_at_once(checkout: Repository) -> None:
    checkout.write(
        "pmsync.toml", 'sinse = "90d"\n[trackers.ops]\ntype = "githup"\nproject = "x"\n'
    )

    ended = checkout.pmsync("sync")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "pmsync.toml:1: sinse: unknown key" in ended.stderr
    assert "pmsync.toml:3: trackers.ops.type: " in ended.stderr


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            '[write_back]\nmode = "commit"\n',
            'write_back.mode = "commit" needs a git repository and a state',
        ),
        (
            '[state]\nstore = "git"\n',
            'state.store = "git" does not go with the embedded tracker',
        ),
        (
            '[trackers.here]\ntype = "embedded"\nbody = "gone.j2"\n',
            "gone.j2: there is no such template",
        ),
    ],
)
def test_what_this_version_cannot_do_is_said_and_not_passed_over(
    checkout: Repository, configuration: str, message: str
) -> None:
    checkout.write("pmsync.toml", configuration)
    before = contents(checkout.root)

    ended = checkout.pmsync("sync")

    assert ended.returncode == 2
    assert message in ended.stderr
    assert "hint: " in ended.stderr
    assert contents(checkout.root) == before


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (False, "the bd command cannot be used: it is not on the PATH"),
        (True, "bd has no workspace here: no beads database found"),
    ],
    ids=["without bd", "with bd"],
)
def test_a_beads_workspace_is_never_swapped_for_a_file_of_our_own(
    there: bool, told: str, checkout: Repository, tmp_path: Path
) -> None:
    checkout.write(".beads/config.yaml", "")
    bd = Bd(tmp_path / "with")
    bd.fail("list", out='{"error": "no beads database found"}')
    alone = tmp_path / "without"
    alone.mkdir()
    git = shutil.which("git")
    assert git is not None
    (alone / "git").symlink_to(git)
    path = [str(bd.folder)] if there else []

    ended = checkout.pmsync("sync", env={"PATH": os.pathsep.join([*path, str(alone)])})

    assert ended.returncode == 2
    assert f"error: {told}" in ended.stderr
    assert 'configure a tracker of type "embedded"' in ended.stderr
    assert not (checkout.root / ".pmsync").exists()


def test_a_configured_body_is_what_the_ticket_says(checkout: Repository) -> None:
    checkout.write("ticket.j2", "{{ title }} ({{ severity }}, {{ incident_id }})")
    checkout.write(
        "pmsync.toml", '[trackers.here]\ntype = "embedded"\nbody = "ticket.j2"\n'
    )

    assert checkout.pmsync("sync").returncode == 0

    assert "Write a runbook (SEV1, INC-7)" in tickets(checkout)[1]["description"]


def test_owners_and_labels_of_the_configuration_reach_the_ticket(
    checkout: Repository,
) -> None:
    checkout.write(
        "pmsync.toml",
        'labels = ["postmortem"]\n[owners]\n"@maya" = { embedded = "maya.k" }\n'
        '[trackers.here]\ntype = "embedded"\nlabels = ["sre"]\nproject = "ops"\n',
    )

    assert checkout.pmsync("sync").returncode == 0

    first = tickets(checkout)[0]
    assert first["assignee"] == "maya.k"
    assert set(first["labels"]) == {"postmortem", "sre"}
    assert first["id"].startswith("ops-")


def hold_lease(repository: Repository) -> None:
    """Leave the state as a run on another machine has it while it works."""
    state = json.loads(repository.read(STATE))
    state["lease"] = {
        "holder": "x",
        "host": "elsewhere",
        "pid": 1,
        "expires": "2999-01-01T00:00:00+00:00",
    }
    repository.write(STATE, json.dumps(state))
    edit_row(repository, "| Replace the chain | @maya | | Done |", "| New | | | Open |")


def test_another_run_is_waited_for_only_as_long_as_asked(checkout: Repository) -> None:
    checkout.pmsync("sync")
    hold_lease(checkout)
    before = contents(checkout.root)

    ended = checkout.pmsync("sync")
    started = time.monotonic()
    waited = checkout.pmsync("sync", "--lease-wait", "1s")

    assert (ended.returncode, waited.returncode) == (5, 5)
    assert "elsewhere" in ended.stderr
    assert time.monotonic() - started >= 1
    assert contents(checkout.root) == before
    assert checkout.pmsync("sync", "--dry-run").returncode == 0


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_run_that_waits_can_be_stopped(
    checkout: Repository, number: signal.Signals, code: int
) -> None:
    checkout.pmsync("sync")
    hold_lease(checkout)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pmsync", "sync", "--lease-wait", "60s"],
        cwd=checkout.root,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stderr=theirs,
    ) as run:
        os.close(theirs)
        messages = b""
        while b"Waiting for another run" not in messages:
            messages += os.read(ours, 65536)
        run.send_signal(number)
        messages += rest_of(ours)

    assert run.returncode == code
    assert b"Traceback" not in messages


def in_terminal(repository: Repository, *arguments: str, **variables: str) -> str:
    """What a command shows to a person."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pmsync", *arguments],
        cwd=repository.root,
        env={**os.environ, "TERM": "xterm", **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = rest_of(ours)
    return shown.decode()


def test_people_get_colours_and_pipes_do_not(checkout: Repository) -> None:
    coloured = in_terminal(checkout, "sync", "--dry-run")

    assert "\x1b[32m+\x1b[0m create" in coloured
    # A progress bar that a slow machine has time to show moves the cursor in any case.
    plain = in_terminal(checkout, "sync", "--dry-run", NO_COLOR="1")
    assert re.search("\x1b\\[3[0-9]m", plain) is None
    assert "\x1b[" not in checkout.pmsync("sync", "--dry-run").stdout


def test_a_quick_run_imports_no_progress_bar(checkout: Repository) -> None:
    program = (
        "import sys; from pmsync.cli import run; run(sys.argv[1:]); "
        "print([m for m in sys.modules if m.startswith('rich')], file=sys.stderr)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, "sync", "--dry-run"],
        cwd=checkout.root,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stderr == "[]\n"


def test_what_is_unchanged_is_told_on_request(checkout: Repository) -> None:
    checkout.pmsync("sync")

    assert "2 rows are unchanged." in checkout.pmsync("sync", "-v").stdout
    assert checkout.pmsync("sync", "-q").stdout == "Done: nothing to do.\n"


@pytest.mark.parametrize(
    ("type_", "project"),
    [("github", "example/payments"), ("gitlab", "example/payments"), ("jira", "OPS")],
)
def test_without_a_token_the_variable_is_named(
    checkout: Repository, type_: str, project: str
) -> None:
    checkout.write(
        "pmsync.toml",
        f'since = "none"\n[trackers.code]\ntype = "{type_}"\n'
        f'url = "http://127.0.0.1:9"\nproject = "{project}"\n',
    )
    checkout.commit()

    ended = checkout.pmsync("sync")

    assert ended.returncode == 2
    assert "PMSYNC_TRACKERS__CODE__TOKEN" in ended.stderr
