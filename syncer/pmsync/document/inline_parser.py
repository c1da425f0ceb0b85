"""A small inline parser for Markdown, in linear time; few texts need one.

It keeps, of each construct, what a reader of the rendered page sees. It knows no link
definitions, so a reference link is believed by its looks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from pmsync.document.inline_signs import PUNCTUATION, SPECIAL, flanks, pair


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUN = re.compile(r"`+")
_DELIMITERS = re.compile(r"\*+|_+|~+")
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,15})(?:[\s/][^<>]*+)?>")
_WIKI = re.compile(r"\[\[([^\[\]\n]{1,500})\]\](?!\()")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]")
_LABEL = re.compile(r"\[([^\[\]]{0,999}+)\]")
_ANGLED = re.compile(r"\(\s*+<[^<>\n]*+>")
_TARGET_STOP = re.compile(r"[\s()\\]")
_TITLE_END = re.compile(r"\s*+(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\))?+\s*+\)")
_MAX_PARENTHESES = 4
"""How deep parentheses nest in an address; CommonMark asks for 3 at least."""

_BREAKS = _words("br p div li ul ol td th tr hr table dd dt summary")
_TAGS = _BREAKS | _words(
    "a abbr acronym aside audio b bdi bdo big blockquote body button canvas caption "
    "center cite code col dd del details dfn dl em embed fieldset figcaption figure "
    "font footer form h1 h2 h3 h4 h5 h6 head header html i iframe img input ins kbd "
    "label legend link main map mark math meta nav noscript object option output "
    "param picture pre q rp rt ruby s samp script section select small source span "
    "strike strong style sub sup svg tbody template textarea tfoot thead time title "
    "tt u var video wbr"
)
"""Elements that HTML knows; ``List<String>`` is text."""


class _Bracket(NamedTuple):
    piece: int
    start: int
    image: bool


class _Opener(NamedTuple):
    piece: int
    both: bool


class InlineParser:
    """One pass over one inline text; ``pieces`` is what stays of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.brackets: list[_Bracket] = []
        self.link_floor = 0
        """Brackets before this place are inside no link: links do not nest."""
        self.openers: dict[str, list[_Opener]] = {"*": [], "_": [], "~": []}
        self.ticks: dict[int, list[int]] | None = None
        self.comment_ends = True
        self.last_close = source.rfind("]")

    def text(self) -> str:
        """Return the text without its constructs; white space stays as it is."""
        source = self.source
        at = 0
        while (found := SPECIAL.search(source, at)) is not None:
            start = found.start()
            if start > at:
                self.pieces.append(source[at:start])
            at = self._special(source[start], start)
        self.pieces.append(source[at:])
        return "".join(self.pieces)

    def _special(self, character: str, at: int) -> int:
        """Read one construct and return where to go on."""
        match character:
            case "\\":
                return self._escape(at)
            case "`":
                return self._code(at)
            case "<":
                return self._angle(at)
            case "&":
                return self._entity(at)
            case "[" | "!":
                return self._open_bracket(at)
            case "]":
                return self._close_bracket(at)
            case _:
                return self._delimiters(at)

    def _literal(self, at: int, end: int) -> int:
        self.pieces.append(self.source[at:end])
        return end

    def _escape(self, at: int) -> int:
        following = self.source[at + 1 : at + 2]
        if following in PUNCTUATION and following:
            self.pieces.append(following)
            return at + 2
        return self._literal(at, at + 1)

    def _code(self, at: int) -> int:
        run = _RUN.match(self.source, at)
        assert run is not None  # noqa: S101  # the caller saw a backtick
        if self.ticks is None:
            self.ticks = {}
            for each in _RUN.finditer(self.source):
                self.ticks.setdefault(len(each[0]), []).append(each.start())
        starts = self.ticks.get(len(run[0]), [])
        place = bisect_left(starts, run.end())
        if place == len(starts):
            return self._literal(at, run.end())
        content = self.source[run.end() : starts[place]].replace("\\|", "|")
        self.pieces.append(content)
        return starts[place] + len(run[0])

    def _angle(self, at: int) -> int:
        source = self.source
        if source.startswith("<!--", at) and self.comment_ends:
            end = source.find("-->", at + 4)
            if end >= 0:
                return end + 3
            self.comment_ends = False
        if (link := _AUTOLINK.match(source, at)) is not None:
            self.pieces.append(link[1])
            return link.end()
        tag = _TAG.match(source, at)
        if tag is None or (name := tag[1].lower()) not in _TAGS:
            return self._literal(at, at + 1)
        if name in _BREAKS:
            self.pieces.append(" ")
        return tag.end()

    def _entity(self, at: int) -> int:
        found = _ENTITY.match(self.source, at)
        if found is None:
            return self._literal(at, at + 1)
        from html import unescape  # noqa: PLC0415 seldom needed

        self.pieces.append(unescape(found[0]))
        return found.end()

    def _open_bracket(self, at: int) -> int:
        source = self.source
        image = source[at] == "!"
        following = source[at + 1 : at + 2]
        if at > self.last_close or (image and following != "["):
            return self._literal(at, at + 1)
        if following == "[" and (wiki := _WIKI.match(source, at)) is not None:
            self.pieces.append(wiki[1].rpartition("|")[2])
            return wiki.end()
        if following == "^" and (note := _FOOTNOTE.match(source, at)) is not None:
            return note.end()
        self.brackets.append(_Bracket(len(self.pieces), at, image))
        return self._literal(at, at + 1 + image)

    def _close_bracket(self, at: int) -> int:
        if not self.brackets:
            return self._literal(at, at + 1)
        bracket = self.brackets.pop()
        if not bracket.image and bracket.start < self.link_floor:
            return self._literal(at, at + 1)
        end = self._target_end(at + 1, bracket.start)
        if end is None:
            return self._literal(at, at + 1)
        self.pieces[bracket.piece] = ""
        if not bracket.image:
            self.link_floor = bracket.start
        return end

    def _target_end(self, at: int, start: int) -> int | None:
        """Return where the address after a link's text ends, None when it is none."""
        following = self.source[at : at + 1]
        if following == "(":
            end = self._address_end(at)
            closing = None if end is None else _TITLE_END.match(self.source, end)
            return None if closing is None else closing.end()
        if following != "[" or (start and self.source[start - 1].isalnum()):
            return None
        label = _LABEL.match(self.source, at)
        return None if label is None or label[1].isdigit() else label.end()

    def _address_end(self, at: int) -> int | None:
        if (angled := _ANGLED.match(self.source, at)) is not None:
            return angled.end()
        at += 1
        while self.source.startswith(" ", at):
            at += 1
        depth = 0
        while (stop := _TARGET_STOP.search(self.source, at)) is not None:
            at = stop.end()
            match stop[0]:
                case "(":
                    depth += 1
                    if depth > _MAX_PARENTHESES:
                        return None
                case ")" if depth:
                    depth -= 1
                case "\\":
                    at += 1
                case _:
                    return at - 1
        return None

    def _delimiters(self, at: int) -> int:
        run = _DELIMITERS.match(self.source, at)
        assert run is not None  # noqa: S101  # the caller saw a delimiter
        mark, end = self.source[at], run.end()
        opens, closes = flanks(self.source, at, end, mark)
        self.pieces.append(run[0])
        if closes:
            self._close_emphasis(mark, both=opens)
        if opens and self.pieces[-1]:
            self.openers[mark].append(_Opener(len(self.pieces) - 1, closes))
        return end

    def _close_emphasis(self, mark: str, *, both: bool) -> None:
        openers, closer = self.openers[mark], len(self.pieces) - 1
        while openers and self.pieces[closer]:
            opener = openers[-1]
            left, right = len(self.pieces[opener.piece]), len(self.pieces[closer])
            if not pair(mark, left, right, either=both or opener.both):
                return
            used = min(left, right)
            self.pieces[opener.piece] = mark * (left - used)
            self.pieces[closer] = mark * (right - used)
            if left == used:
                openers.pop()
            for others in self.openers.values():
                while others and others[-1].piece > opener.piece:
                    others.pop()
