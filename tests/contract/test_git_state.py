"""What can go wrong between a run and the remote that holds its state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmsync.domain.errors import (
    StateChangedError,
    StateError,
    StateRefusedError,
    StateUnavailableError,
)
from pmsync.domain.settings import StateSettings
from pmsync.domain.state import VERSION, DocumentState, ItemState, Lease, State
from pmsync.domain.state_json import encode
from pmsync_adapters.git_state.opening import open_state
from support.git_http import pushing
from support.repositories import git
from support.state_places import HttpPlace, OriginPlace, new_repository

REF = "refs/pmsync/default"
LEASE = Lease("run", "here", 1, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
STATE = State(
    "s1",
    {
        f"postmortems/{name}.md": DocumentState((ItemState(f"k{name}", "Rotate keys"),))
        for name in "abc"
    },
    lease=LEASE,
)


@pytest.fixture
def origin(tmp_path: Path) -> OriginPlace:
    return OriginPlace(tmp_path)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[HttpPlace]:
    place = HttpPlace(tmp_path)
    yield place
    place.close()


def put(root: Path, blobs: Mapping[str, bytes], ref: str = REF) -> None:
    """Let a ref hold these files, as anybody can who may push."""
    environment = {**os.environ, "GIT_INDEX_FILE": str(root / "index.tmp")}
    for name, blob in blobs.items():
        id_ = subprocess.run(
            ["git", "hash-object", "-w", "--stdin"],
            cwd=root,
            input=blob,
            capture_output=True,
            check=True,
        ).stdout.decode()
        entry = f"100644,{id_.strip()},{name}"
        subprocess.run(
            ["git", "update-index", "--add", "--cacheinfo", entry],
            cwd=root,
            env=environment,
            check=True,
        )
    tree = subprocess.run(
        ["git", "write-tree"],
        cwd=root,
        env=environment,
        capture_output=True,
        check=True,
    ).stdout.decode()
    (root / "index.tmp").unlink()
    commit = git(root, "commit-tree", tree.strip(), "-m", "by hand").strip()
    git(root, "update-ref", ref, commit)


def tip(place: OriginPlace) -> str:
    return git(place.bare, "rev-parse", place.full_ref).strip()


# Answers that never come.


def test_a_push_whose_answer_was_lost_is_found_to_have_been_carried_out(
    web: HttpPlace,
) -> None:
    store = web.store()
    version = store.compare_and_swap(store.read()[1], STATE, "first")
    web.host.drops = pushing

    written = store.compare_and_swap(version, replace(STATE, config="c2"), "second")

    web.host.drops = lambda *_: False
    assert web.messages() == ["second", "first"]
    assert web.store().read() == (replace(STATE, config="c2"), written)


def test_a_push_that_never_arrived_is_sent_again(web: HttpPlace) -> None:
    store = web.store()
    store.read()
    left = [1]
    web.host.ends = lambda *request: pushing(*request) and bool(left and left.pop())

    written = store.compare_and_swap("", STATE, "first")

    assert web.store().read() == (STATE, written)
    assert web.messages() == ["first"]


def test_a_push_that_never_arrives_is_an_error_and_the_state_is_as_it_was(
    web: HttpPlace,
) -> None:
    store = web.store()
    version = store.compare_and_swap(store.read()[1], STATE, "first")
    web.host.ends = pushing

    with pytest.raises(StateUnavailableError, match="could not be written"):
        store.compare_and_swap(version, replace(STATE, config="c2"), "second")

    web.host.ends = lambda *_: False
    assert web.store().read() == (STATE, version)
    store.compare_and_swap(version, replace(STATE, config="c2"), "second")


def test_a_lost_answer_behind_which_somebody_else_won_is_a_lost_swap(
    web: HttpPlace,
) -> None:
    ours, theirs = web.store(), web.store()
    version = ours.compare_and_swap(ours.read()[1], STATE, "first")
    theirs.read()

    def overtaken(method: str, target: str) -> bool:
        if pushing(method, target):
            web.host.ends = lambda *_: False
            theirs.compare_and_swap(version, replace(STATE, config="theirs"), "theirs")
            return True
        return False

    web.host.ends = overtaken

    with pytest.raises(StateChangedError):
        ours.compare_and_swap(version, replace(STATE, config="ours"), "ours")
    assert web.messages() == ["theirs", "first"]


def test_nobody_answers_at_all_and_the_swap_is_not_called_done_or_lost(
    web: HttpPlace,
) -> None:
    store = web.store()
    version = store.compare_and_swap(store.read()[1], STATE, "first")
    web.host.drops = lambda *_: True

    with pytest.raises(StateUnavailableError, match="nobody knows"):
        store.compare_and_swap(version, replace(STATE, config="c2"), "second")


# Hosts that say no.


def test_a_token_that_may_not_push_is_told_what_it_lacks_and_can_still_read(
    web: HttpPlace,
) -> None:
    store = web.store()
    version = store.compare_and_swap(store.read()[1], STATE, "first")
    web.host.may_push = False

    with pytest.raises(StateRefusedError, match="does not let pmsync write") as caught:
        store.compare_and_swap(version, replace(STATE, config="c2"), "second")

    assert "contents: write" in (caught.value.hint or "")
    assert "state.ref" in (caught.value.hint or "")
    assert web.store().read() == (STATE, version)


def test_a_host_whose_hook_declines_the_ref_is_heard(origin: OriginPlace) -> None:
    hook = origin.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'only branches here' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(StateRefusedError, match="only branches here"):
        origin.store().compare_and_swap("", STATE, "first")


def test_a_remote_that_is_gone_is_never_taken_for_a_first_run(web: HttpPlace) -> None:
    store = web.store()
    store.compare_and_swap(store.read()[1], STATE, "first")
    web.host.close()

    with pytest.raises(StateUnavailableError, match="cannot be read"):
        store.read()


def test_a_copy_in_the_clone_does_not_stand_for_a_remote_without_state(
    origin: OriginPlace,
) -> None:
    root = origin.clone()
    store = origin.store(root)
    store.compare_and_swap(store.read()[1], STATE, "first")
    git(root, "update-ref", REF, "refs/pmsync-local/state/default")
    git(origin.bare, "update-ref", "-d", REF)
    git(root, "fetch", "--quiet", "origin")

    assert origin.store(root).read() == (None, "")


# Content that is not a state of ours.

HEAD = b'{"version": 1, "id": "s"}'


@pytest.mark.parametrize(
    ("blobs", "why"),
    [
        ({"README.md": b"# Mine"}, "state.json cannot be read: it is missing"),
        ({"state.json": HEAD, "README.md": b"# Mine"}, "README.md cannot be read"),
        ({"state.json": HEAD, "documents": b"x"}, "cannot be read"),
        ({"state.json": HEAD, "documents/a.json": b"{"}, "documents/a.json"),
        ({"state.json": HEAD, "documents/b/a.json": b"{}"}, "cannot be read"),
        ({"state.json": HEAD, "lease.json": b"[]"}, "lease.json"),
        (
            {"state.json": b'{"version": %d}' % (VERSION + 1), "new/part.json": b"?"},
            "knows versions up to",
        ),
    ],
)
def test_what_is_no_state_of_this_version_is_refused_and_stays_as_it_is(
    origin: OriginPlace, blobs: dict[str, bytes], why: str
) -> None:
    put(origin.bare, blobs)
    before = tip(origin)

    with pytest.raises(StateError, match=why) as caught:
        origin.store().read()

    assert f"{REF} of origin ({before[:12]})" in caught.value.message
    assert tip(origin) == before


def test_a_flood_is_refused_before_it_is_read(origin: OriginPlace) -> None:
    put(origin.bare, {"state.json": HEAD, "documents/a.json": b" " * (257 * 2**20)})

    with pytest.raises(StateError, match="bytes, which no state of pmsync has"):
        origin.store().read()


def test_a_tree_that_unfolds_without_end_is_never_entered(origin: OriginPlace) -> None:
    put(origin.bare, encode(STATE))
    documents = git(origin.bare, "rev-parse", f"{REF}:documents").strip()
    for _ in range(40):
        lines = "".join(f"040000 tree {documents}\t{n}\n" for n in range(40))
        documents = subprocess.run(
            ["git", "mktree"],
            cwd=origin.bare,
            input=lines.encode(),
            capture_output=True,
            check=True,
        ).stdout.decode()
        documents = documents.strip()
    head = git(origin.bare, "rev-parse", f"{REF}:state.json").strip()
    root = subprocess.run(
        ["git", "mktree"],
        cwd=origin.bare,
        input=f"100644 blob {head}\tstate.json\n040000 tree {documents}\tdocuments\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    commit = git(origin.bare, "commit-tree", root.strip(), "-m", "bomb").strip()
    git(origin.bare, "update-ref", REF, commit)

    with pytest.raises(StateError, match="cannot be read"):
        origin.store().read()


def test_a_damaged_object_is_named_and_not_taken_for_an_empty_state(
    tmp_path: Path,
) -> None:
    root = new_repository(tmp_path / "here")
    store = open_state(StateSettings(str(root)))
    store.compare_and_swap(store.read()[1], STATE, "first")
    blob = git(root, "rev-parse", f"{REF}:lease.json").strip()
    file = root / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"")

    with pytest.raises(StateError, match=blob):
        open_state(StateSettings(str(root))).read()


def test_a_lock_file_that_a_crash_left_is_named(tmp_path: Path) -> None:
    root = new_repository(tmp_path / "here")
    lock = root / ".git" / "refs" / "pmsync" / "default.lock"
    lock.parent.mkdir()
    lock.write_text("")

    with pytest.raises(StateUnavailableError, match=r"default\.lock") as caught:
        open_state(StateSettings(str(root))).compare_and_swap("", STATE, "first")

    assert "remove a lock file" in (caught.value.hint or "")


# Every kind of clone.

CLONES = {
    "whole": (),
    "depth 1 (F28)": ("--depth=1",),
    "without blobs": ("--filter=blob:none",),
    "without trees": ("--filter=tree:0",),
    "bare": ("--bare",),
}


@pytest.mark.parametrize("kind", CLONES)
def test_a_clone_of_any_kind_reads_and_writes_and_stays_what_it_is(
    origin: OriginPlace, kind: str
) -> None:
    git(origin.bare, "config", "uploadpack.allowFilter", "true")
    for number in range(3):
        store = origin.store()
        store.compare_and_swap(store.read()[1], replace(STATE, config=str(number)), "x")
    root = origin.clone(*CLONES[kind])
    before = facts(root)

    for number in range(2):
        store = origin.store(root)
        state, version = store.read()
        assert state == replace(STATE, config=f"{2 + number}")
        store.compare_and_swap(version, replace(STATE, config=f"{3 + number}"), "y")
        other = origin.store()
        assert other.read()[0] == replace(STATE, config=f"{3 + number}")

    assert facts(root) == before
    assert len(origin.messages()) == 5


def facts(root: Path) -> tuple[str, ...]:
    """What a person would notice of a clone."""
    refs = git(root, "for-each-ref", "--format=%(refname) %(objectname)")
    kept = [line for line in refs.splitlines() if "refs/pmsync-local/" not in line]
    shallow = git(root, "rev-parse", "--is-shallow-repository")
    return (*kept, shallow, str((root / ".git" / "FETCH_HEAD").exists()))


def test_a_checkout_as_actions_make_it_needs_neither_branch_nor_identity(
    web: HttpPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME")
        monkeypatch.delenv(f"GIT_{name}_EMAIL")
    web.host.authorization = "basic c2VjcmV0OnNlY3JldA=="
    root = web.directory / "checkout"
    git(web.directory, "init", "--quiet", str(root))
    git(root, "remote", "add", "origin", web.address)
    header = f"AUTHORIZATION: {web.host.authorization}"
    git(root, "config", "--local", f"http.{web.host.address('')}.extraheader", header)
    commit = git(web.bare, "rev-parse", "main").strip()
    git(root, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit)
    git(root, "checkout", "--quiet", "--detach", commit)

    store = web.store(root)
    written = store.compare_and_swap(store.read()[1], STATE, "first")

    assert web.store(root).read() == (STATE, written)
    author = git(web.bare, "log", "--format=%an <%ae>", web.full_ref)
    assert author == "pmsync <pmsync@localhost>\n"
    assert git(root, "branch", "--list").strip() == f"* (HEAD detached at {commit[:7]})"


def test_a_token_that_the_host_does_not_know_is_said_and_not_told(
    web: HttpPlace,
) -> None:
    root = web.clone()
    web.host.authorization = "basic c2VjcmV0OnNlY3JldA=="
    git(root, "config", "http.extraheader", "AUTHORIZATION: basic d3Jvbmc6d3Jvbmc=")

    with pytest.raises(StateUnavailableError) as caught:
        web.store(root).read()

    assert "d3Jvbmc" not in f"{caught.value.message} {caught.value.hint}"


def test_a_repository_of_long_ids_keeps_its_state(tmp_path: Path) -> None:
    root = new_repository(tmp_path / "here", "--object-format=sha256")
    store = open_state(StateSettings(str(root)))
    written = store.compare_and_swap(store.read()[1], STATE, "first")
    written = store.compare_and_swap(written, replace(STATE, config="c2"), "second")

    assert len(written) == 64
    assert open_state(StateSettings(str(root))).read() == (
        replace(STATE, config="c2"),
        written,
    )


def test_a_local_state_is_never_pushed(origin: OriginPlace) -> None:
    root = origin.clone()
    settings = replace(origin.settings(root), shared=False)
    store = open_state(settings)
    store.compare_and_swap(store.read()[1], STATE, "first")

    assert open_state(settings).read()[0] == STATE
    assert git(origin.bare, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main"
    ]


def test_a_local_state_that_a_person_pushes_is_the_remote_s(
    origin: OriginPlace,
) -> None:
    root = origin.clone()
    local = open_state(replace(origin.settings(root), shared=False))
    version = local.compare_and_swap(local.read()[1], STATE, "first")
    git(root, "push", "--quiet", "origin", REF)

    assert origin.store().read() == (STATE, version)


# What a person reads, and what it costs.


def test_the_history_says_who_did_what_and_one_row_is_one_changed_line(
    origin: OriginPlace,
) -> None:
    store = origin.store()
    version = store.compare_and_swap(store.read()[1], STATE, "pmsync: take the lease")
    documents = dict(STATE.documents)
    documents["postmortems/b.md"] = DocumentState((ItemState("kb", "Rotate all keys"),))
    after = replace(STATE, documents=documents)
    store.compare_and_swap(version, after, "pmsync: done\n\nCreateTicket b.md:7 OPS-1")

    shown = git(origin.bare, "log", "-1", "--stat", "--format=%an%n%B", origin.full_ref)
    assert shown.startswith("Test Author\npmsync: done\n\nCreateTicket b.md:7 OPS-1\n")
    assert "1 file changed, 1 insertion(+), 1 deletion(-)" in shown
    blob = git(
        origin.bare, "show", f"{origin.full_ref}:documents/postmortems%2Fb.md.json"
    )
    assert json.loads(blob)["items"][0]["text"] == "Rotate all keys"


def test_a_state_that_did_not_change_costs_one_question(origin: OriginPlace) -> None:
    store = origin.store()
    store.compare_and_swap(store.read()[1], STATE, "first")
    started: list[str] = []
    active = [True]

    def hook(event: str, args: tuple[object, ...]) -> None:
        if active and event == "subprocess.Popen":
            arguments = args[1]
            assert isinstance(arguments, list | tuple)
            started.extend(
                a for a in arguments if a in ("ls-remote", "fetch", "cat-file")
            )

    sys.addaudithook(hook)
    store.read()
    active.clear()

    assert started == ["ls-remote"]
