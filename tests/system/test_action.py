"""The GitHub Action, run as a job runs it, against a GitHub and a git host of our own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pmsync.domain.marking import COMMENT
from support.action import CONFIG, DOCUMENT, NAME, THREE, Workplace, document, workplace
from support.forges import tip
from support.gha import Ended
from support.github_pulls import Pull
from support.wire import whole, wire

TOPIC = "topic"
HOSTILE = (
    "::error::x ::set-output name=created::99 %0A::error::y \x1b]0;owned\x07 "
    "$(touch owned) `touch owned` ${{ secrets.GITHUB_TOKEN }} ##[error]z "
    "@everyone <script>alert(1)</script> <!-- pmsync:plan -->"
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as made:
        yield made


def opened(place: Workplace, branch: str = TOPIC) -> Pull:
    given = {"head": branch, "base": "main", "title": "A post-mortem"}
    return place.fake.pulls.open(place.fake.person, given)


def writes(place: Workplace) -> list[str]:
    return [f"{m} {path}" for m, path, _ in place.fake.sent if m not in ("GET", "HEAD")]


def succeeded(ended: Ended) -> Ended:
    assert ended.code == 0, ended.log + ended.summary
    return ended


def test_a_pull_request_shows_what_merging_would_do_in_one_comment(
    place: Workplace,
) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    pull = opened(place)
    before = place.host.branches()

    first = succeeded(place.plan(TOPIC, pull.number))
    place.push(DOCUMENT, document(THREE + "| A fourth | | Open |\n"), TOPIC + "2")
    succeeded(place.plan(TOPIC + "2", pull.number))

    says = "Merging will open 3 tickets in example/payments, edit 3 rows."
    assert says in first.summary
    assert first.outputs["created"] == "3"
    (comment,) = pull.comments
    assert "Merging will open 4 tickets in example/payments" in comment.text
    assert comment.text.endswith(COMMENT)
    assert place.fake.repository.issues == {}
    assert place.host.branches() == [*before, TOPIC + "2"]
    assert [w.partition(" ")[0] for w in writes(place)] == ["POST", "PATCH"]


def test_a_plan_needs_no_right_to_comment(place: Workplace) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    pull = opened(place)
    said = '{"message": "Resource not accessible by integration"}'
    place.fake.fail("status", "POST", "/comments", status=403, body=said)

    ended = succeeded(place.plan(TOPIC, pull.number))

    assert "Merging will open 3 tickets" in ended.summary
    assert "no comment was written" in ended.log


def test_s16_a_fork_is_only_read_and_nobody_is_asked_anything(
    place: Workplace,
) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    place.push("pmsync.toml", 'documents = ["nothing/*.md"]\n', TOPIC)
    pull = opened(place)
    place.fake.sent.clear()

    ended = succeeded(place.plan(TOPIC, pull.number, source="stranger/payments"))

    assert place.fake.sent == []
    assert pull.comments == []
    assert "the change comes from a fork" in ended.summary
    assert "3 unfinished action items without a ticket" in ended.summary
    assert "Rotate key 1" in ended.summary


def test_s16_a_pull_request_does_not_say_where_tokens_go(place: Workplace) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    pull = opened(place)
    with wire(whole(200, "[]")) as evil:
        place.push("pmsync.toml", CONFIG.format(url=evil.url), TOPIC)

        ended = succeeded(place.plan(TOPIC, pull.number))

        assert evil.requests == []
    assert "Merging will open 3 tickets" in ended.summary


def test_s16_a_pull_request_is_never_synced(place: Workplace) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    pull = opened(place)
    place.fake.sent.clear()

    ended = place.plan(TOPIC, pull.number, mode="sync")

    assert ended.code == 2
    assert "runs for a pull request" in ended.annotations[0].text
    assert place.fake.sent == []


def test_a_merge_opens_tickets_and_commits_links_and_f53_its_commit_changes_nothing(
    place: Workplace,
) -> None:
    place.push(DOCUMENT, document())

    first = succeeded(place.sync())

    assert first.outputs["created"] == "3"
    assert first.outputs["changed"] == "true"
    assert len(place.fake.repository.issues) == 3
    text = place.host.show(DOCUMENT).decode()
    assert all(f"[#{n}](" in text for n in (1, 2, 3))
    (tip, *_) = place.host.log(form="%H")
    assert first.outputs["address"] == tip
    assert "Pmsync-Run: " in "\n".join(place.host.log(form="%B"))
    assert "open 3 tickets in example/payments" in first.summary
    sent = len(writes(place))

    again = succeeded(place.sync())

    assert again.outputs["changed"] == "false"
    assert place.host.log(form="%H")[0] == tip
    assert len(writes(place)) == sent
    assert first.annotations + again.annotations == []


def test_a_checkout_that_kept_credentials_is_written_back_too(
    place: Workplace,
) -> None:
    place.push(DOCUMENT, document())
    clone = place.checkout()
    kept = f"http.{place.served.address('')}.extraHeader"
    clone.git("config", kept, "Authorization: Basic b2xkOm9sZA==")

    ended = succeeded(place.sync(clone))

    assert ended.outputs["address"] == place.host.log(form="%H")[0]


def test_a_ticket_that_a_person_closes_is_done_in_the_document(
    place: Workplace,
) -> None:
    place.push(DOCUMENT, document())
    succeeded(place.sync())
    issue = place.fake.repository.issues[2]
    place.fake.site.edit(issue, place.fake.person, {"state": "closed"})

    ended = succeeded(place.sync(event="issues"))

    assert ended.outputs["edited"] == "1"
    assert "| Rotate key 1 | | Done |" in place.host.show(DOCUMENT).decode()


def test_without_write_back_the_edits_are_there_for_a_later_step_which_is_said(
    place: Workplace,
) -> None:
    config = CONFIG.format(url=place.fake.url)
    place.push("pmsync.toml", config.replace('"commit"', '"none"'))
    place.push(DOCUMENT, document())
    clone = place.checkout()
    tip_before = place.host.log(form="%H")

    ended = succeeded(place.sync(clone))

    assert clone.git("status", "--porcelain") == f" M {DOCUMENT}\n"
    assert (clone.root / DOCUMENT).read_text().count("[#") == 3
    assert place.host.log(form="%H") == tip_before
    assert [(shown.kind, shown.at["title"]) for shown in ended.annotations] == [
        ("notice", "Not committed")
    ]


def test_edits_wait_in_one_pull_request_whose_text_is_the_plan(
    place: Workplace,
) -> None:
    config = CONFIG.format(url=place.fake.url)
    place.push("pmsync.toml", config.replace('"commit"', '"pull-request"'))
    place.push(DOCUMENT, document())
    place.fake.pulls.tip = lambda branch: tip(place.host.root, branch)

    first = succeeded(place.sync())
    issue = place.fake.repository.issues[2]
    place.fake.site.edit(issue, place.fake.person, {"state": "closed"})
    succeeded(place.sync())

    (pull,) = place.fake.pulls.all
    assert first.outputs["address"].endswith(f"/pull/{pull.number}")
    assert (pull.head, pull.base, pull.is_open) == ("pmsync/update", "main", True)
    assert "status: open → done" in pull.body
    assert "[#1](" in place.host.show(DOCUMENT, "pmsync/update").decode()
    assert "| Done |" in place.host.show(DOCUMENT, "pmsync/update").decode()
    assert place.host.show(DOCUMENT).decode() == document()
    assert len(place.fake.repository.issues) == 3
    # A person writes into the document what is proposed.
    place.push(DOCUMENT, place.host.show(DOCUMENT, "pmsync/update").decode())
    succeeded(place.sync())
    assert not pull.is_open
    assert "pmsync/update" not in place.host.branches()


def test_a_job_that_others_overtook_goes_on_from_the_tip(place: Workplace) -> None:
    place.push(DOCUMENT, document())
    early = place.checkout()
    place.push("postmortems/b.md", document("| Later | | Open |\n"))

    ended = succeeded(place.sync(early))

    assert ended.outputs["created"] == "4"


def test_two_jobs_at_once_wait_for_each_other(place: Workplace) -> None:
    place.push(DOCUMENT, document())
    place.fake.latency = 0.2

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(place.sync, [place.checkout(), place.checkout()]))

    for ended in both:
        succeeded(ended)
    assert len(place.fake.repository.issues) == 3
    assert len(place.host.log()) == 3


@pytest.mark.parametrize(("strict", "code"), [("false", 0), ("true", 3)])
def test_a_conflict_is_shown_beside_its_row(
    strict: str, code: int, place: Workplace
) -> None:
    place.push(DOCUMENT, document())
    succeeded(place.sync())
    issue = place.fake.repository.issues[1]
    place.fake.site.edit(issue, place.fake.person, {"title": "Rotate all keys"})
    text = place.host.show(DOCUMENT).decode()
    place.push(DOCUMENT, text.replace("Rotate key 0", "Rotate no key"))

    ended = place.sync(fail_on_conflict=strict)

    assert ended.code == code, ended.log
    (shown,) = ended.annotations
    assert shown.kind == "warning"
    assert shown.at == {"file": DOCUMENT, "line": "7", "title": "Conflict"}
    assert "Rotate no key" in shown.text
    assert "Rotate all keys" in shown.text
    assert "**conflict**" in ended.summary
    assert ended.outputs["conflicts"] == "1"


def test_s11_and_s12_no_title_becomes_a_command_or_an_output(
    place: Workplace,
) -> None:
    row = HOSTILE.replace("|", "\\|")
    place.push(DOCUMENT, document(f"| {row} | | Open |\n"), TOPIC)
    pull = opened(place)

    plan = succeeded(place.plan(TOPIC, pull.number))
    place.push(DOCUMENT, document(f"| {row} | | Open |\n"))
    sync = succeeded(place.sync())
    (issue,) = place.fake.repository.issues.values()
    place.fake.site.edit(issue, place.fake.person, {"title": f"x {HOSTILE}"[:250]})
    text = place.host.show(DOCUMENT).decode()
    place.push(DOCUMENT, text.replace("::error::x", "::error::w"))
    conflict = succeeded(place.sync())

    for ended in (plan, sync, conflict):
        assert ended.outputs["created"] in ("0", "1")
        assert "\x1b" not in ended.log + ended.summary
        assert "##[" not in ended.log
        assert "<script" not in ended.summary
    assert plan.annotations + sync.annotations == []
    assert [shown.kind for shown in conflict.annotations] == ["warning"]
    (comment,) = pull.comments
    assert comment.text.count(COMMENT) == 1
    acted = place.fake.site.acted
    assert [a for a in acted if f"/{NAME}/blob/" not in a] == []  # the lasting link
    assert list(place.root.rglob("owned")) == []


@pytest.mark.parametrize(
    ("branch", "name"),
    [
        ("a;touch${IFS}owned", "postmortems/$(touch owned);`touch owned`.md"),
        ("x-$(touch${IFS}owned)", "postmortems/-rf --help.md"),
        ("y'`touch${IFS}owned`", "postmortems/two\nlines ::error::x.md"),
    ],
)
def test_s17_names_of_branches_and_files_are_names(
    branch: str, name: str, place: Workplace
) -> None:
    place.push(name, document("| Rotate | | Open |\n"), branch)
    pull = opened(place, branch)

    plan = succeeded(place.plan(branch, pull.number))
    place.push(name, document("| Rotate | | Open |\n"))
    sync = succeeded(place.sync())

    assert plan.outputs["created"] == sync.outputs["created"] == "1"
    assert "[#" in place.host.show(name).decode()
    assert plan.annotations + sync.annotations == []
    assert list(place.root.rglob("owned")) == []


def test_a_wrong_input_fails_the_step_by_name(place: Workplace) -> None:
    ended = place.sync(lease_wait="soon")

    assert ended.code == 2
    assert "lease-wait" in ended.annotations[0].text
    assert "lease-wait" in ended.summary


def test_a_stop_names_the_numbers_whole(place: Workplace) -> None:
    place.push(DOCUMENT, document())

    ended = place.sync(max_creates="2")

    assert ended.code == 4
    assert "--max-creates 3" in ended.annotations[0].text
    assert place.fake.repository.issues == {}


def test_s21_a_token_is_in_no_log_and_no_summary(place: Workplace) -> None:
    place.push(DOCUMENT, document())
    said = '{"message": "Bad credentials"}'
    place.fake.fail("status", "GET", "", times=9, status=401, body=said)
    place.fake.fail("status", "POST", "", times=9, status=401, body=said)

    ended = place.sync()

    assert ended.code == 2
    told = ended.log + ended.summary + str(ended.annotations)
    assert "ghp_" not in told
