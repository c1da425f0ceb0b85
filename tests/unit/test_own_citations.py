"""An item whose title cites its ticket gets no second one, and one that only mentions a
ticket gets its own: in a table without a ticket column, with one, and after it got one.
"""

from __future__ import annotations

import pytest

from pmsync.document.reader import read
from pmsync.domain.changes import Noticed
from pmsync.domain.model import Field, Status
from support.engine import Engine

OWN = (
    "Alert early (OPS-12)|Alert early (#12)|Alert early (see #12)|Alert early #12"
    "|Alert early — OPS-12|Alert early: #12, #13|OPS-12: alert early|#12 Alert early"
    "|**#12** Alert early|Implement OPS-12|Fix #12.|Alert early, tracked in OPS-12 by Ana"
    "|Alert early (bd-a1b2)|Warn about it #12 because it is late|Warnung OPS-12 einbauen|Merge PR #12|Alert early (ticket OPS-12, by Ana)"
    "|[Alert early](https://github.com/org/repo/issues/12)"
    "|Alert early [#12](https://github.com/org/repo/issues/12) with Bo"
    "|Alert [early](https://example.atlassian.net/browse/OPS-12)"
    "|Alert early ([T12](https://tasks.example.com/T12))"
    "|[Alert early](https://tasks.example.com/T12)|https://tasks.example.com/T12"
    "|Fix [it](https://linear.app/acme/issue/ENG-12/fix)"
)
MENTIONED = (
    "Add a regression test for #12|Add a test for the bug of OPS-12"
    "|Extend PR #1055 tests with a schema|Port the #12 fix to the client|See to the OPS-12 follow-ups"
    "|[[PM-2026-035]] AI #6 を継承。拡張する|#6のmigrationを適用する|Alert as in (like #12)"
    "|Test für #12|Un test pour #12|Add a panel to [the board](https://grafana.example.com/d/1)"
    "|Look at https://example.com/foo now|Follow [the case](https://vendor.example.com/case/5)"
    "|Watch <https://status.example.com> more"
    "|Update the [runbook](https://wiki.example.com/runbooks/disk)"
)
SEED = "Alert when the disk is full"


def cited(title: str, header: str, cells: str) -> bool:
    text = f"# Outage\n\n## Action items\n\n{header}\n| {title} {cells}\n"
    (item,) = read(text.encode(), "a.md").items
    return bool(item.citations)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("| Action | Owner |\n|---|---|", "| @a |"),
        ("| Action | Owner | Ticket |\n|---|---|---|", "| @a | |"),
    ],
    ids=["without", "with column"],
)
def test_a_title_says_the_same_with_a_ticket_column_and_without(
    header: str, cells: str
) -> None:
    own = [each for each in OWN.split("|") if not cited(each, header, cells)]
    mentioned = [each for each in MENTIONED.split("|") if cited(each, header, cells)]

    assert (own, mentioned) == ([], [])


def test_a_cell_that_says_that_there_is_no_ticket_is_believed() -> None:
    header = "| Action | Owner | Ticket |\n|---|---|---|"

    assert not cited("Alert early (OPS-12)", header, "| @a | N/A |")


def test_a_column_that_is_added_takes_no_ticket_from_the_rows_that_have_one() -> None:
    engine = Engine()
    engine.write("seed.md", f"{SEED}|@a|Open|")
    engine.run()
    url = engine.ticket(SEED).ref.url
    engine.documents.files = {
        "a.md": "# Outage\n\n## Action items\n\n| Action | Owner | Status |\n|---|---|---|\n"
        f"| {SEED} ([#1]({url})) | @a | Open |\n| Alert often (OPS-12) | @b | Open |\n"
        "| Alert early | @c | Open |\n| Alert late (#1) | @c | Open |\n"
    }
    engine.run()

    assert "| Ticket |" in engine.documents.files["a.md"]
    assert len(engine.tickets) == 2
    engine.assert_at_rest()
    assert len(engine.tickets) == 2
    assert engine.ticket(SEED).fields[Field.STATUS] == Status.OPEN
    assert not [c for c in engine.run().plan.changes if isinstance(c, Noticed)]
