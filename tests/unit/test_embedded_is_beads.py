"""What is written is what Beads itself exports, and what it exports can be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmsync.domain.model import Field, Marker, Status
from pmsync.domain.ports import Done, Draft, Patch
from pmsync_adapters.beads.embedded import EmbeddedTracker
from pmsync_adapters.beads.ids import ID
from pmsync_adapters.beads.records import KEYS

MARKER = Marker("0123456789abcdef", "s8t4t3")
NEW_SINCE_THE_EXPORT = {"_type", "due_at", "metadata", "closed_by_session"}
"""Keys of Beads' own format that the exported samples have no value for."""

drafts = st.builds(
    Draft,
    marker=st.just(MARKER),
    title=st.text(min_size=1).filter(str.strip),
    body=st.text(),
    fields=st.fixed_dictionaries(
        {},
        optional={
            Field.OWNER: st.text(),
            Field.DUE: st.dates().map(str),
            Field.STATUS: st.sampled_from([s for s in Status if s != Status.UNKNOWN]),
            Field.PRIORITY: st.sampled_from("01234"),
        },
    ),
    labels=st.frozensets(st.text(min_size=1), max_size=3),
)
statuses = st.sampled_from([s for s in Status if s != Status.UNKNOWN])


@pytest.fixture(scope="module")
def exported(specs: Path) -> list[dict[str, object]]:
    """What Beads itself has exported."""
    text = (specs / "beads-issues.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def written(root: Path, draft: Draft, status: Status) -> dict[str, object]:
    """What stands in the file after a ticket was opened and given a status."""
    file = root / ".pmsync" / "tickets.jsonl"
    file.unlink(missing_ok=True)
    tracker = EmbeddedTracker(root, now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    (outcome,) = tracker.create([draft])
    assert isinstance(outcome, Done)
    outcome = tracker.update(Patch(outcome.ticket, {Field.STATUS: status}))
    assert isinstance(outcome, Done)
    record = json.loads(file.read_bytes())
    assert isinstance(record, dict)
    return record


def test_every_real_ticket_is_read(
    exported: list[dict[str, object]], specs: Path, tmp_path: Path
) -> None:
    (tmp_path / ".pmsync").mkdir()
    file = tmp_path / ".pmsync" / "tickets.jsonl"
    file.write_bytes((specs / "beads-issues.jsonl").read_bytes())
    records = {r["id"]: r for r in exported if r["status"] != "tombstone"}

    tickets = EmbeddedTracker(tmp_path).changed(None).tickets

    assert {t.id for t in tickets} == set(records)
    for ticket in tickets:
        record = records[ticket.id]
        status = Status(ticket.fields[Field.STATUS] or "")
        assert status.terminal == (record["status"] == "closed")
        assert ticket.fields[Field.PRIORITY] == str(record["priority"])
        assert ticket.parent == record.get("parent", ticket.parent)
        assert ticket.marker is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draft=drafts, status=statuses)
def test_a_record_has_only_keys_and_values_that_beads_knows(
    draft: Draft,
    status: Status,
    exported: list[dict[str, object]],
    tmp_path: Path,
) -> None:
    keys = {key for record in exported for key in record}
    types = {record["issue_type"] for record in exported}

    record = written(tmp_path, draft, status)

    assert set(record) <= keys | NEW_SINCE_THE_EXPORT
    assert list(record) == [key for key in KEYS if key in record]
    assert ID.fullmatch(str(record["id"]))
    assert record["status"] in {"open", "in_progress", "blocked", "closed"}
    assert ("closed_at" in record) == (record["status"] == "closed")
    assert record["issue_type"] in types
    assert record["priority"] in range(5)
    assert 0 < len(str(record["title"])) <= 500
    assert not any(k.startswith(("bd:", "_")) for k in record["metadata"])  # type: ignore[attr-defined]
    assert all(value not in (None, "", []) for value in record.values())


@pytest.mark.full
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draft=drafts, status=statuses)
def test_beads_own_client_accepts_a_record(
    draft: Draft, status: Status, tmp_path: Path
) -> None:
    models = pytest.importorskip(
        "beads_mcp.models", reason="beads-mcp is not installed"
    )

    record = written(tmp_path, draft, status)

    issue = models.Issue.model_validate(record)
    assert (issue.id, issue.title, issue.status) == (
        record["id"],
        record["title"],
        record["status"],
    )
