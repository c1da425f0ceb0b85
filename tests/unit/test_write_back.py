"""Edited documents reach the repository, and nothing of anybody's is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pmsync.domain.errors import (
    DocumentChangedError,
    RepositoryError,
    RepositoryRefusedError,
    SafetyStopError,
)
from pmsync.domain.repository import (
    EditedRow,
    Landing,
    ProposalState,
    Publication,
    Published,
    Repository,
    SourceDocument,
)
from pmsync_adapters.worktree.branch import Branch
from pmsync_adapters.worktree.checkout import Checkout
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import TrackedBranch
from pmsync_adapters.worktree.tree import WorkTree
from support.repositories import DONE, LINKED, TABLE, Clone, Host, MemoryForge, git

PATH = "postmortems/a.md"
ROW = EditedRow(PATH, 7, "OPS-1", {"ticket": (None, "OPS-1"), "status": ("Open", "x")})
Opener = Callable[[Clone], Repository]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host.new(tmp_path)


@pytest.fixture
def forge(host: Host) -> MemoryForge:
    return MemoryForge(host)


def files(clone: Clone) -> WorkTree:
    return WorkTree(clone.root, ["postmortems/**/*.md"])


def branch(clone: Clone, *, skip_ci: bool = False) -> Branch:
    return Branch(TrackedBranch(clone.root, None), files(clone), skip_ci=skip_ci)


def checkout(clone: Clone) -> Checkout:
    return Checkout(TrackedBranch(clone.root, None), files(clone))


def pull_request(clone: Clone, forge: MemoryForge) -> PullRequest:
    tracked = TrackedBranch(clone.root, None)
    return PullRequest(tracked, files(clone), forge, "pmsync/update")


def write_back(
    repository: Repository, *edits: tuple[str, bytes, bytes], run: str = "run1"
) -> Published:
    """Do what a run does once it has the lease."""
    repository.refresh()
    repository.documents()
    for path, before, after in edits:
        repository.replace(path, before, after)
    return repository.publish(Publication(run, (ROW,), "The plan"))


def test_a_commit_reaches_the_branch_and_says_what_was_changed(host: Host) -> None:
    clone = host.clone("mine")

    published = write_back(branch(clone), (PATH, TABLE, LINKED))

    assert published.landing is Landing.LANDED
    assert host.show(PATH) == LINKED
    assert host.log()[0] == "Bring 1 action item in step with their tickets"
    message = "\n".join(host.log(form="%B"))
    assert "postmortems/a.md:7 OPS-1\n  ticket: (blank) -> OPS-1" in message
    assert "Pmsync-Run: run1" in message


def test_a_commit_can_be_told_apart_by_its_trailers_and_its_author(host: Host) -> None:
    write_back(branch(host.clone("mine")), (PATH, TABLE, LINKED))

    form = "%(trailers:key=Pmsync-Run,valueonly)%(trailers:key=Pmsync-Tree,valueonly)%T"
    run, tree, real = host.log(form=form)[:3]
    assert run == "run1"
    assert tree == real


SIGNS = """#!/bin/sh
cat > "$0.signed"
echo "-----BEGIN PGP SIGNATURE-----"
echo "-----END PGP SIGNATURE-----"
printf '\\n[GNUPG:] SIG_CREATED \\n' >&2
"""


def test_a_commit_is_signed_where_git_is_configured_to_sign(
    host: Host, forge: MemoryForge, tmp_path: Path
) -> None:
    clone = host.clone("mine")
    signer = tmp_path / "signer"
    signer.write_text(SIGNS)
    signer.chmod(0o755)
    clone.git("config", "commit.gpgSign", "true")
    clone.git("config", "gpg.program", str(signer))

    write_back(pull_request(clone, forge), (PATH, TABLE, LINKED))
    write_back(branch(clone), (PATH, TABLE, LINKED))

    for name in ("main", "pmsync/update"):
        assert "\ngpgsig -----BEGIN PGP" in git(host.root, "cat-file", "commit", name)
    assert "Bring 1 action item" in (tmp_path / "signer.signed").read_text()


def test_a_commit_that_cannot_be_signed_is_not_pushed_unsigned(host: Host) -> None:
    clone = host.clone("mine")
    clone.git("config", "commit.gpgSign", "true")
    clone.git("config", "gpg.program", "false")

    with pytest.raises(RepositoryError, match="gpg"):
        write_back(branch(clone), (PATH, TABLE, LINKED))

    assert host.show(PATH) == TABLE


def test_a_work_tree_beside_the_one_with_the_branch_is_enough(host: Host) -> None:
    main = host.clone("mine")
    main.git("worktree", "add", "--quiet", "--detach", "../beside")
    beside = Clone(main.root.parent / "beside")

    published = write_back(branch(beside), (PATH, TABLE, LINKED))

    assert published.landing is Landing.LANDED
    assert host.show(PATH) == LINKED == (beside.root / PATH).read_bytes()
    assert (main.root / PATH).read_bytes() == TABLE
    assert main.git("status", "--porcelain") == ""


def test_the_clone_follows_the_commit_so_that_the_next_run_can_write(
    host: Host,
) -> None:
    clone = host.clone("mine")

    write_back(branch(clone), (PATH, TABLE, LINKED))
    write_back(branch(clone), (PATH, LINKED, DONE))

    assert (clone.root / PATH).read_bytes() == DONE == host.show(PATH)
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize("options", [("--depth=1",), ("--bare",), ("--filter=tree:0",)])
def test_f28_a_commit_can_be_made_in_any_kind_of_clone(
    host: Host, options: tuple[str, ...]
) -> None:
    host.clone("other").push("postmortems/b.md", TABLE)
    clone = host.clone("mine", *options)

    published = write_back(branch(clone), (PATH, TABLE, LINKED))

    assert published.landing is Landing.LANDED
    assert host.show(PATH) == LINKED
    assert host.show("postmortems/b.md") == TABLE
    assert len(host.log()) == 3


def test_a_detached_head_at_the_tip_is_enough(host: Host) -> None:
    clone = host.clone("mine")
    clone.git("checkout", "--quiet", "--detach")

    assert write_back(branch(clone), (PATH, TABLE, LINKED)).landing is Landing.LANDED


def test_f19_what_a_person_pushed_meanwhile_is_kept_and_planned_for_anew(
    host: Host,
) -> None:
    clone = host.clone("mine")
    repository = branch(clone)
    repository.refresh()
    repository.documents()
    repository.replace(PATH, TABLE, LINKED)
    theirs = TABLE.replace(b"Alert early", b"Alert much earlier")
    host.clone("other").push(PATH, theirs)

    published = repository.publish(Publication("run1", (ROW,), ""))

    assert published.landing is Landing.MOVED
    assert host.show(PATH) == theirs
    repository.refresh()
    assert repository.documents() == [SourceDocument(PATH, theirs)]


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
@pytest.mark.parametrize("edited", [False, True])
def test_a_checkout_goes_along_with_the_branch_and_no_edit_in_it_is_lost(
    edited: bool, options: tuple[str, ...], host: Host
) -> None:
    clone = host.clone("mine", *options)
    repository = branch(clone)
    repository.refresh()
    mine = TABLE + b"\nBeing edited\n"
    if edited:
        clone.write(PATH, mine)
    host.clone("other").push(PATH, DONE)

    if edited:
        with pytest.raises(RepositoryError, match="cannot follow"):
            repository.refresh()
    else:
        repository.refresh()

    assert (clone.root / PATH).read_bytes() == (mine if edited else DONE)


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_a_commit_that_a_person_has_not_pushed_yet_stays_checked_out(
    options: tuple[str, ...], host: Host
) -> None:
    clone = host.clone("mine", *options)
    clone.write("postmortems/b.md", TABLE)
    clone.git("add", ".")
    clone.git("commit", "--quiet", "--message", "Mine")
    repository = branch(clone)
    repository.refresh()
    host.clone("other").push(PATH, DONE)

    with pytest.raises(RepositoryError, match="cannot follow"):
        repository.refresh()

    assert (clone.root / "postmortems/b.md").read_bytes() == TABLE


def test_a_document_that_changed_before_it_is_written_is_not_overwritten(
    host: Host,
) -> None:
    repository = branch(host.clone("mine"))
    repository.refresh()

    with pytest.raises(DocumentChangedError):
        repository.replace(PATH, TABLE + b"\n", LINKED)


def test_a_protected_branch_is_named_with_the_way_out(host: Host) -> None:
    host.refuse("refs/heads/main")
    clone = host.clone("mine")

    with pytest.raises(RepositoryRefusedError, match="protected branch") as caught:
        write_back(branch(clone), (PATH, TABLE, LINKED))

    assert "pull-request" in (caught.value.hint or "")
    assert (clone.root / PATH).read_bytes() == TABLE


def test_a_commit_can_ask_for_no_pipeline(host: Host) -> None:
    write_back(branch(host.clone("mine"), skip_ci=True), (PATH, TABLE, LINKED))

    assert host.log()[0].endswith("[skip ci]")


def test_s04_text_of_a_document_closes_nothing_from_a_commit(host: Host) -> None:
    row = EditedRow(PATH, 7, "org/repo#1", {"title": ("x", "fixes #12 @org/team")})
    repository = branch(host.clone("mine"))
    repository.refresh()
    repository.replace(PATH, TABLE, LINKED)

    repository.publish(Publication("run1", (row,), ""))

    message = "\n".join(host.log(form="%B"))
    assert "fixes" in message
    assert "#12" not in message
    assert "#1" not in message
    assert "@org" not in message


def test_without_a_remote_the_local_branch_gets_the_commit(host: Host) -> None:
    clone = host.clone("mine")
    clone.git("remote", "remove", "origin")

    write_back(branch(clone), (PATH, TABLE, LINKED))

    assert clone.git("show", f"main:{PATH}").encode() == LINKED
    assert (clone.root / PATH).read_bytes() == LINKED
    assert clone.git("status", "--porcelain") == ""


def test_a_branch_that_is_not_checked_out_gets_the_commit_too(host: Host) -> None:
    clone = host.clone("mine")
    clone.git("remote", "remove", "origin")
    clone.git("checkout", "--quiet", "--detach")
    tracked = TrackedBranch(clone.root, "main")

    write_back(Branch(tracked, files(clone)), (PATH, TABLE, LINKED))

    assert clone.git("show", f"main:{PATH}").encode() == LINKED


@pytest.mark.parametrize("kind", [branch, checkout])
def test_on_another_branch_nothing_is_written(host: Host, kind: Opener) -> None:
    clone = host.clone("mine")
    clone.git("checkout", "--quiet", "-b", "topic")

    with pytest.raises(SafetyStopError, match="topic is checked out"):
        kind(clone).refresh()


@pytest.mark.parametrize("kind", [branch, checkout])
def test_behind_the_branch_nothing_is_written(host: Host, kind: Opener) -> None:
    clone = host.clone("mine")
    host.clone("other").push("postmortems/b.md", TABLE)

    with pytest.raises(SafetyStopError, match="behind main"):
        kind(clone).refresh()


@pytest.mark.parametrize("kind", [branch, checkout])
def test_a_document_that_a_person_is_editing_is_left_alone(
    host: Host, kind: Opener
) -> None:
    clone = host.clone("mine")
    clone.write(PATH, TABLE + b"\nBeing edited\n")
    clone.write("postmortems/new.md", TABLE)

    first, second = kind(clone).documents()

    assert isinstance(first, SourceDocument)
    assert isinstance(second, SourceDocument)
    assert first.data == TABLE
    assert "the work tree differs" in (first.left_alone or "")
    assert "not on main yet" in (second.left_alone or "")


def test_an_edit_in_the_work_tree_waits_for_the_branch(host: Host) -> None:
    clone = host.clone("mine")

    published = write_back(checkout(clone), (PATH, TABLE, LINKED))

    assert published.landing is Landing.PROPOSED
    assert (clone.root / PATH).read_bytes() == LINKED
    (document,) = checkout(clone).documents()
    assert document == SourceDocument(PATH, TABLE)
    assert checkout(clone).proposes({PATH: LINKED})
    assert not checkout(clone).proposes({PATH: DONE})


def test_an_edit_in_the_work_tree_can_be_replaced_until_a_person_touches_it(
    host: Host,
) -> None:
    clone = host.clone("mine")
    write_back(checkout(clone), (PATH, TABLE, LINKED))
    write_back(checkout(clone), (PATH, TABLE, DONE))
    assert (clone.root / PATH).read_bytes() == DONE

    clone.write(PATH, DONE + b"\nMine\n")

    with pytest.raises(DocumentChangedError):
        write_back(checkout(clone), (PATH, TABLE, LINKED))
    assert (clone.root / PATH).read_bytes() == DONE + b"\nMine\n"


def test_an_edit_that_was_thrown_away_can_be_written_again(host: Host) -> None:
    clone = host.clone("mine")
    write_back(checkout(clone), (PATH, TABLE, LINKED))
    clone.git("checkout", "--quiet", "--", PATH)

    assert not checkout(clone).proposes({PATH: LINKED})
    write_back(checkout(clone), (PATH, TABLE, LINKED))

    assert (clone.root / PATH).read_bytes() == LINKED


def test_what_people_committed_and_pushed_is_the_new_truth(host: Host) -> None:
    clone = host.clone("mine")
    write_back(checkout(clone), (PATH, TABLE, LINKED))
    clone.push(PATH, LINKED)

    (document,) = checkout(clone).documents()

    assert document == SourceDocument(PATH, LINKED)


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
