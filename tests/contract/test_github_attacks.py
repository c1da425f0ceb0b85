"""Attacks on and through GitHub, by their names."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest

from pmsync.domain.body import Body, plain_body
from pmsync.domain.errors import TrackerError, TrackerUnavailableError
from pmsync.domain.marking import marker_line
from pmsync.domain.model import Field, Marker, Ticket
from pmsync.domain.ports import Done, Lookup, Markup, Patch, Refused
from pmsync.domain.settings import App
from pmsync_adapters.github.tracker import GitHubTracker
from support.asked import draft, opened
from support.github_fake import GitHubFake, github
from support.github_place import connect
from support.github_rest import rendered
from support.tls import new_key, pem_of

LOGGERS = ("", "github", "github.Requester", "urllib3", "requests")
MENTIONS = [
    "@everyone",
    "@org/team",
    "&#64;alice",
    "&commat;alice",
    "\uff20alice",
    "(@a)",
]
REFERENCES = [
    *("#12", "example/other#1", "fixes #1", "GH-3", "https://github.com/a/b/issues/1"),
    *("&#35;12", "www.example.com", "closes GH-3", "[x](https://example.com)"),
]


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


@pytest.fixture
def tracker(fake: GitHubFake) -> GitHubTracker:
    return connect(fake)


def filed(text: str) -> str:
    """Return the block that is sent for a row that says ``text`` everywhere."""
    body = Body(text, text, text, text, text, text, text, None, text, None)
    return plain_body(body.quoted(Markup.MARKDOWN))


@pytest.mark.parametrize("text", MENTIONS[:5] + REFERENCES)
def test_the_fake_notifies_and_links_as_github_does(
    text: str, fake: GitHubFake
) -> None:
    """Without this, a test that nothing is linked would prove nothing."""
    given = {"title": "t", "body": f"see {text} now"}
    if text == "\uff20alice":
        given["body"] = "see @alice now"  # what some clients make of it

    fake.site.create(fake.repository, fake.me, given)

    assert len(fake.site.acted) == 1


@pytest.mark.parametrize("text", MENTIONS)
def test_s03_nobody_is_mentioned(
    text: str, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker, draft(text, filed(text)))
    again = tracker.update(Patch(ticket, {Field.TITLE: f"{text}!"}, filed(f"{text}.")))

    assert isinstance(again, Done)
    assert fake.site.acted == []


@pytest.mark.parametrize("text", REFERENCES)
def test_s04_nothing_is_referred_to_or_closed(
    text: str, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    opened(tracker, draft(text, filed(text)))

    assert fake.site.acted == []


def test_s02_the_marker_is_one_harmless_line(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    wanted = draft()

    tracker.create([wanted])

    (sent,) = [body["body"] for verb, _, body in fake.sent if "body" in (body or {})]
    first = sent.split("\n")[0]
    assert first == marker_line(wanted.marker)
    assert re.fullmatch(r"<!-- pmsync:v1 [a-z0-9=: -]+-->", first)


def test_s06_a_marker_that_somebody_else_wrote_is_not_in_the_list(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ours = draft()
    tracker.create([ours])
    given = {"title": "Mine", "body": marker_line(ours.marker)}
    theirs = fake.site.create(fake.repository, fake.person, given)

    assert [t.author for t in tracker.marked(None).tickets] == [fake.me.login]
    key = f"{fake.repository.name}#{theirs.number}"
    seen = tracker.fetch([Lookup(key)])[key]
    assert isinstance(seen, Ticket)
    assert (seen.author, seen.touched_by_others) == ("alice", True)


def test_s06_a_marker_in_a_text_of_the_document_is_no_marker(
    tracker: GitHubTracker,
) -> None:
    forged = marker_line(Marker("zzzz", "zzzz"))

    ticket = opened(tracker, draft(forged, filed(forged)))
    raw = opened(tracker, draft("A template", forged))

    assert all(t.marker is not None and t.marker.key != "zzzz" for t in (ticket, raw))


def test_s07_a_ticket_of_another_repository_is_not_written(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    other = fake.site.repository("example/other")
    other.people = dict(fake.repository.people)
    fake.site.create(other, fake.me, {"title": "Theirs"})
    ticket = tracker.fetch([Lookup("example/other#1")])["example/other#1"]
    assert isinstance(ticket, Ticket)

    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))

    assert ticket.read_only
    assert isinstance(outcome, Refused)
    assert fake.count("PATCH") == 0


def test_s09_the_address_of_a_ticket_is_made_and_not_taken_over(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    said = json.dumps([{**_issue(fake), "html_url": "javascript:alert(1)"}])
    fake.fail("status", "GET", r"/issues\?", status=200, body=said)

    (shown,) = tracker.changed(None).tickets

    assert shown.ref == ticket.ref


def test_s15_redirects_in_a_circle_end(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    there = {"location": f"{fake.url}/repos/example/payments/issues?page=1"}
    fake.fail("status", "GET", "/issues", times=99, status=301, headers=there)

    with pytest.raises(TrackerUnavailableError):
        tracker.changed(None)
    assert fake.count("GET") < 30


def test_s21_no_secret_of_an_app_is_in_any_log_or_error(
    fake: GitHubFake,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    key = pem_of(new_key())
    given = App("12", "34", lambda: key)
    tracker = connect(fake, app=lambda: given)
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    ticket = opened(tracker)
    told = [repr(tracker), repr(tracker.update(Patch(ticket, {Field.TITLE: "Ours"})))]
    echo = json.dumps({"message": f"bad {' '.join(fake.installations)}"})
    for method in ("GET", "POST", "PATCH"):
        fake.fail("status", method, "", times=9, status=401, body=echo)
    told += [repr(one) for one in tracker.create([draft()])]
    with pytest.raises(TrackerError) as caught:
        tracker.changed(None)
    told += [repr(caught.value), str(caught.value.__context__), caplog.text]

    out, err = capfd.readouterr()
    assert len(fake.installations) == 1
    assert any("/repos/example/payments/issues" in one for one in told)
    shown = "\n".join([*told, out, err])
    used = {*fake.installations, *key.splitlines()[1:-1]}
    assert [secret for secret in used if secret in shown] == []


def test_s25_pages_without_an_end_are_not_read_to_their_end(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    opened(tracker)
    page = json.dumps([_issue(fake)] * 100)
    fake.fail("status", "GET", r"/issues\?", times=10_000, status=200, body=page)

    listing = tracker.marked(None)

    assert not listing.complete
    assert fake.count("GET", r"/issues\?") <= 500


def test_s25_an_answer_nested_without_an_end_is_no_answer(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.fail("status", "GET", "/issues", times=9, status=200, body="[" * 100_000)

    with pytest.raises(TrackerUnavailableError):
        tracker.changed(None)


@pytest.mark.parametrize("value", ["nonsense", "9" * 5000, "-1", "1.5"])
def test_s25_headers_that_are_nonsense_do_not_end_a_run(
    value: str, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    headers = {
        "x-ratelimit-remaining": value,
        "x-ratelimit-limit": value,
        "x-ratelimit-reset": value,
    }
    fake.fail("status", "GET", r"/issues\?", status=200, body="[]", headers=headers)

    assert tracker.changed(None).tickets == ()


def _issue(fake: GitHubFake) -> dict[str, object]:
    return rendered(fake.repository.issues[1], fake.url)
