"""Nothing is opened while a ticket of an unanswered create or a lost state may exist."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmsync.domain.changes import (
    AdoptTicket,
    CreateTicket,
    Pending,
    UpdateRow,
    Withheld,
)
from pmsync.domain.model import Ticket
from pmsync.domain.ports import Listing
from pmsync.domain.state import Intent
from support.planned import NOW, TITLE, kinds, planned, ticket
from support.rows import row


def intent(minutes_ago: float, identity: str = "us") -> Intent:
    """A create without an answer."""
    started = NOW - timedelta(minutes=minutes_ago)
    return Intent("k", "a.md", "memory", "demo", identity, started, TITLE)


def listing(*tickets: Ticket, complete: bool = True) -> Listing:
    """What a look-up of marked tickets shows."""
    return Listing(tickets, complete, None, NOW)


def test_a_create_whose_answer_was_lost_is_adopted_not_repeated() -> None:
    left = ticket(marker="k")

    result, _ = planned(row(TITLE), intents=(intent(1),), marked=listing(left))

    assert kinds(result)[:2] == [AdoptTicket, UpdateRow]
    assert CreateTicket not in kinds(result)


@pytest.mark.parametrize(
    ("minutes", "marked"),
    [
        pytest.param(1, listing(), id="within the grace period"),
        pytest.param(60, listing(complete=False), id="the list is incomplete"),
        pytest.param(60, listing(ticket(marker="k", author="eve")), id="a stranger's"),
        pytest.param(60, None, id="the tracker was not read"),
    ],
)
def test_a_create_without_an_answer_waits_while_there_is_any_doubt(
    minutes: float, marked: Listing | None
) -> None:
    result, _ = planned(row(TITLE), intents=(intent(minutes),), marked=marked)

    assert kinds(result) == [Pending]


def test_a_create_that_never_happened_is_sent_again_after_the_grace_period() -> None:
    result, _ = planned(row(TITLE), intents=(intent(60),), marked=listing())

    create = result.changes[0]
    assert isinstance(create, CreateTicket)
    assert create.again
    assert create.key == "k"


def test_nothing_is_opened_while_a_lost_state_is_rebuilt() -> None:
    result, _ = planned(row(TITLE), marked=listing(), rebuild=True)

    assert kinds(result) == [Withheld]


def test_a_lost_state_finds_tickets_whose_links_were_never_written() -> None:
    left = ticket(marker="former")

    result, _ = planned(row(TITLE), marked=listing(left), rebuild=True)

    adopt = result.changes[0]
    assert isinstance(adopt, AdoptTicket)
    assert adopt.key == "former"
