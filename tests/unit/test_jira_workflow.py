"""Statuses of Jira: what they mean, and the ways that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import pytest

from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch, Refused, Unknown
from pmsync_adapters.jira import JiraTracker
from pmsync_adapters.jira.statuses import Shown, StatusNames
from support.jira_cloud_fake import JiraCloudFake, jira_cloud
from support.jira_place import connect
from support.jira_site import (
    DOING,
    DONE,
    TODO,
    Issue,
    State,
    Transition,
    about,
    choices,
    resolution_screen,
)

NUMBERS = count(1)
REVIEW = State("20001", "In Review", "indeterminate")
BACKLOG = State("20002", "Backlog", "new")
CLOSED = State("20003", "Closed", "done")
REJECTED = State("20004", "Rejected", "done")
PARKED = State("20005", "Parked", "indeterminate")


@pytest.fixture
def fake() -> Iterator[JiraCloudFake]:
    with jira_cloud() as served:
        yield served


def flow(fake: JiraCloudFake, *steps: tuple[State, State], **screens: Any) -> None:
    """Give the project a workflow of these steps, from one status to another."""
    fake.ops.initial = steps[0][0]
    fake.ops.transitions = [
        Transition(
            str(n), to, {origin.name}, screens.get(to.name.replace(" ", "_"), {})
        )
        for n, (origin, to) in enumerate(steps, 1)
    ]


def opened(tracker: JiraTracker, **fields: str) -> Ticket:
    given = {Field(name): value for name, value in fields.items()}
    marker = Marker(f"k{next(NUMBERS)}", "s1")
    (outcome,) = tracker.create([Draft(marker, "A title", "Why", given)])
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def moved(tracker: JiraTracker, ticket: Ticket, status: Status) -> Ticket:
    outcome = tracker.update(Patch(ticket, {Field.STATUS: status}))
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def path(issue: Issue) -> list[str]:
    """The statuses that a ticket went through."""
    return [
        item["toString"]
        for entry in issue.histories
        for item in entry["items"]
        if item["field"] == "status"
    ]


@pytest.mark.parametrize(
    ("name", "category", "resolution", "status"),
    [
        ("To Do", "new", None, Status.OPEN),
        ("Selected for Development", "new", None, Status.OPEN),
        ("In Progress", "indeterminate", None, Status.IN_PROGRESS),
        ("Blocked", "indeterminate", None, Status.IN_PROGRESS),
        ("Erledigt", "done", "Fertig", Status.DONE),
        ("Done", "done", None, Status.DONE),
        ("Done", "done", "Won't Do", Status.WONT_DO),
        ("Done", "done", "won\u2019t  fix", Status.WONT_DO),
        ("Rejected", "done", None, Status.WONT_DO),
        ("Canceled", "done", "Done", Status.WONT_DO),
        ("To Do", "new", "Won't Do", Status.OPEN),
        ("Strange", "undefined", None, Status.OPEN),
    ],
)
def test_a_status_means_what_its_category_and_resolution_say(
    name: str, category: str, resolution: str | None, status: Status
) -> None:
    assert StatusNames({}).meaning(Shown(name, category, resolution)) is status


def test_configured_names_count_before_categories() -> None:
    names = StatusNames(
        {
            Status.BLOCKED: "On  hold",
            Status.IN_PROGRESS: "Doing",
            Status.DONE: "Shipped",
            Status.WONT_DO: "Abgelehnt",
        }
    )

    assert names.meaning(Shown("on hold", "new")) is Status.BLOCKED
    assert names.meaning(Shown("Doing", "new")) is Status.IN_PROGRESS
    assert names.meaning(Shown("Shipped", "indeterminate")) is Status.DONE
    assert names.meaning(Shown("Abgelehnt", "done")) is Status.WONT_DO
    assert names.meaning(Shown("Done", "done", "Abgelehnt")) is Status.WONT_DO
    assert names.meaning(Shown("Shipped", "done", "Duplicate")) is Status.WONT_DO


def test_blocked_is_held_only_where_it_has_a_name(fake: JiraCloudFake) -> None:
    assert Status.BLOCKED not in connect(fake, statuses={}).capabilities.statuses
    named = connect(fake, statuses={Status.BLOCKED: "Parked"})
    assert Status.BLOCKED in named.capabilities.statuses


def test_a_ticket_is_finished_through_every_step_of_its_workflow(
    fake: JiraCloudFake,
) -> None:
    flow(fake, (TODO, DOING), (DOING, REVIEW), (REVIEW, DONE), (DONE, TODO))
    tracker = connect(fake)
    ticket = opened(tracker)

    done = moved(tracker, ticket, Status.DONE)
    assert path(fake.issue(ticket.id)) == ["In Progress", "In Review", "Done"]
    again = moved(tracker, done, Status.OPEN)

    assert again.fields[Field.STATUS] == Status.OPEN
    assert again.closed_by is None


def test_what_one_ticket_showed_saves_the_next_a_detour(fake: JiraCloudFake) -> None:
    flow(
        fake,
        (TODO, DOING),
        (TODO, PARKED),
        (DOING, REVIEW),
        (REVIEW, PARKED),
        (PARKED, DONE),
    )
    tracker = connect(fake)
    first, second = opened(tracker), opened(tracker)
    moved(tracker, first, Status.DONE)

    moved(tracker, second, Status.DONE)

    assert path(fake.issue(first.id)) == [
        "In Progress",
        "In Review",
        "Parked",
        "Done",
    ]
    assert path(fake.issue(second.id)) == ["Parked", "Done"]


def test_no_ticket_is_finished_on_the_way_to_another_status(
    fake: JiraCloudFake,
) -> None:
    flow(fake, (TODO, DONE), (DONE, DOING))
    tracker = connect(fake)
    ticket = opened(tracker)

    outcome = tracker.update(Patch(ticket, {Field.STATUS: Status.IN_PROGRESS}))

    assert isinstance(outcome, Refused)
    assert path(fake.issue(ticket.id)) == []


def test_a_status_out_of_reach_names_those_in_reach(fake: JiraCloudFake) -> None:
    flow(fake, (TODO, CLOSED), (CLOSED, TODO))
    tracker = connect(fake)
    ticket = opened(tracker)

    outcome = tracker.update(Patch(ticket, {Field.STATUS: Status.WONT_DO}))

    assert isinstance(outcome, Refused)
    assert 'from "To Do" to wont_do, only to "Closed"' in outcome.why
    assert 'statuses = { wont_do = "…" }' in outcome.why
    assert not outcome.whole_project
    assert path(fake.issue(ticket.id)) == []


def test_a_walk_that_ends_nowhere_tells_where_the_ticket_stands(
    fake: JiraCloudFake,
) -> None:
    """The base must hold what Jira shows: else our steps look like a person's."""
    flow(fake, (TODO, DOING), (DOING, REVIEW), (REVIEW, DOING))
    tracker = connect(fake)
    ticket = opened(tracker)

    after = moved(tracker, ticket, Status.DONE)

    assert after.fields[Field.STATUS] == Status.IN_PROGRESS
    assert path(fake.issue(ticket.id)) == ["In Progress", "In Review"]
    again = tracker.update(Patch(after, {Field.STATUS: Status.DONE}))
    assert isinstance(again, Refused), "and it does not walk in circles"


