"""Owner, due date and priority inside a checklist entry."""

from __future__ import annotations

import re
from typing import NamedTuple

from pmsync.document.dates import read_date

_OWNER_WORDS = (
    "owner|assignee|assigned to|responsible|who|dri|lead|担当者?|負責人|负责人|責任者|"
    "责任人|responsable|respons[aá]vel|dueño|dono|verantwortlich|responsabile|"
    "propietario|encargado|asignado a|atribu[ií]do a|porteur|pilote|verantwortlicher?|"
    "zuständig|经办人|跟进人|執行人|执行人|poc|"
    "eigenaar|odpowiedzialny|właściciel|ответственный|исполнитель|відповідальний|"
    "sorumlu|담당자?"
)
_DUE_WORDS = (
    "due date|due|deadline|by|eta|target|until|期限|期日|締切|截止日期|截止|fällig|frist|bis|"
    "fecha límite|vence|plazo|prazo|échéance|scadenza|deadline|termin|срок|термін|"
    "fecha|fecha objetivo|data limite|data prevista|vencimento|délai|termine|дедлайн|"
    "完成时间|计划完成|到期|完了予定|목표일|데드라인|до|son tarih|마감일?|기한"
)
_PRIORITY_WORDS = "priority|prio|優先度|优先级|prioridad|prioridade|priorität|priorité"
_VALUE = r"\s*(?:\*\*|__)?\s*[:：=]\s*(?:\*\*|__)?\s*"
_STOP = r"([^,、;|()（）\[\]\n—–·•]{1,80})"
_OWNER = re.compile(rf"(?i)(?<!\w)(?:{_OWNER_WORDS}){_VALUE}{_STOP}")
_DUE = re.compile(
    rf"(?i)(?<!\w)(?:{_DUE_WORDS}){_VALUE}([^;|()（）\[\]\n—–·•]{{1,40}})"
)
_DUE_BARE = re.compile(
    r"(?i)\b(?:due|by|until|before|deadline)\s+(?:on\s+)?(?=[\dA-Z])"
)
_PRIORITY = re.compile(rf"(?i)(?<!\w)(?:{_PRIORITY_WORDS}){_VALUE}{_STOP}")
_PRIORITY_TAG = re.compile(r"(?:^|[\s(\[*])(P[0-4])(?=[\s)\]:*]|$)")
_HANDLE = r"@[A-Za-z0-9][\w.-]{0,60}(?:/[\w.-]{1,60})?"
_HANDLES = rf"({_HANDLE}(?:\s*(?:,|&|/|\+|and)\s*{_HANDLE}){{0,5}})"
_TICKET_WORDS = (
    "ticket|issue|jira|bug|tracking|tracked in|bead|linear|github|gitlab|link|チケット|课题|工单|"
    "chamado|tarea|incidencia|задача|тикет|тікет|티켓|이슈"
)
_LABEL = rf"(?i)[\s*_]*+(?:%s)(?: \w+)?{_VALUE}(.+)"
_OWNER_LINE = re.compile(_LABEL % _OWNER_WORDS)
_DUE_LINE = re.compile(_LABEL % _DUE_WORDS)
_PRIORITY_LINE = re.compile(_LABEL % _PRIORITY_WORDS)
_TICKET_LINE = re.compile(_LABEL % _TICKET_WORDS)
_GROUP_OF_HANDLES = re.compile(rf"\s*(?:\*\*)?{_HANDLES}\s*[:：]?(?:\*\*)?\s*[:：]?\s*")
_PREFIX = re.compile(
    rf"^\s*(?:\*\*)?{_HANDLES}(?:\*\*)?(?:\s*[:—–-]|\s+(?:to|will|should))\s"
)
_SUFFIX = re.compile(rf"(?:^|[\s(\[—–-]){_HANDLES}(?=\s*(?:[)\]—–;,.]|\(|\s-\s|$))")
_DATE_OF_HANDLE = re.compile(
    rf"{_HANDLE}[)\]]?[,;]?\s+[(\[]?(\d{{4}}-\d{{2}}-\d{{2}}|\d{{4}}-?Q[1-4])(?=[)\]]|$)"
)
_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-?Q[1-4]")
_SEGMENT = re.compile(
    r"(?:—|–|\s-\s)\s*(\d{4}-\d{2}-\d{2}|\d{4}-?\s?Q[1-4])\s*(?=—|–|\s-\s|$)"
)
_ANY_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}-?\s?Q[1-4]|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}"
    r"|\d{1,2}\.? [A-Z][a-z]{2,8} \d{4}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日"
)


class EntryFields(NamedTuple):
    """What an entry says in passing: raw Markdown, None where it says nothing."""

    owner: str | None
    due: str | None
    priority: str | None


def read_fields(entry: str) -> EntryFields:
    """Return owner, due and priority of a checklist entry or bullet.

    The day on which something was completed is not a due date.
    """
    return EntryFields(_owner(entry), _due(entry), _priority(entry))


def read_line(line: str) -> EntryFields:
    """Return what a line below an entry says of it: ``Owner: Ann``."""
    owner, due = _OWNER_LINE.match(line), _DUE_LINE.match(line)
    priority = _PRIORITY_LINE.match(line)
    dated = _ANY_DATE.search(due[1]) if due else None
    return EntryFields(
        _value(owner[1]) if owner else None,
        dated[0] if dated else _value(due[1]) if due else None,
        _value(priority[1]) if priority else None,
    )


def ticket_of(line: str) -> str | None:
    """Return what a line below an entry gives as its ticket: ``Jira: OPS-12``."""
    found = _TICKET_LINE.match(line)
    return found[1] if found else None


def owner_of_group(text: str) -> str | None:
    """Return whom a text names over a group of entries: ``@ann``, ``Owner: Ann``."""
    if found := _GROUP_OF_HANDLES.fullmatch(text):
        return found[1]
    return read_line(text).owner


def _owner(entry: str) -> str | None:
    if found := _OWNER.search(entry):
        return _value(found[1])
    if "@" not in entry:
        return None
    if found := _PREFIX.match(entry):
        return found[1]
    found_all = _SUFFIX.findall(entry)
    return found_all[-1] if found_all else None


def _due(entry: str) -> str | None:
    if found := _DUE.search(entry):
        value = _value(found[1])
        if value is not None:
            dated = _ANY_DATE.search(value)
            return dated[0] if dated else value.split(",")[0].strip() or None
    if found := _DUE_BARE.search(entry):
        dated = _ANY_DATE.match(entry, found.end())
        if dated and (read_date(dated[0]) or not _PLAIN_DATE.match(dated[0])):
            return dated[0]
    if found := _SEGMENT.search(entry) or _DATE_OF_HANDLE.search(entry):
        return found[1]
    return None


def _priority(entry: str) -> str | None:
    if found := _PRIORITY.search(entry):
        return _value(found[1])
    found = _PRIORITY_TAG.search(entry)
    return found[1] if found else None


def _value(text: str) -> str | None:
    """Return a value without the marks that belong to the text around it."""
    value = text.strip().rstrip(".")
    for mark in ("**", "__", "*", "_"):
        if value.count(mark) % 2:
            value = value.removesuffix(mark).removeprefix(mark)
    return value.strip() or None
