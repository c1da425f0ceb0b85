"""The catalogue of findings in documents: codes never change their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pmsync.document.elements import DoubtKind
from pmsync.domain.model import Problem

UNCLOSED_COMMENT = "PM001"
UNCLOSED_FENCE = "PM002"
BROKEN_TABLE = "PM003"
UNKNOWN_STATUS = "PM004"
AMBIGUOUS_DATE = "PM005"
WIDE_ROW = "PM006"
DOUBLE_COLUMN = "PM007"
LONE_PIPE = "PM008"
INDENTED_ROW = "PM009"
CONTROL_ROW = "PM010"
GLUED_HEADER = "PM011"
NO_TITLE = "PM012"
IMPOSSIBLE_DATE = "PM013"
HTML_TABLE = "PM014"

CATALOGUE: Mapping[str, str] = MappingProxyType(
    {
        UNCLOSED_COMMENT: "An HTML comment is never closed, so the rest of the document"
        " is part of it; write --> where it should end.",
        UNCLOSED_FENCE: "A code fence is never closed, so the rest of the document is"
        " code; close it with a line of the same signs.",
        BROKEN_TABLE: "This looks like a table's delimiter row, but no table is"
        " rendered; it needs as many cells as the header right above it.",
        UNKNOWN_STATUS: "The status is not understood, so no ticket is opened; use a"
        " known word or add this one under [statuses].",
        AMBIGUOUS_DATE: "The date has two readings, or no year; write it as"
        " YYYY-MM-DD or set date_formats.",
        WIDE_ROW: "The row has more cells than the header: it is left alone, and its"
        " table gets no column; escape pipes in its text as \\|.",
        DOUBLE_COLUMN: "Two columns of the table mean the same; the first one is used."
        " Rename the other one.",
        LONE_PIPE: "A line with a single pipe ends the table; the lines below it are"
        " not rows. Remove it.",
        INDENTED_ROW: "A row is indented by four blanks or a tab, which ends the table"
        " on GitHub; the table is read, but not edited. Indent it like the header.",
        CONTROL_ROW: "A line of control characters ends or continues the table,"
        " depending on who reads it; the table is read, but not edited. Remove the line.",
        GLUED_HEADER: "The line above the header holds a pipe and belongs to the same"
        " paragraph; put a blank line between them. The table is read, but not edited.",
        NO_TITLE: "The row says who, when or where, but not what; it is left alone"
        " until a title is written.",
        IMPOSSIBLE_DATE: "There is no such date; correct it, or the item has none.",
        HTML_TABLE: "A table of action items in HTML is not read; write it as a Markdown"
        " table.",
    }
)
"""Each code in one line: what is wrong, and what to do about it."""

OF_DOUBT: Mapping[DoubtKind, str] = MappingProxyType(
    {
        DoubtKind.UNCLOSED_COMMENT: UNCLOSED_COMMENT,
        DoubtKind.UNCLOSED_FENCE: UNCLOSED_FENCE,
        DoubtKind.BROKEN_TABLE: BROKEN_TABLE,
        DoubtKind.LONE_PIPE: LONE_PIPE,
        DoubtKind.INDENTED_ROW: INDENTED_ROW,
        DoubtKind.CONTROL_ROW: CONTROL_ROW,
        DoubtKind.GLUED_HEADER: GLUED_HEADER,
    }
)


def problem(line: int, column: int, code: str, detail: str = "") -> Problem:
    """Build a finding; ``detail`` is put before the catalogue's explanation."""
    text = CATALOGUE[code]
    return Problem(line, column, code, f"{detail}: {text}" if detail else text)