def test_a_workflow_without_end_is_left_after_a_few_steps(fake: JiraCloudFake) -> None:
    chain = [State(str(n), f"Stage {n}", "indeterminate") for n in range(20)]
    flow(fake, *pairwise(chain))
    tracker = connect(fake)
    ticket = opened(tracker)

    moved(tracker, ticket, Status.DONE)

    assert len(path(fake.issue(ticket.id))) == 5


@pytest.mark.parametrize(
    ("status", "state", "resolution"),
    [
        (Status.DONE, "Done", "Done"),
        (Status.WONT_DO, "Done", "Won't Do"),
    ],
)
def test_a_required_resolution_is_filled_in(
    status: Status, state: str, resolution: str, fake: JiraCloudFake
) -> None:
    screen = resolution_screen("Won't Do", "Duplicate", "Done", required=True)
    flow(fake, (TODO, DONE), Done=screen)
    tracker = connect(fake)
    ticket = opened(tracker)

    after = moved(tracker, ticket, status)

    issue = fake.issue(ticket.id)
    assert (issue.state.name, issue.resolution) == (state, resolution)
    assert after.fields[Field.STATUS] == status


def test_a_ticket_that_is_done_is_not_closed_as_something_else(
    fake: JiraCloudFake,
) -> None:
    screen = resolution_screen("Won't Do", "Duplicate", required=True)
    flow(fake, (TODO, DONE), Done=screen)
    tracker = connect(fake)
    ticket = opened(tracker)

    outcome = tracker.update(Patch(ticket, {Field.STATUS: Status.DONE}))

    assert isinstance(outcome, Refused)
    assert path(fake.issue(ticket.id)) == []


def test_a_status_with_the_right_name_needs_no_resolution(fake: JiraCloudFake) -> None:
    flow(fake, (TODO, DONE), (TODO, REJECTED))
    tracker = connect(fake)

    moved(tracker, dropped := opened(tracker), Status.WONT_DO)
    moved(tracker, done := opened(tracker), Status.DONE)

    assert path(fake.issue(dropped.id)) == ["Rejected"]
    assert path(fake.issue(done.id)) == ["Done"]


def test_configured_names_choose_among_statuses(fake: JiraCloudFake) -> None:
    flow(fake, (TODO, DOING), (TODO, REVIEW), (REVIEW, BACKLOG), (REVIEW, TODO))
    names = {Status.IN_PROGRESS: "In Review", Status.OPEN: "Backlog"}
    tracker = connect(fake, statuses=names)
    ticket = opened(tracker)

    ticket = moved(tracker, ticket, Status.IN_PROGRESS)
    moved(tracker, ticket, Status.OPEN)

    assert path(fake.issue(ticket.id)) == ["In Review", "Backlog"]


