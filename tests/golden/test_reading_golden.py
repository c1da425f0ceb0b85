"""Documents of many teams and languages, and what is read in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pmsync.document.reader import read
from pmsync.domain.model import ActionItem, PostMortem

HERE = Path(__file__).parent / "reading"
DOCUMENTS = sorted(path.stem for path in HERE.glob("*.md"))


def what_is_read(document: PostMortem) -> dict[str, Any]:
    """Return the items and findings of a document as plain values."""
    return {
        "items": [_item(item) for item in document.items],
        "problems": [
            f"{each.line}:{each.column} {each.code}" for each in document.problems
        ],
    }


def _item(item: ActionItem) -> dict[str, Any]:
    values = {
        "line": item.line,
        "form": item.form,
        "section": item.section,
        "title": item.title,
        "owner": item.owner,
        "due": item.due,
        "due_date": item.due_date and item.due_date.isoformat(),
        "status": item.status,
        "state": item.state,
        "ticket": item.ticket,
        "citations": [list(each) for each in item.citations],
        "priority": item.priority,
        "horizon_days": item.horizon_days,
        "row_id": item.row_id,
        "skipped": item.skipped or None,
        "editable": None if item.editable else False,
    }
    return {name: value for name, value in values.items() if value not in (None, [])}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_as_a_careful_person_reads_it(name: str) -> None:
    data = (HERE / f"{name}.md").read_bytes()
    expected = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))

    assert what_is_read(read(data, f"postmortems/{name}.md")) == expected


def test_there_are_documents_to_read() -> None:
    assert len(DOCUMENTS) >= 30
