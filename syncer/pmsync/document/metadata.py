"""What the head of a document says of the whole document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from pmsync.document.citations import read_citations
from pmsync.document.dates import read_date
from pmsync.document.placeholders import is_nothing, is_placeholder
from pmsync.document.text import plain
from pmsync.domain.model import Citation

_HEAD = 8_000
"""Characters in which metadata is looked for: far below, bold lines mean other things."""
_FRONT_MATTER = 20_000
_SUMMARY = 300
_KEYS: Mapping[str, str] = {
    word: name
    for name, words in {
        "incident_id": "incident id|incident|incident number|incident no|id|incident #|"
        "インシデントid|事件编号|事故编号|id del incidente|id do incidente|vorfall-id|"
        "incident_id|postmortem id|post-mortem id|pm id",
        "date": "date|incident date|date of incident|occurred|occurred on|start date|"
        "started|start time|incident start|発生日|発生日時|日付|日期|发生日期|时间|fecha|data|datum|"
        "date de l'incident|дата|дата инцидента|tarih|날짜|fecha del incidente|"
        "data do incidente",
        "severity": "severity|sev|impact level|incident severity|重要度|深刻度|严重级别|"
        "严重程度|severidad|severidade|gravedad|schweregrad|sévérité|gravité|gravità|"
        "серьёзность|критичность|심각도|önem",
        "status": "status|document status|postmortem status|post-mortem status|state|"
        "ステータス|状態|状态|estado|statut|stato|статус|durum|상태",
        "parent": "beads issue|bead|beads|tracking issue|tracking ticket|tracker|"
        "tracking|ticket|jira|jira ticket|issue|github issue|gitlab issue|incident ticket|"
        "related issue|related ticket|チケット|工单|тикет|тікет|tíquet|chamado",
        "title": "title|タイトル|标题|título|titel|titre|titolo|заголовок",
        "template": "template",
        "summary": "one-line summary|summary line",
    }.items()
    for word in words.split("|")
}
_LINE = re.compile(
    r"^[ \t]{0,3}(?:[-*+][ \t]+|>[ \t]*)?(?P<open>\*\*|__)?(?P<key>[^\W\d_][^:*|\n：]{0,39}?)"
    r"(?:(?P<close>\*\*|__)[ \t]*[:：]|[:：][ \t]*(?P<after>\*\*|__)|[:：])"
    r"[ \t]*(?P<value>[^\n]{0,500})$"
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}=+[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SUMMARY_HEADING = re.compile(
    r"(?i)^\W*(?:\d+[.)]?\s*)?(?:one[- ]line summary|summary|executive summary|tl;?dr|overview|"
    r"abstract|概要|要約|サマリー?|摘要|概述|事件概述|resumen(?: ejecutivo)?|resumo|"
    r"zusammenfassung|résumé|riepilogo|sommario|samenvatting|podsumowanie|резюме|"
    r"кратко|краткое описание|короткий опис|özet|요약)\W*$"
)
_FILE_DATE = re.compile(r"(?<!\d)(\d{4})[-_]?(\d{2})[-_]?(\d{2})(?!\d)")
_YAML_LINE = re.compile(r"^([A-Za-z_][\w -]{0,40})[ \t]*:(?:[ \t]+(.*))?$")
_DRAFT = re.compile(
    r"(?i)\b(?:draft|wip|borrador|rascunho|entwurf|brouillon|bozza|concept|szkic|"
    r"черновик|чернетка|taslak)\b|草稿|下書き|ドラフト|초안"
)
_COMMENT_OPEN, _COMMENT_CLOSE = "<!--", "-->"
_ID_SHAPE = re.compile(r"[A-Za-z]{1,15}[-_#]?\d[\w.-]{0,30}|\d{1,12}")
_NOT_A_STATUS = 80


class Metadata(NamedTuple):
    """The head of a post-mortem, see ``PostMortem`` for the meaning of each name."""

    incident_id: str | None
    title: str | None
    date: date | None
    severity: str | None
    status: str | None
    summary: str | None
    parent: str | None
    parent_citations: tuple[Citation, ...]
    parent_line: int | None
    template: bool
    draft: bool


def read_metadata(text: str, path: str) -> Metadata:
    """Return the metadata of a document at ``path`` (with ``/``).

    It stands in front matter, in lines such as ``**Date:** 2026-01-02``, or in a
    table of names and values, in this order of belief.
    """
    head = _Head(text[:_HEAD])
    found = head.found
    for name, value in _front_matter(text).items():
        found[name] = (value, found[name][1] if name in found else 1)
    title = head.title or _given(found, "title")
    identity = _given(found, "incident_id")
    waiting = title is not None and is_placeholder(_bare(title))
    name = path.rpartition("/")[2].casefold()
    template = (
        "template" in name
        or (found.get("template", ("", 0))[0]).casefold() in ("true", "yes")
        or (waiting and "incident_id" in found and identity is None)
    )
    parent = _given(found, "parent")
    citations = read_citations(parent) if parent else ()
    status = _given(found, "status")
    if status and len(status) > _NOT_A_STATUS:
        status = None
    severity = _given(found, "severity")
    return Metadata(
        incident_id=_identity(identity),
        title=plain(title) if title else None,
        date=_date(found, title, path),
        severity=plain(severity) if severity else None,
        status=plain(status) if status else None,
        summary=head.summary or _short(_given(found, "summary")),
        parent=parent if citations else None,
        parent_citations=citations,
        parent_line=found["parent"][1] if citations else None,
        template=template,
        draft=bool(status and _DRAFT.search(status)),
    )


class _Head:
    """The lines of a document's head, without code and comments."""

    def __init__(self, head: str) -> None:
        self.found: dict[str, tuple[str, int]] = {}
        self.title: str | None = None
        self.summary: str | None = None
        self._wants_summary = False
        self._paragraph: list[str] = []
        self._before = ""
        self._names: list[str] = []
        self._read(head)
        self._end_paragraph()

    def _read(self, head: str) -> None:
        fence, comment, front = "", False, head.startswith("---")
        for number, line in enumerate(head.split("\n"), 1):
            text = line.rstrip("\r")
            if front:
                front = number == 1 or text.strip() not in ("---", "...")
                continue
            if fence:
                fence = "" if text.strip().startswith(fence) else fence
                continue
            if comment or text.lstrip().startswith(_COMMENT_OPEN):
                comment = _COMMENT_CLOSE not in text
                continue
            if opened := _FENCE.match(text):
                fence = opened[1]
                continue
            self._line(number, text)

    def _line(self, number: int, text: str) -> None:
        heading = _HEADING.match(text)
        if heading or _SETEXT.match(text):
            words = heading[2] if heading else self._before
            level = len(heading[1]) if heading else 1
            self._end_paragraph()
            if level == 1 and self.title is None:
                self.title = words or None
            self._wants_summary = (
                self.summary is None
                and _SUMMARY_HEADING.match(plain(words)) is not None
            )
        elif text.lstrip().startswith("|"):
            self._end_paragraph()
            self._table_row(number, text)
        else:
            self._names = []
            self._field(number, text)
        self._before = text

    def _field(self, number: int, text: str) -> None:
        found = _LINE.match(text)
        key = _KEYS.get(found["key"].strip().casefold()) if found else None
        if found and key is not None:
            self._keep(key, found["value"], number)
            self._end_paragraph()
        elif not text.strip() or text.lstrip().startswith(("- [", "* [", "---", "```")):
            self._end_paragraph()
        elif self._wants_summary and not found:
            self._paragraph.append(text.strip())

    def _table_row(self, number: int, text: str) -> None:
        """Read ``| Date | 2026-01-02 |``, or names above values."""
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if all(set(cell) <= set("-: ") for cell in cells):
            return
        keys = [_KEYS.get(_bare(cell).rstrip(":：").casefold(), "") for cell in cells]
        if len(cells) == 2 and keys[0]:  # noqa: PLR2004 - a name and its value
            self._keep(keys[0], cells[1], number)
        elif self._names and len(self._names) == len(cells):
            for key, value in zip(self._names, cells, strict=True):
                if key:
                    self._keep(key, value, number)
            self._names = []
        elif sum(map(bool, keys)) >= 2 and not self._before.lstrip().startswith("|"):  # noqa: PLR2004
            self._names = keys

    def _keep(self, key: str, value: str, number: int) -> None:
        self.found.setdefault(key, (value.strip(), number))

    def _end_paragraph(self) -> None:
        if self._paragraph and self.summary is None:
            self.summary = _short(" ".join(self._paragraph))
            self._wants_summary = self.summary is None
        self._paragraph = []


