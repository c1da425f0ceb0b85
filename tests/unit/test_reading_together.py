"""Documents and cells that are read together say what each says alone."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from pmsync.document.cells import Rows, even_columns
from pmsync.document.citations import cites_nothing, read_citations, read_column
from pmsync.document.placeholders import is_placeholder, is_real_word
from pmsync.document.reader import read, read_each
from pmsync.document.reading import is_wordless
from pmsync.document.text import plain, plain_texts
from pmsync.domain.errors import DocumentError
from pmsync.domain.model import Citation, PostMortem
from pmsync.domain.references import beads_of_rows, resolve
from pmsync.domain.repository import SourceDocument
from pmsync.domain.tracker_sites import TrackerSite

_TABLE = "| Action | Owner |\n|---|---|\n| Fix {} | @ana |\n"
_PIECES = (
    "Fix it",
    "Add",
    "action item",
    "[bd-1](bd://bd-1)",
    "[bd-1](bd://bd-2)",
    "bd://bd-a1b2",
    "bd://bd-xxx",
    "[bd-xxx](bd://bd-xxx)",
    "bd-7",
    "#12",
    "OPS-3",
    "[x](https://e.org/issues/3)",
    "on-call",
    "`cron`",
    "*legacy*",
    "**bold**",
    "***",
    "a_b",
    "&amp;",
    "<b>",
    "Straße",
    "対応",
    "\x1c",
    "\u3000",
    "\xa0",
    "TBD",
    "[Action 1]",
    "(0)",
    "-",
    " ",
    "  ",
    "",
)
_cells = st.lists(st.sampled_from(_PIECES), max_size=4).map(
    lambda parts: "".join(parts).strip()
)
_spaced = st.lists(st.sampled_from(_PIECES), max_size=4).map(
    lambda parts: " ".join(parts).strip()
)
_columns = st.lists(st.one_of(_cells, _spaced), min_size=1, max_size=6)
_SITES = (
    TrackerSite("bd", "embedded", "", "bd"),
    TrackerSite("bd", "beads", "", ""),
    TrackerSite("bd", "beads", "", "other"),
    TrackerSite("ops", "jira", "https://acme.atlassian.net", "OPS"),
)
_sites = st.sampled_from(_SITES)
_keys = st.sampled_from(
    ["bd-1", "bd-a1b2.3", "other-1", "bd-", "OPS-3", "", "bd-1 ", "bd-A", "bd-x-1"]
)
_links = st.one_of(
    _keys.map(lambda key: (key, f"bd://{key}")),
    st.tuples(_keys, st.one_of(st.none(), _keys.map("bd://{}".format))),
)


def sources(count: int) -> Iterator[SourceDocument]:
    for number in range(count):
        text = _TABLE.format(number)
        yield SourceDocument(f"{number}.md", text.encode())


def test_no_document_is_lost_or_changes_place_beside_one_that_cannot_be_read() -> None:
    every = list(sources(100))
    for bad in (0, 31, 32, 99):
        every[bad] = SourceDocument(f"{bad}.md", b"\xff")

    found = list(read_each(every))

    for source, one in zip(every, found, strict=True):
        if isinstance(one, DocumentError):
            assert one.message.startswith(f"{source.path}:1: byte 0xff")
        else:
            assert one == read(source.data, source.path)
    assert sum(isinstance(one, PostMortem) for one in found) == 96


def test_a_large_repository_is_never_held_in_memory_as_a_whole() -> None:
    taken: list[str] = []

    def watched(size: int) -> Iterator[SourceDocument]:
        for number in range(1_000):
            taken.append(str(number))
            yield SourceDocument(f"{number}.md", b"# Title\n" + b"text\n" * (size // 5))

    next(read_each(watched(100)))
    assert len(taken) <= 64

    taken.clear()
    next(read_each(watched(500_000)))
    assert len(taken) <= 3


@example(["[bd-xxx](bd://bd-xxx)", "bd://bd-xxx"])
@example(["[bd-1](bd://bd-1", "bd://bd-1)"])
@example(["", "[bd-1](bd://bd-1)", ""])
@given(_columns)
def test_a_column_of_tickets_cites_what_its_cells_cite(cells: list[str]) -> None:
    assert read_column(cells) == [read_citations(cell) for cell in cells]


@example(["Fix", "Follow OPS-3"])
@example(["Fix", "Follow bd-a"])
@given(_columns)
def test_titles_that_are_looked_at_together_are_told_to_cite_nothing_only_if_none_does(
    cells: list[str],
) -> None:
    if cites_nothing("\n".join(cells)):
        assert not any(map(read_citations, cells))


@example([["\x1ca\x1f", "\u3000b\xa0"]])
@example([["a", "b"], ["", "\tc\x0b"]])
@given(st.lists(st.lists(_cells.map("{} ".format), min_size=2, max_size=2), min_size=1))
def test_rows_that_are_split_together_have_the_cells_of_each(
    texts: list[list[str]],
) -> None:
    data = "".join(f"|{'|'.join(cells)}|\n" for cells in texts).encode()
    rows = Rows(data, 1, 0, len(data))

    columns = even_columns(rows, 2)

    each = [row.texts() for row in rows]
    assert columns in (None, list(map(list, zip(*each, strict=True))))


@example(["Fix  it", "Add"])
@example(["Fix *it*", "Fix _it_"])
@given(_columns)
def test_titles_that_are_looked_at_together_have_the_text_of_each(
    cells: list[str],
) -> None:
    assert plain_texts(cells) == [plain(cell) for cell in cells]


@example("[Action 1]")
@example("TBD")
@given(st.one_of(_cells, _spaced))
def test_a_title_that_begins_with_a_real_word_is_never_left_out(title: str) -> None:
    if is_real_word(title.partition(" ")[0]):
        assert not is_placeholder(title)
        assert not is_wordless(title)


@example([[("bd-1\nbd-2", "bd://bd-1\nbd://bd-2")]], _SITES[0])
@example([[("bd-1", "bd://bd-1")], [], [("bd-2", "bd://bd-2")]], _SITES[0])
@example([[("bd-1", "bd://bd-1"), ("bd-2", "bd://bd-2")], []], _SITES[0])
@given(st.lists(st.lists(_links, max_size=2), max_size=4), _sites)
def test_links_of_rows_that_are_looked_at_together_mean_the_beads_of_each(
    rows: list[list[tuple[str, str | None]]], site: TrackerSite
) -> None:
    cited = [[Citation(*link) for link in row] for row in rows]

    beads = beads_of_rows(cited, [site])

    assert beads in (None, [resolve(row, [site]).refs for row in cited])


def test_links_to_beads_are_looked_at_together() -> None:
    rows = [[Citation(f"bd-{key}", f"bd://bd-{key}")] for key in ("1", "a1b2.3")]

    assert beads_of_rows([*rows, []], _SITES[:1]) is not None
