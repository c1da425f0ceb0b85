"""A first pass over real post-mortems, as a user makes it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Repository
from pmsync.document.reader import read
from pmsync.document.structure import parse

pytestmark = pytest.mark.full


@pytest.fixture
def real(repository: Repository, corpus: Path) -> Repository:
    """A repository that holds all real post-mortems."""
    for source in _documents(corpus):
        target = repository.root / "postmortems" / source.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    repository.commit()
    return repository


def _documents(corpus: Path) -> Iterator[Path]:
    for path in sorted(corpus.rglob("*.md")):
        if path.parent != corpus and "expected" not in path.parts:
            yield path


def test_a_first_pass_is_refused_with_its_number_then_done_then_does_nothing(
    real: Repository,
) -> None:
    refused = real.pmsync("sync")
    assert refused.returncode == 4, refused.stderr
    flag = re.search(r"--max-creates (\d+)", refused.stderr)
    assert flag is not None, refused.stderr
    assert real.git("status", "--porcelain") == ""

    first = real.pmsync("sync", "--max-creates", flag[1], "--format", "json")
    summary = json.loads(first.stdout)["summary"]
    assert summary["create"] == int(flag[1])
    assert summary["failed"] == 0

    after = real.commit()
    second = real.pmsync("sync", "--format", "json")
    assert second.returncode == first.returncode, second.stderr
    assert json.loads(second.stdout)["summary"]["create"] == 0
    assert real.git("status", "--porcelain") == ""
    assert real.git("rev-parse", "HEAD").strip() == after


def test_a_pass_changes_nothing_but_rows_of_action_items(real: Repository) -> None:
    before = {p: p.read_bytes() for p in (real.root / "postmortems").rglob("*.md")}

    real.pmsync("sync", "--max-creates", "100000")

    changed = 0
    for path, data in before.items():
        now = path.read_bytes()
        if now == data:
            continue
        changed += 1
        old, new = data.split(b"\n"), now.split(b"\n")
        assert len(old) == len(new), path
        different = {
            n
            for n, pair in enumerate(zip(old, new, strict=True), 1)
            if pair[0] != pair[1]
        }
        assert different <= _rows(data, path), path
    assert changed > 20


def _rows(data: bytes, path: Path) -> set[int]:
    """The lines of action items, and of tables that hold some."""
    lines: set[int] = set()
    items = read(data, path.name).items
    blocks = {item.block for item in items}
    for table in parse(data).tables:
        if table.header.line in blocks:
            lines |= {table.header.line, table.delimiter.line}
            lines |= {row.line for row in table.rows}
    for entry in parse(data).entries:
        if entry.line in {item.line for item in items}:
            wrapped = data[entry.content.start : entry.content.end].count(b"\n")
            lines |= set(range(entry.line, entry.line + wrapped + 1))
    return lines
