"""Edits reach the branch as one commit that says what it is, from any clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.domain.errors import RepositoryError, RepositoryRefusedError
from pmsync.domain.repository import EditedRow, Landing, Publication
from pmsync_adapters.worktree.branch import Branch
from pmsync_adapters.worktree.tip import TrackedBranch
from support.repositories import DONE, LINKED, TABLE, Clone, Host, MemoryForge, git
from support.write_back import PATH, branch, files, pull_request, write_back


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
