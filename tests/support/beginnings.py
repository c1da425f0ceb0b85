"""What the tests of faults begin with."""

from __future__ import annotations

from support.faults import document

FIRST = "https://tracker.example/team/ops/issues/1"
TITLE = "Rotate keys"
TWO = {"a.md": document("One", "Two"), "b.md": document("Three")}
TITLES = ("One", "Two", "Three")
