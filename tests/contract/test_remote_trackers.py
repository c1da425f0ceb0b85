"""What every tracker behind a network promises, over real sockets, by its fault or attack."""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cmarkgfm
import pytest
import requests

from pmsync.app.exit_codes import ExitCode
from pmsync.app.settings import Overrides
from pmsync.domain.errors import (
    SafetyStopError,
    TrackerError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Done, Patch, Refused
from support import remote as runs
from support.asked import draft, opened
from support.remotes import Remote
from support.tls import self_signed
from support.wire import whole, wire

FIRST = "000001.md"
TITLES = [
    "a | b \\| c",
    "--> ``` ` **bold** ~~gone~~",
    "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "abc\u202edcba\u2066x",
    "::set-output name=a::b",
    "# heading",
    "@everyone fixes #1",
]
LOGGERS = ("", "github", "github.Requester", "gitlab", "jira", "urllib3", "requests")


def beside(remote: Remote, rows: int) -> runs.Remote:
    """Documents with rows that have no ticket yet."""
    return runs.Remote(runs.documents(rows), remote.site, remote.connect)


def tickets(remote: Remote) -> list[Ticket]:
    """All of ours, the oldest first."""
    listing = remote.connect().marked(None)
    assert listing.complete
    return sorted(listing.tickets, key=lambda one: int("".join(_digits(one.ref.key))))


def _digits(key: str) -> list[str]:
    return [c for c in key.rpartition("#")[2].rpartition("-")[2] if c.isdigit()]


def test_a_request_that_its_vendor_does_not_describe_fails_the_suite(
    specs: Path, remote: Remote
) -> None:
    requests.get(f"{remote.fake.origin}{remote.kind.unknown}", timeout=10)

    assert specs.is_dir()
    with pytest.raises(AssertionError, match="pages"):
        remote.place.close()
    remote.fake.wrong.clear()


def test_f14_a_search_that_never_shows_a_ticket_opens_no_second_one(
    remote: Remote,
) -> None:
    remote.ground.lag(timedelta(seconds=10**8))
    passes = beside(remote, 3)
    passes.run()
    writes = remote.writes()

    for _ in range(3):
        passes.clock.advance(hours=25)
        with suppress(SafetyStopError):  # where all of them are looked for by a list
            passes.run()

    assert remote.writes() == writes
    asked = [path for _, path, _ in remote.fake.sent]
    assert not any("/search/issues" in path or "search=" in path for path in asked)
    remote.ground.lag(timedelta(seconds=0))
    assert len(tickets(remote)) == 3


def test_a_label_that_a_person_adds_while_a_ticket_is_changed_is_not_taken_away(
    remote: Remote,
) -> None:
    """Between any reading and a write there is a moment: the whole set is never sent."""
    tracker = remote.connect()
    labelled = replace(draft(), labels=frozenset({"postmortem"}))
    (opening,) = tracker.create([labelled])
    assert isinstance(opening, Done)
    ticket = opening.ticket
    remote.fake.sent.clear()

    for field, value in (
        (Field.STATUS, Status.BLOCKED),
        (Field.STATUS, Status.DONE),
        (Field.STATUS, Status.OPEN),
        (Field.PRIORITY, "0"),
        (Field.PRIORITY, "1"),
        (Field.TITLE, "Another title"),
    ):
        outcome = tracker.update(Patch(ticket, {field: value}))
        assert isinstance(outcome, Done), outcome
        ticket = outcome.ticket

    assert "postmortem" in ticket.labels
    for method, path, body in remote.fake.sent:
        sent = {**(body or {}), **(body or {}).get("fields", {})}
        whole_set = method != "POST" or not path.endswith("/labels")
        assert not (whole_set and "labels" in sent), (method, path, body)


def test_f39_a_mass_change_stops_and_is_carried_out_only_with_its_digest(
    remote: Remote,
) -> None:
    passes = beside(remote, 24)
    passes.run()
    passes.run()
    for ticket in tickets(remote):
        remote.place.edit(ticket, {Field.STATUS: Status.DONE})
    writes, files = remote.writes(), dict(passes.folder.files)

    with pytest.raises(SafetyStopError, match="24 of 24 linked rows") as refused:
        passes.run()

    assert (remote.writes(), passes.folder.files) == (writes, files)
    assert refused.value.hint is not None
    digest = refused.value.hint.partition("--allow-mass-change ")[2].split()[0]
    passes.run(overrides=Overrides(mass_change=digest.strip("'\".,")))
    assert passes.folder.text(FIRST).count("| Done |") == 24
    assert remote.writes() == writes


def test_f40_a_changed_configuration_only_plans_until_somebody_says_so(
    remote: Remote,
) -> None:
    passes = beside(remote, 1)
    passes.run()
    passes.run()
    passes.folder.write(runs.documents(1)[FIRST].replace("key 1", "key 2"), "b.md")
    writes, files = remote.writes(), dict(passes.folder.files)

    with pytest.raises(SafetyStopError, match="configuration has changed"):
        passes.run(digest="another")

    assert (remote.writes(), passes.folder.files) == (writes, files)


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_f36_f37_a_tracker_that_answers_nothing_is_told_and_ends_no_run_of_others(
    status: int, remote: Remote
) -> None:
    passes = beside(remote, 2)
    passes.run()
    passes.run()
    files, writes = dict(passes.folder.files), remote.writes()
    for method in ("GET", "POST"):
        remote.fake.fail("status", method, "", times=99, status=status, body="{}")

    report = passes.run()

    assert [error.message.partition(":")[0] for error in report.failures] == [
        remote.kind.type
    ]
    ends = ExitCode.USAGE if status in (401, 403) else ExitCode.PART_FAILED
    assert report.exit_code is ends
    assert (passes.folder.files, remote.writes()) == (files, writes)


def test_f46_a_server_that_is_not_there_was_certainly_not_reached(
    remote: Remote,
) -> None:
    tracker = remote.connect(url="http://127.0.0.1:9")

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    with pytest.raises(TrackerUnavailableError):
        tracker.changed(None)


def test_s22_f46_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: Remote
) -> None:
    with self_signed(tmp_path) as (url, certificate, received):
        tracker = remote.connect(url=url)
        (outcome,) = tracker.create([draft()])
        with pytest.raises(TrackerUnavailableError, match="certificate"):
            tracker.changed(None)

        assert isinstance(outcome, Refused)
        assert "certificate" in outcome.why
        assert received == []

        # The way for one's own authority is that of every program.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with pytest.raises(TrackerError):
            remote.connect(url=url).changed(None)
        assert received


