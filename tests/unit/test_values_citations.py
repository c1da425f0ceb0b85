"""Tickets are cited in many ways, and other things only look like tickets."""

from __future__ import annotations

import pytest

from pmsync.document.citations import read_citations


@pytest.mark.parametrize(
    ("cell", "cited"),
    [
        (
            "[#12](https://github.com/o/r/issues/12)",
            [("#12", "https://github.com/o/r/issues/12")],
        ),
        ("#12", [("#12", None)]),
        ("org/repo#12", [("org/repo#12", None)]),
        ("GH-12", [("#12", None)]),
        ("OPS-12", [("OPS-12", None)]),
        (
            "[OPS-12](https://x.atlassian.net/browse/OPS-12)",
            [("OPS-12", "https://x.atlassian.net/browse/OPS-12")],
        ),
        ("bd://bd-a1b2", [("", "bd://bd-a1b2")]),
        ("bd-a1b2", [("bd-a1b2", None)]),
        ("bd-y5v.1 (new)", [("bd-y5v.1", None)]),
        ("`bd-a1b2`", [("bd-a1b2", None)]),
        ("[bd-a1b2](bd://bd-a1b2)", [("bd-a1b2", "bd://bd-a1b2")]),
        ("<https://e.org/issues/3>", [("", "https://e.org/issues/3")]),
        ("OPS-1, OPS-2", [("OPS-1", None), ("OPS-2", None)]),
        ("PR #12", [("PR #12", None)]),
        ("group/project!7", [("group/project!7", None)]),
        ("[bd-1](bd://bd-1", [("bd-1", None), ("", "bd://bd-1")]),
        ("bd://bd-1)", [("", "bd://bd-1")]),
        ("bd://bd-xxx", []),
        ("[bd-xxx](bd://bd-xxx)", []),
    ],
)
def test_what_is_cited(cell: str, cited: list[tuple[str, str | None]]) -> None:
    assert [tuple(one) for one in read_citations(cell)] == cited


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "-",
            "N/A",
            "TBD",
            "[bd://xxx]",
            "none yet",
            "[[ADR-12]]",
            "commit `3917ffb`",
        ),
        *(
            "UTF-8 and SHA-256",
            "[x](javascript:alert(1))",
            "&12",
            "rate-limiting",
            "follow-up",
        ),
    ],
)
def test_what_only_looks_like_a_ticket(cell: str) -> None:
    assert read_citations(cell) == ()


def test_hostile_text_is_read_in_linear_time() -> None:
    for part in ("[", "[a](", "`", "a-", "#1", "<http://", "a/", "[["):
        read_citations(part * 200_000)