def test_a_screen_gets_what_is_configured_and_what_the_ticket_has(
    fake: JiraCloudFake,
) -> None:
    screen = {
        "assignee": about("Assignee", "user", required=True),
        "customfield_1": about(
            "Root cause",
            "option",
            required=True,
            allowedValues=choices("Human", "Machine", by="value"),
        ),
        "customfield_2": about(
            "Only one", "option", required=True, allowedValues=choices("X", by="value")
        ),
    }
    flow(fake, (TODO, DONE), Done=screen)
    tracker = connect(fake)
    ticket = opened(tracker, owner="Alice Wonder")

    refused = tracker.update(Patch(ticket, {Field.STATUS: Status.DONE}))
    assert isinstance(refused, Refused)
    assert '"Done" wants Root cause (customfield_1)' in refused.why

    fake.ops.screen["customfield_1"] = screen["customfield_1"] | {"required": False}
    tracker = connect(fake, fields={"customfield_1": "Machine"})
    moved(tracker, ticket, Status.DONE)

    (sent,) = [b for m, p, b in fake.sent if m == "POST" and "transitions" in p]
    assert sent["fields"]["assignee"] == {"accountId": fake.person.account}
    assert sent["fields"]["customfield_1"] == {"value": "Machine"}
    assert sent["fields"]["customfield_2"] == {"id": "1"}


def test_a_duplicate_is_closed_even_where_nothing_says_wont_do(
    fake: JiraCloudFake,
) -> None:
    flow(fake, (TODO, DONE))
    tracker = connect(fake)
    survivor, spare = opened(tracker), opened(tracker)

    outcome = tracker.update(Patch(spare, duplicate_of=survivor.ref.key))

    assert isinstance(outcome, Done)
    assert outcome.ticket.fields[Field.STATUS] == Status.DONE
    assert len(fake.issue(spare.id).comments) == 1


def test_a_draft_with_a_status_is_brought_there(fake: JiraCloudFake) -> None:
    ticket = opened(connect(fake), status=Status.IN_PROGRESS)

    assert ticket.fields[Field.STATUS] == Status.IN_PROGRESS
    assert not ticket.touched_by_others


def test_a_draft_whose_status_is_out_of_reach_is_opened_all_the_same(
    fake: JiraCloudFake,
) -> None:
    flow(fake, (TODO, DONE))

    ticket = opened(connect(fake), status=Status.IN_PROGRESS)

    assert ticket.fields[Field.STATUS] == Status.OPEN


def test_a_ticket_is_edited_before_it_is_closed_and_after_it_is_reopened(
    fake: JiraCloudFake,
) -> None:
    """Workflows may lock a closed ticket (``jira.issue.editable``)."""
    tracker = connect(fake)
    ticket = opened(tracker)
    fake.sent.clear()

    change = {Field.TITLE: "Closed", Field.STATUS: Status.DONE}
    closed = tracker.update(Patch(ticket, change))
    assert isinstance(closed, Done)
    change = {Field.TITLE: "Open", Field.STATUS: Status.OPEN}
    tracker.update(Patch(closed.ticket, change))

    sent = [m for m, p, _ in fake.sent if m == "PUT" or (m == "POST" and "trans" in p)]
    assert sent == ["PUT", "POST", "POST", "PUT"]


def test_what_was_carried_out_of_a_change_is_told_when_the_rest_is_refused(
    fake: JiraCloudFake,
) -> None:
    tracker = connect(fake)
    ticket = opened(tracker)
    said = '{"errorMessages": ["a validator says no"], "errors": {}}'
    fake.fail("status", "POST", "/transitions$", status=400, body=said)
    change = {Field.TITLE: "New", Field.STATUS: Status.DONE}

    outcome = tracker.update(Patch(ticket, change))

    assert isinstance(outcome, Done)
    assert outcome.ticket.fields[Field.TITLE] == "New"
    assert outcome.ticket.fields[Field.STATUS] == Status.OPEN


def test_a_lost_answer_in_the_middle_of_a_walk_is_not_known(
    fake: JiraCloudFake,
) -> None:
    flow(fake, (TODO, DOING), (DOING, DONE))
    tracker = connect(fake)
    ticket = opened(tracker)
    fake.fail("lost", "POST", "/transitions$")

    outcome = tracker.update(Patch(ticket, {Field.STATUS: Status.DONE}))

    assert isinstance(outcome, Unknown)
    found = tracker.fetch([Lookup(ticket.ref.key, ticket.id)])[ticket.ref.key]
    assert isinstance(found, Ticket)
    moved(tracker, found, Status.DONE)
    assert path(fake.issue(ticket.id)) == ["In Progress", "Done"]
