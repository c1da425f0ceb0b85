"""The main job with the real ``bd``: nothing double, nothing lost, no file of Beads touched."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from conftest import Repository
from pmsync.domain.errors import UsageError
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch, Unknown
from pmsync_adapters.beads.bd import BdTracker
from pmsync_adapters.beads.embedded import EmbeddedTracker
from support.beads import MISSING, BdPlace, bd, installed

DOCUMENT = """\
# Outage

**Incident ID:** INC-7
**Date:** 2026-11-20

## Action Items

| Action | Owner | Due | Status | Beads Issue |
|---|---|---|---|---|
| Alert before certificates expire | @maya | 2026-12-01 | Open | |
| Write a runbook | @jonas | | Open | N/A |
| Say what went well | @maya | | Done | |
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Repository:
    repository = Repository(BdPlace(tmp_path).root)
    repository.write("postmortems/a.md", DOCUMENT)
    repository.commit()
    return repository


def program(directory: Path, script: str) -> str:
    """Put a program named ``bd`` first on a PATH."""
    directory.mkdir()
    file = directory / "bd"
    file.write_text(script)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


def issues(workspace: Repository) -> list[dict[str, object]]:
    answer = json.loads(bd(workspace.root, "list", "--all", "--limit=0", "--json"))
    found = answer["data"] if isinstance(answer, dict) else answer
    assert isinstance(found, list)
    return found


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_each_open_row_gets_one_issue_and_changes_go_both_ways(
    workspace: Repository,
) -> None:
    first = workspace.pmsync("sync")
    assert first.returncode == 0, first.stderr
    opened = {str(issue["title"]): issue for issue in issues(workspace)}
    assert set(opened) == {"Alert before certificates expire", "Write a runbook"}
    alert = opened["Alert before certificates expire"]
    assert alert["assignee"] == "maya"
    assert str(alert["due_at"]).startswith("2026-12-01")
    assert f"bd://{alert['id']}" in workspace.read("postmortems/a.md")

    bd(workspace.root, "close", str(alert["id"]), "--reason=Completed")
    workspace.write(
        "postmortems/a.md",
        workspace.read("postmortems/a.md").replace("Write a runbook", "Write runbooks"),
    )
    workspace.commit()
    second = workspace.pmsync("sync")

    assert second.returncode == 0, second.stderr
    rows = workspace.read("postmortems/a.md").splitlines()
    assert f"| 2026-12-01 | Done | bd://{alert['id']} |" in "\n".join(rows)
    titles = {str(issue["title"]) for issue in issues(workspace)}
    assert titles == {"Alert before certificates expire", "Write runbooks"}
    workspace.commit()
    third = workspace.pmsync("sync", "--format", "json")
    assert third.returncode == 0, third.stderr
    assert json.loads(third.stdout)["changes"] == []


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_what_people_keep_in_an_issue_beside_our_fields_stays(tmp_path: Path) -> None:
    place = BdPlace(tmp_path)
    tracker = place.tracker()
    first, other = tracker.create(
        [Draft(Marker(f"k{n}", "s"), "Rotate the keys", "Why.") for n in range(2)]
    )
    assert isinstance(first, Done)
    assert isinstance(other, Done)
    id_ = first.ticket.id
    texts = ("notes", "design", "acceptance", "spec-id")
    bd(place.root, "update", id_, *(f"--{name}=Their {name}." for name in texts))
    bd(place.root, "update", id_, "--add-label=by-hand", "--set-metadata=team=sre")
    bd(place.root, "dep", "add", id_, other.ticket.id)
    bd(place.root, "comment", id_, "Waiting for the vendor.")
    before = place.shown(id_)

    observed = tracker.fetch([Lookup(id_)])[id_]
    assert isinstance(observed, Ticket)
    changed = {Field.TITLE: "Rotate all keys", Field.STATUS: Status.IN_PROGRESS}
    assert isinstance(tracker.update(Patch(observed, changed, "How.")), Done)

    ours = {"title", "description", "status", "close_reason", "closed_at", "updated_at"}
    kept = {name: value for name, value in before.items() if name not in ours}
    after = place.shown(id_)
    assert {name: after.get(name) for name in kept} == kept
    assert {"notes", "design", "labels", "metadata", "dependencies"} <= kept.keys()


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_the_file_that_beads_exports_is_never_written(workspace: Repository) -> None:
    tracker = BdTracker(workspace.root)
    before = sorted(p.name for p in (workspace.root / ".beads").iterdir())

    (outcome,) = tracker.create([Draft(Marker("k1", "s1"), "Title", "Body")])

    assert isinstance(outcome, Done)
    after = sorted(p.name for p in (workspace.root / ".beads").iterdir())
    assert set(after) - set(before) <= {"last-touched", "issues.jsonl"}


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
@pytest.mark.parametrize(
    "end",
    ["exit 1", "exit 0", "kill -9 $$", 'echo \'{"error": "lost"}\'; exit 1'],
)
def test_f06_a_create_whose_answer_is_lost_is_found_and_not_made_again(
    workspace: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    real = shutil.which("bd")
    script = (
        f'#!/bin/sh\nif [ "$1" = create ]; then {real} "$@" >/dev/null; {end}; fi\n'
    )
    path = program(tmp_path / "bin", f'{script}exec {real} "$@"\n')
    monkeypatch.setenv("PATH", path)
    draft = Draft(Marker("k1", "s1"), "Title", "Body")

    (outcome,) = BdTracker(workspace.root).create([draft])

    assert isinstance(outcome, Done)
    assert outcome.ticket.marker == draft.marker
    assert len(issues(workspace)) == 1


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_a_workspace_that_cannot_be_asked_leaves_a_create_unknown(
    workspace: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("bd")
    script = f'#!/bin/sh\n[ "$1" = version ] && exec {real} version\nexit 1\n'
    monkeypatch.setenv("PATH", program(tmp_path / "bin", script))
    tracker = BdTracker(workspace.root)

    (outcome,) = tracker.create([Draft(Marker("k1", "s1"), "Title", "Body")])

    assert isinstance(outcome, Unknown)


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_an_unchanged_pass_is_one_process(workspace: Repository) -> None:
    tracker = BdTracker(workspace.root)
    for n in range(3):
        tracker.create([Draft(Marker(f"k{n}", "s1"), f"Title {n}", "Body")])
    fresh = BdTracker(workspace.root)
    lookups = [Lookup(t.ref.key, t.id) for t in tracker.marked(None).tickets]

    fresh.fetch(lookups)

    assert fresh._bd.traffic.total == 1


@pytest.mark.full
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_tickets_of_the_embedded_tracker_can_be_taken_into_beads(
    workspace: Repository,
) -> None:
    tracker = EmbeddedTracker(workspace.root)
    fields = {Field.OWNER: "maya", Field.PRIORITY: "1"}
    drafts = [
        Draft(Marker("k1", "s1"), "One", "Body", fields, frozenset({"postmortem"})),
        Draft(Marker("k2", "s1"), "Two", "Body", {Field.STATUS: Status.DONE}),
    ]
    outcomes = tracker.create(drafts)

    bd(workspace.root, "import", ".pmsync/tickets.jsonl")

    taken = {t.id: t for t in BdTracker(workspace.root).marked(None).tickets}
    for outcome in outcomes:
        assert isinstance(outcome, Done)
        ticket = taken[outcome.ticket.id]
        assert ticket.marker == outcome.ticket.marker
        assert ticket.body == outcome.ticket.body
        for field in (Field.TITLE, Field.OWNER, Field.PRIORITY, Field.STATUS):
            assert ticket.fields[field] == outcome.ticket.fields[field]


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\necho 'bd: block device tool 3.1'\n", "#!/bin/sh\nexit 127\n"],
)
def test_another_program_named_bd_is_refused_before_anything_is_written(
    repository: Repository, tmp_path: Path, script: str
) -> None:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.write("pmsync.toml", '[trackers.work]\ntype = "beads"\n')
    repository.commit()
    path = program(tmp_path / "bin", script)

    ended = repository.pmsync("sync", env={"PATH": path})

    assert ended.returncode == 2
    assert "another program has that name" in ended.stderr
    assert "hint: install Beads" in ended.stderr
    assert repository.git("status", "--porcelain") == ""


def test_an_old_bd_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "#!/bin/sh\necho 'bd version 0.49.6 (dev)'\n"
    monkeypatch.setenv("PATH", program(tmp_path / "bin", script))

    with pytest.raises(UsageError, match="older than"):
        BdTracker(tmp_path).identity()


@pytest.mark.parametrize(
    "answer",
    [
        '[{"id": "bd-a1", "title": "T", "priority": 2, "created_at": "2026-01-02", '
        '"updated_at": "2026-01-02"}]',
        '{"schema_version": 1, "data": [{"id": "bd-a1", "title": "T", '
        '"created_at": "2026-01-02", "updated_at": "2026-01-02"}]}',
    ],
)
def test_both_envelopes_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    script = f"#!/bin/sh\ncat <<'E'\n{answer}\nE\n"
    monkeypatch.setenv("PATH", program(tmp_path / "bin", script))

    found = BdTracker(tmp_path).fetch([Lookup("bd-a1")])

    assert not isinstance(found["bd-a1"], str)
