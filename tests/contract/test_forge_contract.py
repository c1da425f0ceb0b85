"""Every host of pull requests does what pmsync's proposals and comments rest on."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from pmsync.domain.errors import RepositoryError, TrackerError
from pmsync.domain.marking import COMMENT
from pmsync.domain.repository import EditedRow, Landing, ProposalState, Publication
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import TrackedBranch
from pmsync_adapters.worktree.tree import WorkTree
from support.forges import PLACES, GitHub, GitLab, connect
from support.git_http import GitHost, git_host
from support.repositories import DONE, LINKED, TABLE, Clone, Host, git

BRANCH = "pmsync/update"
PATH = "postmortems/a.md"
ROW = EditedRow(PATH, 7, "OPS-1", {"status": ("Open", "Done")})


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> Iterator[GitHub | GitLab]:
    with PLACES[request.param]() as found:
        yield found


def test_no_host_ships_without_its_contract() -> None:
    assert {each.name for each in entry_points(group="pmsync.forges")} == set(PLACES)


def test_a_branch_without_a_pull_request_has_none(place: GitHub | GitLab) -> None:
    assert connect(place).latest(BRANCH) is None


def test_one_branch_gets_one_pull_request_however_often_it_is_proposed(
    place: GitHub | GitLab,
) -> None:
    first = connect(place).propose(BRANCH, "main", "Bring 1", "The plan")
    second = connect(place).propose(BRANCH, "main", "Bring 2", "Another plan")

    assert (first.id, first.url) == (second.id, second.url)
    assert second.state is ProposalState.OPEN
    assert second.commit == "1" * 40
    assert place.open() == [first.id]
    assert place.text(first.id) == "Another plan"
    assert connect(place).latest(BRANCH) == second


def test_what_became_of_it_is_told_apart(place: GitHub | GitLab) -> None:
    forge = connect(place)
    merged = forge.propose(BRANCH, "main", "a", "")
    place.merge(merged.id)
    latest = forge.latest(BRANCH)
    assert latest is not None
    assert (latest.id, latest.state) == (merged.id, ProposalState.MERGED)
    declined = forge.propose(BRANCH, "main", "b", "plan")
    assert declined.id != merged.id
    place.close(declined.id)
    latest = forge.latest(BRANCH)
    assert latest is not None
    assert (latest.id, latest.state) == (declined.id, ProposalState.DECLINED)
    withdrawn = forge.propose(BRANCH, "main", "c", "plan")
    forge.withdraw(withdrawn, "Nothing is left.")
    latest = forge.latest(BRANCH)
    assert latest is not None
    assert (latest.id, latest.state) == (withdrawn.id, ProposalState.WITHDRAWN)
    assert place.text(withdrawn.id).startswith("Nothing is left.")
    assert place.open() == []


def test_a_stranger_s_branch_of_the_same_name_is_not_ours(
    place: GitHub | GitLab,
) -> None:
    place.fork(BRANCH)

    assert connect(place).latest(BRANCH) is None
    ours = connect(place).propose(BRANCH, "main", "a", "The plan")
    place.fork(f"{BRANCH}2")

    latest = connect(place).latest(BRANCH)
    assert latest is not None
    assert latest.id == ours.id


def test_a_refusal_says_what_the_host_said_and_what_to_do(
    place: GitHub | GitLab,
) -> None:
    place.forbid()

    with pytest.raises(TrackerError, match=r"not permitted|Forbidden") as caught:
        connect(place).propose(BRANCH, "main", "a", "The plan")

    assert "token" in (caught.value.hint or "")


def test_a_lost_answer_opens_no_second_pull_request(place: GitHub | GitLab) -> None:
    place.fake.fail("lost", "POST", r"/(pulls|merge_requests)$")

    with pytest.raises(TrackerError):
        connect(place).propose(BRANCH, "main", "a", "The plan")
    connect(place).propose(BRANCH, "main", "b", "The plan")

    assert len(place.open()) == 1


def test_a_pull_request_has_one_comment_of_ours_with_the_latest_words(
    place: GitHub | GitLab,
) -> None:
    forge = connect(place)
    id_ = forge.propose(BRANCH, "main", "a", "").id
    place.say(id_, "Looks good")

    first = forge.comment(id_, "Merging will open 3 tickets")
    second = connect(place).comment(id_, "Merging will change nothing")

    assert first == second
    assert first.startswith(f"{place.url}/example/payments/")
    assert place.comments(id_) == [
        (False, "Looks good"),
        (True, f"Merging will change nothing\n\n{COMMENT}"),
    ]


def test_s06_a_person_who_quotes_our_comment_keeps_theirs(
    place: GitHub | GitLab,
) -> None:
    forge = connect(place)
    id_ = forge.propose(BRANCH, "main", "a", "").id
    forged = f"Merging is safe\n\n{COMMENT}"
    place.say(id_, forged)

    forge.comment(id_, "The plan")
    forge.comment(id_, "The plan again")

    assert place.comments(id_) == [
        (False, forged),
        (True, f"The plan again\n\n{COMMENT}"),
    ]


def test_our_comment_is_found_below_a_long_discussion(place: GitHub | GitLab) -> None:
    forge = connect(place)
    id_ = forge.propose(BRANCH, "main", "a", "").id
    for number in range(105):
        place.say(id_, f"Comment {number}")
    forge.comment(id_, "The plan")
    for number in range(105):
        place.say(id_, f"More {number}")

    forge.comment(id_, "The plan again")

    ours = [text for is_ours, text in place.comments(id_) if is_ours]
    assert ours == [f"The plan again\n\n{COMMENT}"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[GitHost]:
    Host.new(tmp_path)
    git(tmp_path / "host.git", "config", "http.receivepack", "true")
    with git_host(tmp_path) as serving:
        yield serving


def clone(served: GitHost, name: str) -> Clone:
    root = served.root / name
    git(served.root, "clone", "--quiet", served.address("host.git"), str(root))
    return Clone(root)


def write_back(
    place: GitHub | GitLab, clone: Clone, *edits: tuple[bytes, bytes]
) -> Landing:
    """Do what a run does once it has the lease."""
    files = WorkTree(clone.root, ["postmortems/**/*.md"])
    tracked = TrackedBranch(clone.root, None)
    repository = PullRequest(tracked, files, connect(place), BRANCH)
    repository.refresh()
    repository.documents()
    for before, after in edits:
        repository.replace(PATH, before, after)
    return repository.publish(Publication("run1", (ROW,), "The plan")).landing


def test_a_proposal_lives_from_the_first_edit_until_nothing_is_left(
    place: GitHub | GitLab, served: GitHost
) -> None:
    host = Host(served.root / "host.git")
    place.serve(host.root)

    first = write_back(place, clone(served, "one"), (TABLE, LINKED))
    (id_,) = place.open()
    shown = connect(place).latest(BRANCH)
    second = write_back(place, clone(served, "two"), (TABLE, DONE))

    assert (first, second) == (Landing.PROPOSED, Landing.PROPOSED)
    assert place.open() == [id_]
    assert host.show(PATH, BRANCH) == DONE
    assert host.show(PATH) == TABLE
    assert place.text(id_) == "The plan"
    latest = connect(place).latest(BRANCH)
    assert shown is not None
    assert latest is not None
    assert latest.commit != shown.commit

    write_back(place, clone(served, "three"))

    assert place.open() == []
    assert host.branches() == ["main"]
    latest = connect(place).latest(BRANCH)
    assert latest is not None
    assert latest.state is ProposalState.WITHDRAWN


def test_a_host_that_opens_none_keeps_the_run_from_saying_it_is_proposed(
    place: GitHub | GitLab, served: GitHost
) -> None:
    place.serve(served.root / "host.git")
    place.forbid()

    with pytest.raises(RepositoryError, match=r"not permitted|Forbidden"):
        write_back(place, clone(served, "one"), (TABLE, LINKED))
