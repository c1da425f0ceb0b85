"""What people push, edit or have checked out meanwhile is not overwritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pmsync.domain.errors import DocumentChangedError, RepositoryError, SafetyStopError
from pmsync.domain.repository import Landing, Publication, Repository, SourceDocument
from support.repositories import DONE, LINKED, TABLE, Clone, Host
from support.write_back import PATH, ROW, branch, checkout, write_back

Opener = Callable[[Clone], Repository]


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
