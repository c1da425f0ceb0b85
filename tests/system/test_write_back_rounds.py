"""A push that is refused is planned again from what came meanwhile; nothing is forced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.action import DOCUMENT, Workplace, document, workplace
from support.repositories import Host, git

FASTER = """#!/bin/sh
# A person's push lands just before pmsync's, as often as there are lines to add.
while read -r old new ref; do
  [ "$ref" = refs/heads/main ] && [ -s "$GIT_DIR/more" ] || continue
  unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
  row=$(head -n 1 "$GIT_DIR/more") && sed -i 1d "$GIT_DIR/more"
  file=$({ git show "main:postmortems/a.md"; echo "$row"; } | git hash-object -w --stdin)
  export GIT_INDEX_FILE="$GIT_DIR/person"
  git read-tree main
  git update-index --cacheinfo "100644,$file,postmortems/a.md"
  git update-ref refs/heads/main "$(git commit-tree -p main -m "$row" "$(git write-tree)")"
done
exit 0
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as made:
        made.push(DOCUMENT, document("| First | | Open |").rstrip() + "\n")
        git(made.host.root, "config", "receive.denyNonFastForwards", "true")
        yield made


def people_are_faster(host: Host, *rows: str) -> None:
    """Let a person add a row just before each push of the branch, one after another."""
    hook = host.root / "hooks/pre-receive"
    hook.write_text(FASTER)
    hook.chmod(0o755)
    (host.root / "more").write_text("".join(f"{row}\n" for row in rows))


@pytest.mark.parametrize("options", [(), ("--depth=1",)], ids=["whole", "shallow"])
def test_f19_two_people_who_are_faster_keep_their_rows_and_get_their_tickets(
    options: tuple[str, ...], place: Workplace
) -> None:
    people_are_faster(place.host, "| Second | | Open |", "| Third | | Open |")

    ended = place.sync(place.checkout(*options))

    assert ended.code == 0, ended.log + ended.summary
    titles = [issue.title for issue in place.fake.repository.issues.values()]
    assert sorted(titles) == ["First", "Second", "Third"]
    text = place.host.show(DOCUMENT).decode()
    assert all(f"[#{n}](" in text for n in (1, 2, 3))
    subjects = place.host.log()
    assert subjects[0] == "Bring 3 action items in step with their tickets"
    assert subjects[1:3] == ["| Third | | Open |", "| Second | | Open |"]


def test_a_branch_that_moves_all_the_time_is_given_up_after_three_rounds(
    place: Workplace,
) -> None:
    rows = [f"| Row {n} | | Open |" for n in range(9)]
    people_are_faster(place.host, *rows)

    ended = place.sync()

    assert ended.code == 1, ended.log + ended.summary
    assert place.host.log()[:3] == rows[2::-1]
    (place.host.root / "hooks/pre-receive").unlink()
    assert place.sync().code == 0
    titles = [issue.title for issue in place.fake.repository.issues.values()]
    assert sorted(titles) == ["First", "Row 0", "Row 1", "Row 2"]
