"""Edits reach the tracked branch by one pull request, and a reviewer's say is kept."""

from __future__ import annotations

import pytest

from pmsync.domain.errors import RepositoryError, RepositoryRefusedError
from pmsync.domain.repository import Landing, ProposalState
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import TrackedBranch
from support.repositories import DONE, LINKED, TABLE, Host, MemoryForge
from support.write_back import PATH, files, pull_request, write_back


def test_a_pull_request_is_opened_once_and_then_brought_up_to_date(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")

    first = write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))
    second = write_back(pull_request(clone, forge), (PATH, TABLE, DONE), run="run2")

    assert first == second
    assert first.landing is Landing.PROPOSED
    assert len(forge.proposals) == 1
    assert forge.words["1"][1] == "The plan"
    assert host.show(PATH) == TABLE
    assert host.show(PATH, "pmsync/update") == DONE
    assert len(host.log("pmsync/update")) == 2


def test_an_unchanged_proposal_is_not_pushed_again(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))
    commit = host.log("pmsync/update", "%H")[0]

    assert pull_request(clone, forge).proposes({PATH: LINKED})
    assert not pull_request(clone, forge).proposes({PATH: DONE})
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED), run="run2")

    assert host.log("pmsync/update", "%H")[0] == commit


def test_a_proposal_is_built_anew_when_the_branch_has_moved(
    host: Host, forge: MemoryForge
) -> None:
    write_back(pull_request(host.clone("mine"), forge), (PATH, TABLE, LINKED))
    host.clone("other").push("postmortems/b.md", TABLE)
    clone = host.clone("later", "--depth=1")

    assert not pull_request(clone, forge).proposes({PATH: LINKED})
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))

    assert host.show("postmortems/b.md", "pmsync/update") == TABLE
    assert host.show(PATH, "pmsync/update") == LINKED
    assert len(host.log("pmsync/update")) == 3


def test_a_proposal_follows_the_branch_also_when_its_files_did_not_change(
    host: Host, forge: MemoryForge
) -> None:
    write_back(pull_request(host.clone("mine"), forge), (PATH, TABLE, LINKED))
    other = host.clone("other")
    other.git("commit", "--quiet", "--allow-empty", "--message", "Start CI")
    other.git("push", "--quiet", "origin", "HEAD:main")

    assert not pull_request(host.clone("later"), forge).proposes({PATH: LINKED})


def test_what_a_reviewer_added_to_the_proposal_is_left_alone(
    host: Host, forge: MemoryForge
) -> None:
    write_back(pull_request(host.clone("mine"), forge), (PATH, TABLE, LINKED))
    reviewer = host.clone("reviewer", "--branch=pmsync/update")
    theirs = reviewer.push("postmortems/c.md", TABLE, "pmsync/update")

    with pytest.raises(RepositoryRefusedError, match="not pmsync's"):
        write_back(pull_request(host.clone("x"), forge), (PATH, TABLE, DONE))

    assert host.log("pmsync/update", "%H")[0] == theirs


def test_a_commit_that_a_reviewer_amended_is_left_alone(
    host: Host, forge: MemoryForge
) -> None:
    write_back(pull_request(host.clone("mine"), forge), (PATH, TABLE, LINKED))
    reviewer = host.clone("reviewer", "--branch=pmsync/update")
    reviewer.write(PATH, LINKED + b"\nReviewed\n")
    reviewer.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    reviewer.git("push", "--quiet", "--force", "origin", "HEAD")

    with pytest.raises(RepositoryRefusedError, match="not pmsync's"):
        write_back(pull_request(host.clone("x"), forge), (PATH, TABLE, DONE))

    assert host.show(PATH, "pmsync/update") == LINKED + b"\nReviewed\n"


def test_a_person_who_closes_the_proposal_is_heard(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")
    assert not pull_request(clone, forge).declined()
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))
    assert not pull_request(clone, forge).declined()

    forge.ends(ProposalState.DECLINED)

    assert pull_request(clone, forge).declined()
    assert not pull_request(clone, forge).proposes({PATH: LINKED})
    forge.ends(ProposalState.MERGED)
    assert not pull_request(clone, forge).declined()


def test_a_proposal_without_anything_left_is_closed_and_its_branch_goes(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))

    write_back(pull_request(clone, forge))

    assert forge.proposals[-1].state is ProposalState.WITHDRAWN
    assert host.branches() == ["main"]
    assert not pull_request(clone, forge).declined()


def test_what_a_reviewer_added_stays_proposed_when_nothing_of_ours_is_left(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")
    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))
    reviewer = host.clone("reviewer", "--branch=pmsync/update")
    theirs = reviewer.push("postmortems/c.md", TABLE, "pmsync/update")

    with pytest.raises(RepositoryRefusedError, match="not pmsync's"):
        write_back(pull_request(clone, forge))

    assert host.log("pmsync/update", "%H")[0] == theirs
    assert forge.proposals[-1].state is ProposalState.OPEN


def test_a_branch_is_not_both_tracked_and_proposed_from(
    host: Host, forge: MemoryForge
) -> None:
    clone = host.clone("mine")
    tracked = TrackedBranch(clone.root, None)
    repository = PullRequest(tracked, files(clone), forge, "main")

    with pytest.raises(RepositoryError, match="both tracked and proposed from"):
        repository.refresh()


def test_a_whole_clone_stays_whole(host: Host, forge: MemoryForge) -> None:
    write_back(pull_request(host.clone("mine"), forge), (PATH, TABLE, LINKED))
    clone = host.clone("whole")
    host.clone("other").push("postmortems/b.md", TABLE)
    clone.git("pull", "--quiet")

    write_back(pull_request(clone, forge), (PATH, TABLE, DONE))

    assert clone.git("rev-parse", "--is-shallow-repository").strip() == "false"
