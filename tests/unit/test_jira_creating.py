"""New tickets in Jira: what a project requires, and what its screens leave out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import responses

from pmsync.domain.errors import UsageError
from pmsync.domain.model import Field, Marker, Ticket
from pmsync.domain.ports import Done, Draft, Outcome, Patch, Refused
from pmsync_adapters.jira import JiraTracker
from pmsync_adapters.jira.values import one_line
from support.jira_cloud_fake import JiraCloudFake, jira_cloud
from support.jira_dc_fake import jira_data_center
from support.jira_fake import JiraFake
from support.jira_place import connect
from support.jira_site import about, choices

NUMBERS = count(1)


@pytest.fixture(params=["cloud", "data center"])
def fake(request: pytest.FixtureRequest) -> Iterator[JiraFake]:
    serve = jira_cloud if request.param == "cloud" else jira_data_center
    with serve() as served:
        yield served


@pytest.fixture
def cloud() -> Iterator[JiraCloudFake]:
    with jira_cloud() as served:
        yield served


def sent(tracker: JiraTracker, **more: Any) -> Outcome:
    wanted = {"marker": Marker(f"k{next(NUMBERS)}", "s1"), "title": "T", "body": "B"}
    (outcome,) = tracker.create([Draft(**(wanted | more))])
    return outcome


def opened(tracker: JiraTracker, **more: Any) -> Ticket:
    outcome = sent(tracker, **more)
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def refused(outcome: Outcome) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


def team(**more: Any) -> dict[str, Any]:
    allowed = choices("Reliability", "Payments", by="value")
    return about("Team", "option", allowedValues=allowed, **more)


def test_a_field_that_the_project_requires_is_named_before_anything_is_sent(
    fake: JiraFake,
) -> None:
    fake.ops.screen["customfield_10042"] = team(required=True)

    outcome = refused(sent(connect(fake)))

    assert "OPS requires Team (customfield_10042) of a new Task" in outcome.why
    assert (
        'fields = { customfield_10042 = "Reliability" } in [trackers.jira]'
        in outcome.why
    )
    assert outcome.whole_project
    assert fake.count("POST") == 0


def test_a_required_field_with_a_default_is_jiras_own_affair(fake: JiraFake) -> None:
    fake.ops.screen["customfield_10042"] = team(required=True, hasDefaultValue=True)

    opened(connect(fake))


def test_a_required_due_date_is_missing_in_that_row_alone(fake: JiraFake) -> None:
    fake.ops.screen["duedate"]["required"] = True
    tracker = connect(fake)

    outcome = refused(sent(tracker))

    assert "Due date (duedate), and the row has none" in outcome.why
    assert not outcome.whole_project
    assert opened(tracker, fields={Field.DUE: "2026-01-02"}).fields[Field.DUE]


LONG = {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea"}
SHAPES: dict[str, tuple[dict[str, Any], object, object]] = {
    "choice": (team(), "Payments", {"value": "Payments"}),
    "object": (team(), {"value": "Payments"}, {"value": "Payments"}),
    "number": (about("Points", "number"), 3, 3),
    "text": (about("Note", "string"), "a note", "a note"),
    "choices": (
        about("Teams", "array", schema={"items": "option"}),
        ["Payments"],
        [{"value": "Payments"}],
    ),
    "components": (
        about("Components", "array", schema={"items": "component"}),
        "API",
        [{"name": "API"}],
    ),
    "words": (about("Words", "array", schema={"items": "string"}), "a", ["a"]),
}


@pytest.mark.parametrize(("told", "given", "stored"), SHAPES.values(), ids=SHAPES)
def test_a_configured_value_takes_the_shape_that_jira_wants(
    told: dict[str, Any], given: object, stored: object, fake: JiraFake
) -> None:
    fake.ops.screen["customfield_1"] = told

    ticket = opened(connect(fake, fields={"customfield_1": given}))

    assert fake.issue(ticket.id).fields["customfield_1"] == stored


def test_a_long_text_field_of_cloud_gets_a_document(cloud: JiraCloudFake) -> None:
    cloud.ops.screen["customfield_1"] = about("Impact", "string", schema=LONG)

    ticket = opened(connect(cloud, fields={"customfield_1": "A lot"}))

    assert cloud.issue(ticket.id).fields["customfield_1"]["type"] == "doc"


def test_a_person_in_a_field_is_an_account(fake: JiraFake) -> None:
    fake.ops.screen["customfield_1"] = about("Approver", "user")

    ticket = opened(connect(fake, fields={"customfield_1": "someone"}))

    name = "accountId" if fake.site.cloud else "name"
    assert fake.issue(ticket.id).fields["customfield_1"] == {name: "someone"}


def test_a_configured_field_that_does_not_exist_is_named(fake: JiraFake) -> None:
    outcome = refused(sent(connect(fake, fields={"customfield_9": "x"})))

    assert "Jira has no field customfield_9: take it out of fields" in outcome.why
    assert outcome.whole_project


def test_a_field_of_a_transition_does_not_stop_a_create(fake: JiraFake) -> None:
    done = fake.ops.transitions[3]
    done.screen = {"customfield_9": about("Root cause", "string", required=True)}
    tracker = connect(fake, fields={"customfield_9": "Haste"})

    ticket = opened(tracker)

    assert "customfield_9" not in fake.issue(ticket.id).fields
    assert isinstance(tracker.update(Patch(ticket, {Field.STATUS: "done"})), Done)


def test_an_unknown_issue_type_names_the_known_ones(fake: JiraFake) -> None:
    outcome = refused(sent(connect(fake, issue_type="Incident")))

    assert "no issue type 'Incident'" in outcome.why
    assert "Epic, Sub-task, Task" in outcome.why
    assert "set issue_type in [trackers.jira]" in outcome.why
    assert outcome.whole_project


@pytest.mark.parametrize("given", ["task", " TASK", "1"])
def test_an_issue_type_is_known_by_name_in_any_case_and_by_id(
    given: str, fake: JiraFake
) -> None:
    ticket = opened(connect(fake, issue_type=given))

    assert fake.issue(ticket.id).type.name == "Task"


@pytest.mark.parametrize("gone", ["duedate", "priority", "labels", "assignee"])
def test_what_is_on_no_screen_is_left_out_and_seen_in_the_answer(
    gone: str, fake: JiraFake
) -> None:
    del fake.ops.screen[gone]
    fields = {Field.DUE: "2026-01-02", Field.PRIORITY: "1", Field.OWNER: "Alice Wonder"}
    if not fake.site.cloud:
        fields[Field.OWNER] = "alice"

    ticket = opened(connect(fake), fields=fields, labels=frozenset({"sre"}))

    missing = {name for name, value in fields.items() if ticket.fields[name] is None}
    named = {"duedate": Field.DUE, "priority": Field.PRIORITY, "assignee": Field.OWNER}
    assert missing == {named[gone]} - {None} if gone in named else missing == set()
    assert ticket.labels == (frozenset() if gone == "labels" else {"sre", "pmsync"})


def test_without_a_description_a_ticket_of_data_center_could_not_be_found_again() -> (
    None
):
    with jira_data_center() as fake:
        del fake.ops.screen["description"]

        outcome = refused(sent(connect(fake)))

    assert "takes no description" in outcome.why
    assert outcome.whole_project


def test_without_a_description_cloud_still_knows_its_tickets(
    cloud: JiraCloudFake,
) -> None:
    del cloud.ops.screen["description"]
    tracker = connect(cloud)

    ticket = opened(tracker)

    assert ticket.marker is not None
    assert [t.id for t in tracker.marked(None).tickets] == [ticket.id]


def test_data_center_before_8_4_is_asked_to_create_and_refuses_by_itself() -> None:
    with jira_data_center() as fake:
        fake.knows_createmeta = False
        fake.ops.screen["customfield_10042"] = team(required=True)
        outcome = refused(sent(connect(fake)))
        assert "Team is required" in outcome.why
        ticket = opened(
            connect(fake, fields={"customfield_10042": {"value": "Payments"}})
        )

        assert ticket.marker is not None


def test_an_account_that_may_not_create_is_told_so(cloud: JiraCloudFake) -> None:
    cloud.site.denied = {"create"}

    outcome = refused(sent(connect(cloud)))

    assert "may not create issues in OPS" in outcome.why
    assert outcome.denied
    assert outcome.whole_project


def test_labels_have_no_spaces(fake: JiraFake) -> None:
    ticket = opened(connect(fake), labels=frozenset({"post mortem", "sre"}))

    assert ticket.labels == {"post-mortem", "sre", "pmsync"}


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        (("Highest", "High", "Medium"), "High"),
        (("Blocker", "Critical", "Major", "Minor", "Trivial"), "Critical"),
        (("P0", "P1", "P2"), "P1"),
    ],
)
def test_a_priority_has_the_name_that_the_project_uses(
    scheme: tuple[str, ...], name: str, fake: JiraFake
) -> None:
    fake.ops.screen["priority"]["allowedValues"] = choices(*scheme)
    fake.ops.screen["priority"]["hasDefaultValue"] = False
    fake.ops.screen["labels"]["required"] = False

    ticket = opened(connect(fake), fields={Field.PRIORITY: "1"})

    assert fake.issue(ticket.id).fields["priority"] == name
    assert ticket.fields[Field.PRIORITY] == "1"


def test_a_priority_that_the_scheme_does_not_know_is_left_out(fake: JiraFake) -> None:
    fake.ops.screen["priority"]["allowedValues"] = choices("Now", "Later")
    tracker = connect(fake)
    fake.site.projects[0].screen["priority"]["required"] = False

    ticket = opened(tracker, fields={Field.PRIORITY: "1"})

    assert fake.count("POST", r"/issue(/bulk)?$") == 1
    assert ticket.fields[Field.PRIORITY] != "1"


@pytest.mark.parametrize(
    ("type_", "parent", "field"),
    [("Sub-task", "Task", True), ("Task", "Epic", True), ("Task", "Task", False)],
)
def test_a_parent_is_one_by_its_type_or_else_by_a_link(
    type_: str, parent: str, field: bool, fake: JiraFake
) -> None:
    if not fake.site.cloud and parent == "Epic":
        field = False  # an epic is a custom field there
    above = opened(connect(fake, issue_type=parent))

    child = opened(connect(fake, issue_type=type_), parent=above.ref.key)

    assert child.parent == above.ref.key
    issue = fake.issue(child.id)
    assert ("parent" in issue.fields) is field
    assert bool(issue.links) is not field


def test_a_parent_that_is_not_there_is_named(fake: JiraFake) -> None:
    outcome = refused(sent(connect(fake), parent="OPS-99"))

    assert "the parent OPS-99 is not there" in outcome.why
    assert not outcome.whole_project


def test_a_link_that_is_refused_leaves_a_ticket_without_parent(fake: JiraFake) -> None:
    tracker = connect(fake)
    above = opened(tracker)
    fake.site.denied = {"link"}

    child = opened(tracker, parent=above.ref.key)

    assert child.parent is None


def test_a_project_with_many_types_is_read_to_the_end(fake: JiraFake) -> None:
    for number in range(30):
        name = f"customfield_{number}"
        fake.ops.screen[name] = about(f"Number {number}", "string")
    fake.ops.screen["customfield_29"]["required"] = True

    assert "customfield_29" in refused(sent(connect(fake))).why


@pytest.mark.parametrize("text", ["🔥" * 300, "x" * 300, "ab " * 200, "🔥 " * 100])
def test_a_long_title_is_cut_where_jira_counts(text: str, fake: JiraFake) -> None:
    """Jira counts units of UTF-16: two for an emoji."""
    ticket = opened(connect(fake), title=text)

    title = ticket.fields[Field.TITLE]
    assert title == one_line(text)
    assert text.startswith(str(title))
    assert 253 <= len(str(title).encode("utf-16-le")) // 2 <= 255


class TestOwners:
    @pytest.mark.parametrize(
        "name", ["Alice Wonder", "alice wonder", "@Alice Wonder", "alice@example.com"]
    )
    def test_a_person_is_found_by_name_and_e_mail(
        self, name: str, fake: JiraFake
    ) -> None:
        written = "Alice Wonder" if fake.site.cloud else "alice"

        assert connect(fake).users([name]) == {name: written}

    def test_data_center_knows_user_names_and_handles(self) -> None:
        with jira_data_center() as fake:
            assert connect(fake).users(["@alice"]) == {"@alice": "alice"}

    def test_an_account_id_is_a_name_on_cloud(self, cloud: JiraCloudFake) -> None:
        account = cloud.person.account

        assert connect(cloud).users([account]) == {account: "Alice Wonder"}

    @pytest.mark.parametrize("name", ["Alic", "ali", "nobody", "a b c", "", "@"])
    def test_nobody_is_guessed(self, name: str, fake: JiraFake) -> None:
        assert connect(fake).users([name]) == {}

    def test_two_of_a_name_are_nobody(self, fake: JiraFake) -> None:
        fake.site.user("alice2", "Alice Wonder", "alice2@example.com")

        assert connect(fake).users(["Alice Wonder"]) == {}

    def test_who_left_is_nobody(self, fake: JiraFake) -> None:
        fake.person.active = False

        assert connect(fake).users(["Alice Wonder"]) == {}

    def test_a_hidden_e_mail_that_finds_one_person_is_theirs(
        self, cloud: JiraCloudFake
    ) -> None:
        cloud.person.hides_email = True

        found = connect(cloud).users(["alice@example.com"])

        assert found == {"alice@example.com": "Alice Wonder"}

    def test_each_name_is_asked_for_once(self, fake: JiraFake) -> None:
        tracker = connect(fake)

        for _ in range(3):
            tracker.users(["Alice Wonder", "nobody"])

        assert fake.count("GET", "assignable") == 2

    def test_an_account_is_written_as_the_configuration_does(
        self, fake: JiraFake
    ) -> None:
        owners = frozenset({"alice@example.com"})
        tracker = connect(fake, owners=owners)

        ticket = opened(tracker, fields={Field.OWNER: "alice@example.com"})

        assert ticket.fields[Field.OWNER] == "alice@example.com"
        again = connect(fake, owners=owners).marked(None).tickets[0]
        assert again.fields[Field.OWNER] == "alice@example.com"

    def test_an_owner_who_is_nobody_leaves_the_ticket_as_it_is(
        self, fake: JiraFake
    ) -> None:
        tracker = connect(fake)
        ticket = opened(tracker)

        outcome = tracker.update(Patch(ticket, {Field.OWNER: "Nobody At All"}))

        assert outcome == Done(ticket)
        assert fake.count("PUT") == 0


@pytest.mark.parametrize("missing", ["url", "project"])
def test_a_jira_without_an_address_or_a_project_is_refused(
    missing: str, cloud: JiraCloudFake
) -> None:
    with pytest.raises(UsageError, match="Jira"):
        connect(cloud, **{missing: None})


def test_requests_go_through_the_gateway_and_links_to_the_site() -> None:
    """Tokens with scopes are only good for api.atlassian.com."""
    base = "https://api.atlassian.com/ex/jira/1f2e"
    with jira_cloud() as fake:
        ticket = opened(connect(fake))
        issue = fake.issue_json(
            fake.issue(ticket.id), {"fields": "*all", "expand": "changelog"}
        )
        told = {
            "rest/api/3/myself": fake.person_json(fake.me),
            "rest/api/3/serverInfo": {"baseUrl": "https://example.atlassian.net"},
            "rest/api/3/search/jql": {"issues": [issue]},
        }
        tracker = connect(fake, url=base)
    with responses.RequestsMock() as gateway:
        for path, answer in told.items():
            gateway.add(responses.GET, f"{base}/{path}", json=answer)

        (found,) = tracker.changed(None).tickets

    assert found.ref.url == "https://example.atlassian.net/browse/OPS-1"
