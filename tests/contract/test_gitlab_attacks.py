"""Attacks on and through GitLab, by their names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmsync.domain.body import Body, plain_body
from pmsync.domain.errors import TrackerUnavailableError
from pmsync.domain.marking import marker_line
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Lookup, Markup, Patch, Refused
from pmsync_adapters.gitlab.tracker import GitLabTracker
from support.asked import draft, opened
from support.gitlab_fake import TOKEN, GitLabFake, gitlab
from support.gitlab_place import connect

COMMANDS = [
    "/close",
    "text\n/close",
    "text\n/assign @alice.w\n/confidential",
    "/CLOSE now",
    "  /close",
    "\t/close",
    "\r/close",
    "a\r\n/close\r\n",
    "\x00/close",
    "<!--\n/close\n-->",
    "<!-- /close -->",
    "```\n/close",
    "`\n/close",
    ">>>\n/close",
    "<div>\n/close",
    "\u2028/close",
    "\u200b/close",
    "/label ~bug\n/close",
    "/title Owned",
]
PIECES = [
    *("/close", "/assign @a", "x", "\n", "\r", " ", "\t", "\x00", "\x0b"),
    *("\u200b", "\u2028", "<!--", "-->", "`", "```", ">>>", "<a>", "</a>"),
]
REFERENCES = [
    *("#12", "example/other#1", "fixes #1", "!12", "$1", "~label", "%v1", "&9"),
    *("^alert#1", "https://gitlab.com/example/other/-/issues/1"),
]


@pytest.fixture
def fake() -> Iterator[GitLabFake]:
    with gitlab() as served:
        yield served


@pytest.fixture
def tracker(fake: GitLabFake) -> GitLabTracker:
    return connect(fake)


def filed(text: str) -> str:
    """Return the block that is sent for a row that says ``text`` everywhere."""
    body = Body(text, text, text, text, text, text, text, None, text, None)
    return plain_body(body.quoted(Markup.MARKDOWN))


def test_the_fake_runs_commands_as_gitlab_does(fake: GitLabFake) -> None:
    """Without this, a test that no command is run would prove nothing."""
    run = {
        "/close": ["/close"],
        "text\n/close\nmore": ["/close"],
        "<!--\n/close\n-->": ["/close"],
        "\r/close": ["/close"],
        "/assign @alice.w": ["/assign @alice.w"],
        " /close": [],
        "`/close`": [],
        "```\n/close\n```": [],
        "<div>\n/close\n</div>": [],
        ">>>\n/close\n>>>": [],
        "text /close": [],
        "/closeness": [],
    }
    for text, commands in run.items():
        fake.site.ran.clear()
        fake.site.create(fake.project, fake.me, {"title": "t", "description": text})
        assert fake.site.ran == commands, text


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.parametrize("quoted", [True, False], ids=["document", "template"])
def test_s01_no_command_in_a_ticket_is_run(
    text: str, quoted: bool, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    sent = filed(text) if quoted else text

    ticket = opened(tracker, draft(text, sent))
    again = tracker.update(Patch(ticket, {Field.TITLE: f"{text}!"}, body=f"{sent}\n."))

    assert isinstance(again, Done)
    assert fake.site.ran == []
    for _, _, body in fake.sent:
        said = (body or {}).get("description", "").replace("\r", "")
        assert not re.search(r"^\s*/\w", said, re.MULTILINE)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PIECES)).map("".join))
def test_s01_no_text_at_all_runs_a_command(
    text: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    opened(tracker, draft(body=text))

    assert fake.site.ran == []


def test_s01_line_ends_that_gitlab_takes_out_stay_line_ends(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker, draft(body="one\r\ntwo\rthree"))

    assert "\none\ntwo\nthree\n" in fake.issue(ticket.ref.key).description


def test_s01_a_note_about_a_duplicate_runs_nothing(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)

    outcome = tracker.update(Patch(ticket, duplicate_of="\n/reopen\n/assign @alice.w"))

    assert isinstance(outcome, Done)
    assert fake.site.ran == []


def test_s02_the_marker_is_one_harmless_line(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    wanted = draft("A title", "/close")

    tracker.create([wanted])

    (sent,) = [body["description"] for verb, _, body in fake.sent if verb == "POST"]
    first = sent.split("\n")[0]
    assert first == marker_line(wanted.marker)
    assert re.fullmatch(r"<!-- [a-z0-9=: -]+ -->", first)


@pytest.mark.parametrize(
    "text", ["@everyone", "@example/team", "&#64;alice", "\uff20alice", "@alice.w"]
)
def test_s03_a_mention_in_a_document_notifies_nobody(
    text: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker, draft(body=filed(f"Ask {text} about it")))

    sent = fake.issue(ticket.ref.key).description
    assert not re.search(r"(?:@|&#64;|\uff20)\w", sent)


@pytest.mark.parametrize("text", REFERENCES)
def test_s04_a_reference_in_a_document_links_and_closes_nothing(
    text: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker, draft(body=filed(f"See {text} there")))

    sent = fake.issue(ticket.ref.key).description
    assert not re.search(r"[#!$~%^][\w\"]|&\d|https?://", sent)


def test_s06_a_forged_marker_is_shown_with_its_author(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    start = tracker.marked(None).time
    mark = Marker("k1", "s8t4t3")
    text = f"{marker_line(mark)}\nPay me"
    forged = {"title": "Mine", "description": text}
    issue = fake.site.create(fake.project, fake.person, forged)

    (found,) = tracker.marked(start).tickets

    # The core adopts only what the intent's own identity has opened.
    assert (found.id, found.author) == (str(issue.id), "alice.w")
    assert found.author != tracker.identity()
    assert found.touched_by_others


def test_s06_a_second_forged_ticket_is_never_ours_to_close(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    start = tracker.marked(None).time
    ticket = opened(tracker)
    text = fake.issue(ticket.ref.key).description
    fake.site.create(fake.project, fake.person, {"title": "Mine", "description": text})

    found = {t.author: t.touched_by_others for t in tracker.marked(start).tickets}

    assert found == {"pmsync-bot": False, "alice.w": True}


def test_s07_only_the_configured_project_is_written(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    other = fake.site.project("example/other")
    other.roles = {fake.me.id: 50}
    fake.site.create(other, fake.me, {"title": "Elsewhere"})

    found = tracker.fetch([Lookup("example/other#1")])["example/other#1"]

    assert isinstance(found, Ticket)
    assert found.read_only
    before = len(fake.sent)
    outcome = tracker.update(Patch(found, {Field.STATUS: Status.DONE}))
    assert isinstance(outcome, Refused)
    assert not outcome.stale, "planning again would not help"
    assert len(fake.sent) == before


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_s21_a_token_is_in_no_error(
    status: int, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    said = json.dumps({"message": f"no such token {TOKEN}"})
    fake.fail("status", "GET", "", times=9, status=status, body=said)
    fake.fail("status", "POST", "", times=9, status=status, body=said)

    told = [repr(tracker.create([draft("A title", "Why")])), repr(tracker)]
    try:
        tracker.identity()
    except Exception as error:  # noqa: BLE001 # whatever it is
        told += [repr(error), str(error), repr(error.__cause__)]

    assert len(told) == 5
    assert TOKEN not in "".join(told)


def test_s25_an_answer_without_end_is_given_up(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    fake.issue(ticket.ref.key).description = "x" * 21_000_000

    with pytest.raises(TrackerUnavailableError, match="larger than"):
        tracker.fetch([Lookup(ticket.ref.key, ticket.id)])


def test_s25_pages_that_repeat_themselves_are_given_up_and_not_believed(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    for _ in range(100):
        fake.site.create(fake.project, fake.me, {"title": "A ticket"})
    mark = tracker.changed(None).watermark
    first = fake.answer("GET", pages(), {"authorization": f"Bearer {TOKEN}"}, None)
    before = len(fake.sent)
    fake.fail("status", "GET", "", times=9999, status=200, body=json.dumps(first.data))

    mark = f"{str(mark).partition(' ')[0]} other"
    listing = tracker.changed(mark)

    assert not listing.complete
    assert listing.watermark == mark
    assert len(fake.sent) - before < 10
    assert len(listing.tickets) == 100


def pages() -> str:
    return "/api/v4/projects/example%2Fpayments/issues?per_page=100&page=1"
