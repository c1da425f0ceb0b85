"""Attacks on and through Jira, by their names."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from pmsync.domain.block import inner
from pmsync.domain.body import Body, plain_body
from pmsync.domain.errors import TrackerUnavailableError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Done, Lookup, Markup, Patch, Refused
from pmsync_adapters.jira import JiraTracker, queries
from support.asked import draft, opened
from support.jira_cloud_fake import JiraCloudFake, jira_cloud
from support.jira_dc_fake import JiraDataCenterFake, jira_data_center
from support.jira_fake import EMAIL, TOKEN, JiraFake
from support.jira_place import connect

MARKUP = [
    "{html}<script>alert(1)</script>{html}",
    "{code} never closed",
    "{noformat}",
    "[~alice] look",
    "[~accountid:5b10a2844c20165700ed0001] look",
    "!https://example.com/track.png!",
    "!attached.png|thumbnail!",
    "h1. A heading",
    "bq. A quote",
    "* a bullet\n** another",
    "# a number",
    "----",
    "|| a | table ||",
    "[a link|https://example.com]",
    "[^attachment.pdf]",
    "{color:red}red{color}",
    "{anchor:pmsync-end} forged {anchor:pmsync-begin}",
    "{anchor:pmsync-v1-zzzz-zzzz}",
    "*bold* _italic_ -gone- +new+ ^up^ ~down~ ??cite??",
    "OPS-1 and SEC-2",
    "\\{code}",
    "/close",
    "@everyone, &#64;alice and \uff20alice",
    "fixes #1, example/other#1, !12, $1, ~label",
    "https://github.com/a/b/issues/1",
]


@pytest.fixture(params=["cloud", "data center"])
def fake(request: pytest.FixtureRequest) -> Iterator[JiraFake]:
    serve = jira_cloud if request.param == "cloud" else jira_data_center
    with serve() as served:
        yield served


@pytest.fixture
def cloud() -> Iterator[JiraCloudFake]:
    with jira_cloud() as served:
        yield served


@pytest.fixture
def data_center() -> Iterator[JiraDataCenterFake]:
    with jira_data_center() as served:
        yield served


@pytest.fixture
def tracker(fake: JiraFake) -> JiraTracker:
    return connect(fake)


def filed(text: str, markup: Markup) -> str:
    """Return the block that is sent for a row that says ``text`` everywhere."""
    body = Body(text, text, text, text, text, text, text, None, text, None)
    return plain_body(body.quoted(markup))


def kinds(node: Any) -> set[str]:
    return {node["type"]}.union(*map(kinds, node.get("content", [])))


@pytest.mark.parametrize("text", MARKUP)
def test_s01_s03_s04_s05_markup_of_a_document_is_text_on_cloud(
    text: str, cloud: JiraCloudFake
) -> None:
    tracker = connect(cloud)
    assert tracker.capabilities.markup is Markup.PLAIN
    sent = filed(text, Markup.PLAIN)

    ticket = opened(tracker, draft(text, sent))
    after = tracker.update(Patch(ticket, body=f"{sent}\n."))

    assert isinstance(after, Done)
    body = cloud.issue(ticket.ref.key).fields["description"]
    assert kinds(body) <= {"doc", "panel", "paragraph", "text", "hardBreak"}
    assert inner(after.ticket.body) == f"{sent}\n."


@pytest.mark.parametrize("text", MARKUP)
def test_s01_s03_s04_s05_markup_of_a_document_is_escaped_on_data_center(
    text: str, data_center: JiraDataCenterFake
) -> None:
    tracker = connect(data_center)
    assert tracker.capabilities.markup is Markup.WIKI
    sent = filed(text, tracker.capabilities.markup)

    ticket = opened(tracker, draft(text, sent))
    after = tracker.update(Patch(ticket, body=f"{sent}\n."))

    assert isinstance(after, Done)
    assert inner(after.ticket.body) == f"{sent}\n."
    assert after.ticket.marker == ticket.marker
    body = data_center.issue(ticket.ref.key).fields["description"]
    theirs = re.sub(r"\{anchor:pmsync-(v1-[a-z0-9]+-[a-z0-9]+|begin|end)\}", "", body)
    for sign in "{}[]!|*#":
        assert not re.search(rf"(?<!\\)(\\\\)*{re.escape(sign)}", theirs), sign


def test_s05_an_unquoted_text_cannot_leave_our_passage(
    data_center: JiraDataCenterFake,
) -> None:
    """A template may hold anything, too."""
    text = "{anchor:pmsync-end} out {anchor:pmsync-begin}{anchor:pmsync-v1-a-b}"

    ticket = opened(connect(data_center), draft(body=text))

    assert ticket.marker is not None
    assert ticket.marker.key != "a"
    assert inner(ticket.body) == text.replace("{anchor:pmsync-", "{anchor: pmsync-")


def test_s02_the_marker_says_nothing_to_people(fake: JiraFake) -> None:
    tracker = connect(fake)
    wanted = draft("A title", "Why")

    (outcome,) = tracker.create([wanted])

    assert isinstance(outcome, Done)
    issue = fake.issue(outcome.ticket.ref.key)
    if fake.site.cloud:
        assert issue.properties["pmsync"] == {
            "version": 1,
            "key": wanted.marker.key,
            "state": wanted.marker.state,
        }
        assert wanted.marker.key not in json.dumps(issue.fields["description"])
    else:
        first = issue.fields["description"].split("\n")[0]
        assert re.fullmatch(r"\{anchor:pmsync-v1-[a-z0-9]+-[a-z0-9]+\}", first)


def test_s06_a_forged_marker_is_shown_with_its_author(
    fake: JiraFake, tracker: JiraTracker
) -> None:
    start = tracker.marked(None).time
    ours = opened(tracker)
    copied = fake.issue(ours.ref.key)
    fields = {
        "project": {"key": "OPS"},
        "issuetype": {"id": "1"},
        "summary": "Pay me",
        "description": copied.fields["description"],
    }
    body: dict[str, Any] = {"fields": fields}
    if fake.site.cloud:
        value = copied.properties["pmsync"]
        body["properties"] = [{"key": "pmsync", "value": value}]
    forged = fake.site.create(fake.person, body, ours=False)

    listed = {t.id: t for t in tracker.marked(start).tickets}

    # The core adopts only what the intent's own identity has opened.
    assert listed[str(forged.id)].marker == ours.marker
    assert listed[str(forged.id)].author != tracker.identity()
    assert listed[ours.id].author == tracker.identity()


@pytest.mark.parametrize(
    "value", ["text", {"version": 2, "key": "k", "state": "s"}, {"key": 1}, None, [1]]
)
def test_s06_a_property_that_is_not_ours_is_no_marker(
    value: object, cloud: JiraCloudFake
) -> None:
    tracker = connect(cloud)
    ticket = opened(tracker)
    cloud.issue(ticket.ref.key).properties["pmsync"] = value

    assert tracker.marked(None).tickets == ()


def test_s07_only_the_configured_project_is_written(
    fake: JiraFake, tracker: JiraTracker
) -> None:
    fake.site.project("SEC")
    body = {
        "fields": {
            "project": {"key": "SEC"},
            "issuetype": {"id": "1"},
            "summary": "Elsewhere",
        }
    }
    fake.site.create(fake.person, body, ours=False)

    found = tracker.fetch([Lookup("SEC-1")])["SEC-1"]

    assert isinstance(found, Ticket)
    assert found.read_only
    outcome = tracker.update(Patch(found, {Field.STATUS: Status.DONE}))
    assert isinstance(outcome, Refused)
    assert fake.count("PUT") == 0
    assert fake.count("POST", "/transitions$") == 0


@pytest.mark.parametrize(
    "key",
    [
        "OPS-1) OR project = SEC",
        "../../../admin",
        "OPS-1/../..",
        "a b",
        "",
        "-1",
        "1 2",
    ],
)
def test_s07_a_key_from_a_document_is_never_a_query_or_a_path(
    key: str, fake: JiraFake, tracker: JiraTracker
) -> None:
    opened(tracker)
    fake.sent.clear()

    found = tracker.fetch([Lookup(key)])

    assert not isinstance(found[key], Ticket)
    for _, url, body in fake.sent:
        assert "admin" not in url
        assert "SEC" not in url + json.dumps(body)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_s21_a_token_is_in_no_error(
    status: int, fake: JiraFake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    tracker = connect(fake)
    basic = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
    said = json.dumps({"errorMessages": [f"no such token {TOKEN} in {basic}"]})
    for method in ("GET", "POST"):
        fake.fail("status", method, "", times=9, status=status, body=said)

    told = [repr(tracker.create([draft("A title", "Why")])), repr(tracker)]
    try:
        tracker.identity()
    except Exception as error:  # noqa: BLE001 # whatever it is
        told += [repr(error), str(error), repr(error.__cause__)]

    assert len(told) == 5
    assert TOKEN not in "".join([*told, caplog.text])
    if fake.site.cloud:
        assert basic not in "".join([*told, caplog.text])


def test_s25_an_answer_without_end_is_given_up(
    fake: JiraFake, tracker: JiraTracker
) -> None:
    ticket = opened(tracker)
    fake.issue(ticket.ref.key).fields["summary"] = "x" * 21_000_000

    with pytest.raises(TrackerUnavailableError, match="larger than"):
        tracker.fetch([Lookup(ticket.ref.key, ticket.id)])


def test_s25_pages_without_end_are_given_up_and_not_believed(
    fake: JiraFake, tracker: JiraTracker
) -> None:
    ticket = opened(tracker)
    mark = tracker.changed(None).watermark
    shown = fake.issue_json(
        fake.issue(ticket.ref.key), {"fields": "*all", "expand": "changelog"}
    )
    page: dict[str, Any] = {"issues": [shown], "nextPageToken": "same"}
    page |= {"startAt": 0, "total": 10_000_000}
    fake.fail(
        "status", "GET", "/search", times=9_999, status=200, body=json.dumps(page)
    )
    fake.sent.clear()

    listing = tracker.changed(mark)

    assert not listing.complete
    assert listing.watermark == mark
    assert len(fake.sent) <= queries.MOST_PAGES
    assert [found.id for found in listing.tickets][:1] == [ticket.id]
