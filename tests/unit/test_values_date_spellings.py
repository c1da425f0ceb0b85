"""Dates in the manner of many authors, read with one meaning and written back alike."""

# ruff: noqa: RUF001  # dates in many scripts

from __future__ import annotations

from datetime import date

import pytest

from pmsync.document.date_texts import format_like
from pmsync.document.dates import first_date, read_due

INCIDENT = date(2025, 10, 2)
LATER = date(2026, 4, 3)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("11. Oktober 2025", date(2025, 10, 11)),
        ("1er octobre 2025", date(2025, 10, 1)),
        ("11 октября 2025", date(2025, 10, 11)),
        ("5 września 2025", date(2025, 9, 5)),
        ("Mon, 13 Oct 2025", date(2025, 10, 13)),
        ("11-Oct-2025", date(2025, 10, 11)),
        ("２０２６/０３/０５", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("13.04.26", date(2026, 4, 13)),
        ("Oct 2026", date(2026, 10, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2026年10月", date(2026, 10, 31)),
        ("end of Q3 2026", date(2026, 9, 30)),
        ("2026-05-14（議論必要）", date(2026, 5, 14)),
        ("2026-05-01 (was 2026-04-01)", date(2026, 5, 1)),
        ("2026-05-01 → 2026-05-15", date(2026, 5, 15)),
        ("2026-05-30 初回、以降 quarterly", date(2026, 5, 30)),
        ("[2026-03-05](https://example.org/1999/12/31)", date(2026, 3, 5)),
    ],
)
def test_a_date_means_the_same_in_every_spelling(written: str, day: date) -> None:
    assert read_due(written, None).date == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Oct 11", date(2025, 10, 11)),
        ("1 Oct", date(2026, 10, 1)),
        ("3月5日", date(2026, 3, 5)),
        ("29 Feb", date(2028, 2, 29)),
        ("2週間以内", date(2025, 10, 16)),
        ("1个月内", date(2025, 11, 2)),
        ("2 semanas", date(2025, 10, 16)),
        ("через 2 недели", date(2025, 10, 16)),
        ("within two weeks", date(2025, 10, 16)),
        ("48h", date(2025, 10, 4)),
        ("1 quarter", date(2026, 1, 2)),
    ],
)
def test_what_is_relative_counts_from_the_incident(written: str, day: date) -> None:
    assert read_due(written, INCIDENT).date == day
    assert read_due(written, None).date is None


def test_the_last_of_a_month_stays_within_the_month() -> None:
    assert read_due("1 month", date(2026, 1, 31)).date == date(2026, 2, 28)


@pytest.mark.parametrize(
    "written",
    [
        *("Done 2026-05-22", "完了 2026-05-22", "after 2026-05-01", "2026-05-01以降"),
        *("early Q3 2026", "mid Q3 2026", "2-3 weeks", "1 week after deploy", "EOW"),
        *("2026-02-30", "30/02/2026", "0001-01-01", "v2026.1.2", "~~2026-05-01~~"),
        *("Date", "YYYY-MM-DD", "—", "TBD", "2026", "next sprint"),
    ],
)
def test_a_day_that_is_not_meant_is_not_read(written: str) -> None:
    due = read_due(written, INCIDENT)

    assert due.date is None
    assert not due.ambiguous


@pytest.mark.parametrize(
    "written",
    ["2026-05-01 - 2026-05-15", "13/04/26", "25/11", "26/11", "2026-08-01, 2026-09-01"],
)
def test_two_days_are_shown_to_a_person(written: str) -> None:
    assert read_due(written, INCIDENT).ambiguous


@pytest.mark.parametrize(
    ("samples", "written"),
    [
        (["2026-03-05"], "2026-04-03"),
        (["2026/3/5"], "2026/4/3"),
        (["2026/12/25"], "2026/04/03"),
        (["2026年3月5日"], "2026年4月3日"),
        (["2026年03月05日"], "2026年04月03日"),
        (["25.12.2026"], "03.04.2026"),
        (["20261225"], "20260403"),
        (["October 11th, 2025"], "April 3rd, 2026"),
        (["11 octobre 2025"], "3 avril 2026"),
        (["1er octobre 2025"], "3 avril 2026"),
        (["11 de octubre de 2025"], "3 de abril de 2026"),
        (["11 октября 2025"], "3 апреля 2026"),
        (["OCT 11, 2025"], "APR 3, 2026"),
        (["—", "Oct 11, 2025"], "Apr 3, 2026"),
        (["May 5, 2026", "Oct 11, 2025"], "Apr 3, 2026"),
        (["**2026-05-01** (tentative)"], "2026-04-03"),
        (["25/12/2026"], None),
        (["2 weeks", "2026-Q3", "soon"], None),
    ],
)
def test_a_date_is_written_as_the_column_writes_dates(
    samples: list[str], written: str | None
) -> None:
    assert format_like(samples, LATER) == written


def test_the_first_day_of_a_longer_text_is_found() -> None:
    assert first_date("2026-04-14 17:00 UTC（2026-04-15 JST）") == date(2026, 4, 14)
    assert first_date("last week") is None
