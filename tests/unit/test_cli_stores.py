"""The state is kept where the trackers' tickets allow it, or the reason is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.cli.stores import in_git
from pmsync.domain.errors import UsageError
from pmsync_config import load

EMBEDDED = '[trackers.here]\ntype = "embedded"\n'
GITLAB = '[trackers.code]\ntype = "gitlab"\nproject = "a/b"\n'


def chosen(root: Path, text: str) -> bool:
    (root / "pmsync.toml").write_text(text)
    return in_git(root, load(root, None).settings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GITLAB, True),
        (EMBEDDED, False),
        (GITLAB + EMBEDDED, False),
        (GITLAB + '[state]\nstore = "file"\n', False),
        (GITLAB + '[state]\nstore = "local"\n', True),
        (GITLAB + '[state]\nref = "pmsync-state"\n', True),
    ],
)
def test_auto_is_git_unless_tickets_are_files(
    tmp_path: Path, text: str, expected: bool
) -> None:
    (tmp_path / ".git").mkdir()

    assert chosen(tmp_path, text) is expected


def test_outside_of_a_repository_auto_is_files(tmp_path: Path) -> None:
    assert not chosen(tmp_path, GITLAB)


@pytest.mark.parametrize("store", ["git", "local"])
@pytest.mark.parametrize("text", [EMBEDDED, GITLAB + EMBEDDED])
def test_tickets_that_move_with_the_branch_keep_their_state_with_them(
    tmp_path: Path, store: str, text: str
) -> None:
    (tmp_path / ".git").mkdir()

    with pytest.raises(UsageError, match="does not go with the embedded tracker"):
        chosen(tmp_path, f'{text}[state]\nstore = "{store}"\n')


@pytest.mark.parametrize("store", ["git", "local"])
def test_git_without_a_repository_is_refused_and_not_files_instead(
    tmp_path: Path, store: str
) -> None:
    with pytest.raises(UsageError, match="needs a git repository"):
        chosen(tmp_path, f'{GITLAB}[state]\nstore = "{store}"\n')


def test_a_branch_for_a_state_in_files_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names a branch"):
        chosen(tmp_path, f'{EMBEDDED}[state]\nref = "pmsync-state"\n')
