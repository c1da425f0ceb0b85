"""A cell that says *nothing yet* is no value: nobody is assigned, and any date fits."""

# ruff: noqa: RUF001  # words in many scripts

from __future__ import annotations

import pytest

from pmsync.document.nothing import is_nobody
from pmsync.domain.model import Field
from support.engine import Engine

NOBODY = (
    "-|—|–|N/A|n/a|none|None yet|TBD|**TBD**|@tbd|TBA|?|???|___|(none)|Unassigned"
    "|unassigned|Not assigned|To be assigned|Nobody|No owner|Needs owner|[Owner]"
    "|[name]|<owner>|{{owner}}|@owner|待定|未定|未割当|暂无|未分配|미정|미배정|A definir"
    "|Por definir|Sin asignar|Sem responsável|à définir|Non assigné|Nicht zugewiesen"
    "|offen|noch offen|Не назначен|не назначено|Не призначено|Atanmadı"
)
SOMEBODY = (
    "@alice|Alice|Data|Team|Platform team|SRE|DevOps|PO/Tech Lead|@no-reply|Noah"
    "|Nil Sanz|Nadie Pérez|Naim|田中|全体|プラットフォーム|Все|Tbilisi office"
    "|[Alice](https://example.com/alice)|[@alice](https://example.com)|TBD (platform)"
)


@pytest.mark.parametrize("written", NOBODY.split("|"))
def test_a_ticket_is_not_assigned_to_a_word_for_nobody(written: str) -> None:
    assert is_nobody(written)


@pytest.mark.parametrize("written", SOMEBODY.split("|"))
def test_an_owner_is_not_taken_for_nobody(written: str) -> None:
    assert not is_nobody(written)


def test_an_owner_who_is_found_later_is_written_over_the_word_for_nobody() -> None:
    engine = Engine()
    engine.write("a.md", "Alert early|TBD|Open|", "Alert often|@bob|Open|")
    engine.run()
    ticket = engine.ticket("Alert early")
    assert ticket.fields.get(Field.OWNER) is None

    engine.project.edit(ticket.id, {Field.OWNER: "carol"})
    engine.run()

    assert "| Alert early | @carol | Open |" in engine.documents.files["a.md"]
    engine.assert_at_rest()


@pytest.mark.parametrize("written", ["-", "TBD", "N/A", "未定", "??"])
def test_a_date_of_the_ticket_is_written_over_the_word_for_none(written: str) -> None:
    engine = Engine()
    engine.documents.files["a.md"] = (
        "# Outage\n\n## Action items\n\n| Action | Due | Status | Ticket |\n"
        f"|---|---|---|---|\n| Alert early | {written} | Open | |\n"
    )
    engine.run()

    engine.project.edit(engine.ticket("Alert early").id, {Field.DUE: "2026-12-24"})
    engine.run()

    assert "| Alert early | 2026-12-24 | Open |" in engine.documents.files["a.md"]
    engine.assert_at_rest()


def test_a_date_that_is_not_understood_is_never_written_over() -> None:
    engine = Engine()
    engine.documents.files["a.md"] = (
        "# Outage\n\n## Action items\n\n| Action | Due | Status | Ticket |\n"
        "|---|---|---|---|\n| Alert early | after the freeze | Open | |\n"
    )
    engine.run()

    engine.project.edit(engine.ticket("Alert early").id, {Field.DUE: "2026-12-24"})
    engine.run()

    assert "| Alert early | after the freeze | Open |" in engine.documents.files["a.md"]
