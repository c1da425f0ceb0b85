"""A status is written as the column writes it, and without what it says of one row."""

# ruff: noqa: RUF001  # statuses in many scripts

from __future__ import annotations

import pytest

from pmsync.document.local_words import local_words
from pmsync.document.status_cells import spellings
from pmsync.document.statuses import read_status, status_words
from pmsync.domain.model import Status


@pytest.mark.parametrize(
    ("cell", "spelled"),
    [
        ("✅ Sprint 13: 79 tests", "✅"),
        ("✅ 442 tests pushed", "✅"),
        ("✅ Merged by Ana", "✅ Merged"),
        ("✅ Done (git f4eb131)", "✅ Done"),
        ("✅ Erledigt", "✅ Erledigt"),
        ("✅", "✅"),
        ("**Done** in #12", "**Done**"),
        ("Complete", "Complete"),
    ],
)
def test_another_row_gets_the_status_and_not_the_story_of_this_one(
    cell: str, spelled: str
) -> None:
    assert spellings([cell], status_words())[Status.DONE] == spelled


@pytest.mark.parametrize(
    ("shown", "done"),
    [
        ("待开始", "已完成"),
        ("📋 待执行", "已完成"),
        ("🔴 대기", "완료"),
        ("対応中", "完了"),
        ("Pendiente", "Hecho"),
        ("Pendente", "Concluído"),
        ("☐ Offen", "Erledigt"),
        ("⏳ À faire", "Terminé"),
        ("В работе", "Готово"),
        ("Da fare", "Completato"),
        ("Te doen", "Gereed"),
        ("W toku", "Zrobione"),
    ],
)
def test_a_status_that_no_row_has_yet_is_written_in_the_language_of_the_others(
    shown: str, done: str
) -> None:
    local = local_words(["", shown])

    assert local[Status.DONE] == done
    # What is written must be understood again.
    assert {read_status(word, status_words()) for word in local.values()} == {*local}
    assert all(read_status(word, status_words()) is s for s, word in local.items())


@pytest.mark.parametrize("shown", [[], ["Open", "WIP"], ["Offen", "Pendiente"], ["❓"]])
def test_where_the_language_is_not_certain_english_is_written(shown: list[str]) -> None:
    assert local_words(shown) == {}
