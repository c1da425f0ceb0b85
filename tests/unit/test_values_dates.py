"""A date is understood or refused, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.document.date_texts import format_like
from pmsync.document.dates import read_due

INCIDENT = date(2026, 1, 10)
DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        *("2026-03-05", "2026/3/5", "Mar 5, 2026", "5 March 2026", "5. März 2026"),
        *("2026年3月5日", "2026년 3월 5일", "5 de marzo de 2026", "5 mars 2026"),
        *("by 2026-03-05", "**2026-03-05**", "~~2026-02-01~~ 2026-03-05"),
        *("2026-03-05 〜継続", "05.03.2026", "March 5th, 2026", "5 марта 2026"),
    ],
)
def test_a_date_with_one_reading_is_read(written: str) -> None:
    assert read_due(written, INCIDENT).date == DAY


@pytest.mark.parametrize("written", ["03/04/2026", "3/4/26", "10/11", "03-04-2026"])
def test_a_date_with_two_readings_is_refused(written: str) -> None:
    due = read_due(written, INCIDENT)

    assert due.date is None
    assert due.ambiguous


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("30/09", date(2026, 9, 30)),
        ("9/30", date(2026, 9, 30)),
        ("05/01", None),
        ("30.09.", date(2026, 9, 30)),
        ("05.02.", date(2026, 2, 5)),
        ("05.01.", date(2027, 1, 5)),
        ("30.09", date(2026, 9, 30)),
        ("3.4", None),
        ("26/11", None),
        ("30/31", None),
    ],
)
def test_a_day_without_a_year_is_the_next_one_if_only_one_can_be_meant(
    written: str, day: date | None
) -> None:
    assert read_due(written, INCIDENT) == (day, day is None)
    assert read_due(written, None) == (None, True)


def test_a_configured_format_settles_it() -> None:
    assert read_due("03/04/2026", None, ["%d/%m/%Y"]).date == date(2026, 4, 3)
    assert read_due("05/02", INCIDENT, ["%d/%m"]).date == date(2026, 2, 5)
    assert read_due("05/01", INCIDENT, ["%d/%m"]).date == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("13/04/2026", date(2026, 4, 13)),
        ("2026-Q3", date(2026, 9, 30)),
        ("Q2 2026", date(2026, 6, 30)),
        ("+2w", date(2026, 1, 24)),
        ("2 weeks", date(2026, 1, 24)),
        ("1 Woche", date(2026, 1, 17)),
        ("+7d", date(2026, 1, 17)),
        ("1 month", date(2026, 2, 10)),
    ],
)
def test_other_spellings(written: str, day: date) -> None:
    assert read_due(written, INCIDENT).date == day


@pytest.mark.parametrize("written", ["2026-02-30", "after the fix", "TBD", "", "EOW"])
def test_what_is_no_date_gives_none(written: str) -> None:
    assert read_due(written, INCIDENT) == (None, False)


def test_a_relative_date_without_an_incident_gives_none() -> None:
    assert read_due("2 weeks", None).date is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_written_like_another_reads_back(value: date) -> None:
    for sample in (
        "2025-01-31",
        "Oct 11, 2025",
        "11 October 2025",
        "2025年1月2日",
        "31.12.2025",
    ):
        written = format_like([sample], value)
        assert written is not None
        assert read_due(written, None).date == value


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    read_due(text, INCIDENT, ["%d/%m/%Y", "%d %b"])