def test_s08_s09_a_title_of_a_ticket_is_text_in_its_cell_and_nothing_else_moves(
    remote: Remote,
) -> None:
    passes = beside(remote, len(TITLES))
    passes.run()
    passes.run()
    before = passes.folder.text(FIRST).splitlines()
    for ticket, title in zip(tickets(remote), TITLES, strict=True):
        remote.place.edit(ticket, {Field.TITLE: title})

    report = passes.run()

    assert report.exit_code is ExitCode.DONE
    after = passes.folder.text(FIRST).splitlines()
    assert len(after) == len(before)
    for title, old, new in zip(TITLES, before[-len(TITLES) :], after[-8:], strict=True):
        assert old != new, title
        assert new.split(" | ")[-3:] == old.split(" | ")[-3:], title
        assert not any(sign in new for sign in "\u202e\u2066"), title
    html = cmarkgfm.github_flavored_markdown_to_html("\n".join(after))
    assert html.count("<tr>") == len(TITLES) + 1
    links = [part.partition('"')[0] for part in html.split('href="')[1:]]
    assert all(link.startswith(remote.fake.origin) for link in links)
    assert len(links) == len(TITLES)
    for sign in ("<img", "<strong>", "<del>", "<code>", 'javascript:alert(1)"'):
        assert sign not in html
    writes = remote.writes()
    assert passes.run().plan.changes == ()
    assert remote.writes() == writes


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/api/v3",
        "https://[fe80::1]",
        "https://[::ffff:169.254.169.254]",
        "http://tracker.example.com/api/v3",
    ],
)
def test_s15_no_address_of_a_configuration_gets_the_token_but_a_trackers(
    url: str, remote: Remote
) -> None:
    tracker = remote.connect(url=url)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    with pytest.raises(TrackerError):
        tracker.changed(None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_s15_a_redirect_to_another_host_gets_no_request(
    status: int, remote: Remote
) -> None:
    opened(remote.connect())
    tracker = remote.connect()
    with wire(whole(200, "[]")) as other:
        away = {"location": f"{other.url}/stolen"}
        for method in ("GET", "POST", "PUT", "PATCH"):
            remote.fake.fail(
                "status", method, "", times=99, status=status, headers=away
            )
        with pytest.raises(TrackerError):
            tracker.changed(None)
        (outcome,) = tracker.create([draft()])

        assert not isinstance(outcome, Done)
        assert other.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_s21_no_token_is_in_any_log_output_or_error(
    status: int,
    remote: Remote,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    tracker = remote.connect()
    ticket = opened(tracker)
    told = [repr(tracker), repr(tracker.update(Patch(ticket, {Field.TITLE: "Ours"})))]
    said = f"no such key {' '.join(remote.kind.secrets)}"
    echo = json.dumps({"message": said, "errorMessages": [said]})
    for method in ("GET", "POST", "PUT", "PATCH"):
        remote.fake.fail("status", method, "", times=99, status=status, body=echo)
    told += map(repr, tracker.create([draft()]))
    told.append(repr(tracker.update(Patch(ticket, {Field.TITLE: "Again"}))))
    for ask in (tracker.identity, remote.connect().identity):
        told += _failure(ask)
    told += _failure(lambda: tracker.changed(None))
    told += _failure(lambda: remote.connect().users(["alice"]))
    told += _failure(lambda: remote.connect().marked(None))

    shown = "\n".join([*told, caplog.text, *capfd.readouterr()])
    assert "no such key" in shown
    assert [secret for secret in remote.kind.secrets if secret in shown] == []


def _failure(ask: object) -> list[str]:
    """Return all that a program could show of a failure."""
    assert callable(ask)
    try:
        return [repr(ask())]
    except TrackerError as error:
        return [repr(error), *traceback.format_exception(error)]