def _given(found: Mapping[str, tuple[str, int]], name: str) -> str | None:
    """Return a value that was really filled in."""
    value = found.get(name, ("", 0))[0]
    bare = _bare(value)
    if not bare or is_nothing(bare) or is_placeholder(bare):
        return None
    return value


def _bare(text: str) -> str:
    return text.strip().strip("*_").strip()


def _identity(value: str | None) -> str | None:
    if value is None:
        return None
    text = plain(value)
    found = _ID_SHAPE.match(text)
    return found[0] if found else (text if len(text.split()) == 1 else None)


def _short(text: str | None) -> str | None:
    line = plain(text) if text else ""
    if not line or is_placeholder(text or ""):
        return None
    return line if len(line) <= _SUMMARY else line[: _SUMMARY - 1].rstrip() + "…"


def _date(
    found: Mapping[str, tuple[str, int]], title: str | None, path: str
) -> date | None:
    value = _given(found, "date")
    given = read_date(plain(value)) if value else None
    if given is not None:
        return given
    if title and (dated := read_date(title)):
        return dated
    for part in reversed(path.split("/")):
        if named := _FILE_DATE.search(part):
            try:
                return date(int(named[1]), int(named[2]), int(named[3]))
            except ValueError:
                continue
    return None


def _front_matter(text: str) -> Mapping[str, str]:
    """Read front matter: plain ``key: value`` lines of YAML, or TOML.

    YAML is not evaluated: no anchors, tags or nesting, and the first of two equal
    keys counts.
    """
    if text.startswith("+++\n"):
        end = text.find("\n+++", 3, _FRONT_MATTER)
        return _toml(text[4:end]) if end > 0 else {}
    if not text.startswith("---"):
        return {}
    found: dict[str, str] = {}
    for line in text[:_FRONT_MATTER].splitlines()[1:]:
        if line.strip() in ("---", "..."):
            return found
        match = _YAML_LINE.match(line)
        key = (
            _KEYS.get(match[1].strip().casefold().replace("_", " ")) if match else None
        )
        if match and key:
            value = _unquoted((match[2] or "").strip())
            if value and value[0] not in "&*!|>{[":
                found.setdefault(key, value)
    return {}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value.split(" #", maxsplit=1)[0].strip()


def _toml(text: str) -> Mapping[str, str]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    found: dict[str, str] = {}
    for key, value in values.items():
        name = _KEYS.get(key.casefold().replace("_", " "))
        if name and isinstance(value, str | bool | int | date | datetime):
            found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
