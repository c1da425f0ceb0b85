"""Texts of a template that wait to be filled in."""

# punctuation and words of several scripts

from __future__ import annotations

import re
from functools import lru_cache

from pmsync.document import status_vocabulary, statuses
from pmsync.document.text import plain

_BRACKETED = re.compile(
    r"(?<!\[)\[(?![ xX]\]|[#!&@]|[A-Z][A-Z0-9]+-\d|P\d\])"
    r"(?:[^\[\]\\]++|\\.)*+\](?![(\[\]])"
)
_ANGLED = re.compile(r"<(?![!/])([^<>@:/][^<>@:]{0,80})>|&lt;[^&<>]{1,80}&gt;")
_BRACED = re.compile(r"\{\{[^{}]{0,80}\}\}|\{%[^{}]{0,80}%\}|\{[^{}]{1,80}\}")
_DATE_PATTERN = re.compile(
    r"(?<![a-z])(?:yyyy|aaaa|jjjj|гггг|рррр)(?:[-/. ]?(?:mm|мм|aa)(?:[-/. ]?(?:dd|jj|tt|dj|дд|gg))?)?"
    r"|(?<![a-z])(?:dd|jj|tt|дд|gg)[-/. ](?:mm|мм|aa)(?:[-/. ](?:yyyy|yy|aaaa|aa|jjjj|гггг|рррр))?"
    r"|(?<![a-z])mm[-/. ]dd(?:[-/. ]yyyy|[-/. ]yy)?|(?<![a-z])hh:mm(?::ss)?|\b(?:x{3,}|n{3,})\b(?:-\d{1,6})?"
    r"|(?<![a-z])[a-z]{1,10}[-_ #]?(?:x{3,}|n{3,}|yyyy)[-_/a-z0-9]{0,20}(?![a-z])"
    r"|#(?:x+|n+)\b|年月日|\b0{4}-0{2}-0{2}\b",
    re.IGNORECASE,
)
_BEGIN_PATTERN = frozenset("yYaAjJгГрРdDtTдДmM`0")
_FILLER = re.compile(
    r"\.{2,}|…|_{3,}|\?{2,}|\b(?:tbd|tbc|lorem ipsum)\b", re.IGNORECASE
)
_COUNTED = (
    r"(?:action item|action|item|task|todo|follow[- ]?up|step|measure|improvement|factor"
    r"|recommendation|ai|アクション(?:アイテム)?|対応|項目|タスク|行动项?|措施|任务|事项|改进措施"
    r"|行動項目|预防措施|纠正措施|对策|再発防止策|acci[oó]n(?: correctiva| preventiva| inmediata)?|tarea|medida|a[cç][aã]o(?: corretiva| preventiva| imediata)?"
    r"|melhoria|mejora|projeto|proyecto|am[eé]lioration|verbesserung"
    r"|tarefa|ma(?:ß|ss)nahme|aufgabe|t[aâ]che|azione|attivit[aà]|actie|taak|dzia[lł]anie"
    r"|zadanie|действие|задача|мероприятие|дія|завдання|예방 조치|개선 사항|조치|대책|작업|할 일|eylem|g[oö]rev)"
)
_NUMBERED = re.compile(
    _COUNTED
    + r"\s?(?:#?(?:[0-9]{1,2}|[a-c]|[ivx]{1,3}|n)(?:\s?[:：.–—-]+\s?(.*))?|\s?[:：]\s?(.*))",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"e\.? ?g\.|z\. ?b\.|ex\.?:|(?:example|exemplo|ejemplo|exemple|esempio|beispiel"
    r"|voorbeeld|przykład|пример|приклад|örnek|例|예|예시)\s?[:：]"
)
_BETWEEN = re.compile(r"\s[—–-]\s")
_ANY_COUNTED = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2} ?#?[0-9]{1,2}")
_INNER = re.compile(r"\([^()]*+\)|（[^（）]*+）")
_WORD = re.compile(r"[^\W_]+")
_CHOICE = re.compile(r"\s*(?:\||\\\||｜|／|/|,| or )\s*")
_SEVERITY = re.compile(r"(?:sev|severity|s|p|prio|priority)[- ]?[0-5]", re.IGNORECASE)
_LEADING_CHECKBOX = re.compile(r"^(?:[-*+]\s+)?\[[ xX]\]\s+")
_SIGNS = (
    (re.compile(r"\["), _BRACKETED),
    (re.compile(r"\{"), _BRACED),
    (re.compile(r"[<&]"), _ANGLED),
    (
        re.compile(
            r"(?i)xxx|nnn|yyyy|aaaa|jjjj|гггг|рррр|hh:mm|mm[-/. ]dd|#[xn]|年月日|0000"
            r"|[djtдg][djtдg][-/. ](?:mm|мм|aa)"
        ),
        _DATE_PATTERN,
    ),
    (re.compile(r"(?i)\.\.|[…_?]|tbd|tbc|lorem"), _FILLER),
)
"""What each pattern cannot be without; cheaper to look for than the pattern."""
_BOX = re.compile(r"\[ \]|[☐□⬜]")
_CHECKED_BOX = re.compile(r"\[[xX]\]|[☑☒✅]")
_AROUND = " .*_:："
_NEEDED = frozenset("[{<&…_?|｜/／,`#☐□⬜\\")
"""Signs of which a placeholder has one, if it is none of the known phrases."""
_NEEDED_WORD = re.compile(
    r" or |\.\.|0000|xxx|nnn|yyyy|aaaa|jjjj|hh:mm|[-/. ]mm|mm[-/. ]|[-. ]aa|tbd|tbc|lorem"
)
_ADDRESS = re.compile(r"[a-z]{2,5}://[\w./-]*[0-9][\w./-]*", re.ASCII)
"""An address with a number in it leads somewhere."""
_NEEDED_ABROAD = ("гггг", "рррр", "-мм", ".мм", " мм", "年月日")
"""Words of which a placeholder has one, if it has no sign and counts nothing."""
_COUNTED_FIRST = re.compile(_COUNTED)
_LONGEST_ONE = 5_000
"""Characters; a template explains itself in fewer."""

_FREE = status_vocabulary.words(
    "immediate short medium mid long term sofort kurzfristig mittelfristig langfristig "
    "curto médio longo prazo corto mediano medio largo plazo court moyen long terme 短期 中期 "
    "长期 長期 "
    "pr mr ticket issue 期限 担当 担当者 负责人 截止 截止日期 담당 담당자 기한 "
    "by or and e g eg ex example the a of in on to from due owner date until postmortem "
    "post mortem incident inc pm report rca pir n a na x bis por até à le до incidente "
    "title"
)
"""Words that do not make a text real beside placeholders: ``by <date>``."""

_PHRASES = frozenset(
    """
description, short description, brief description, action description, action item,
action items, action, item description, item, task, task description, title, name, names,
owner, owner name, assignee, your name, full name, responsible, responsible person, who,
date, due date, deadline, target date, due, link, url, ticket, ticket link, issue link,
link to ticket, link to issue, status, priority, description of action,
description of the action, describe the action, describe the action item,
describe action here, describe action item here, describe what needs to be done,
what needs to be done, what will be done, what we will do, your action here,
action goes here, description here, description goes here, add action item,
add action items here, add action here, insert action, insert action here, fill in,
fill me in, to be filled, to be filled in, to fill in, to be determined, to be defined,
to be completed, placeholder, sample action, example action, example action item,
example, name goes here, your name goes here, incident title, postmortem title,
incident name, title of incident, title of the incident, short title, some action,
todo, team, team name, team or person, person or team, team member, tbd description, person,
#, @handle, @username, @user, @name, @owner, @assignee, @person, @someone, @github,
@github-handle, @team, @your-handle, @mention,
内容, アクション, アクション内容, 説明, 担当者名, 氏名, 名前, 日付, 期限, タイトル, 対応内容, 具体的な対応,
描述, 说明, 姓名, 名字, 日期, 负责人, 标题, 事故标题, 行动描述, 措施描述, 具体措施, 行动项描述, 待填写,
待指定行动, 描述行动, 請填寫, 負責人, 標題,
descripción, descripción de la acción, descripción breve, nombre, responsable, fecha,
título, título del incidente, fecha límite, acción, descrição, descrição da ação,
descrição breve, nome, responsável, data, prazo, ação, título do incidente,
beschreibung, beschreibung der maßnahme, kurze beschreibung, verantwortlich, datum,
frist, maßnahme, titel, titel des vorfalls, description de l'action, nom, échéance,
titre, titre de l'incident, descrizione, titolo, omschrijving, naam, titel incident,
opis, nazwa, tytuł, imię, opis działania, описание, описание действия, название, имя,
дата, срок, ответственный, что сделать, краткое описание, название инцидента, опис, ім'я,
опис дії, назва, відповідальний, короткий опис, 설명, 이름, 담당자, 날짜, 제목, 조치 내용,
açıklama, isim, ad, tarih, başlık
""".replace("\n", ",")
    .replace(", ", ",")
    .split(",")
) - {""}


def is_placeholder(text: str) -> bool:
    """Return True when the raw Markdown is a template's own and says nothing.

    ``[Action 1]``, ``<owner>``, ``{{ date }}``, ``YYYY-MM-DD``, ``HH:MM``, ``...``,
    ``Action item 1``, a list to choose from (``SEV1 | SEV2 | SEV3``), and any mixture
    of these. A link, a checkbox, a reference in brackets, a dash and a blank are none.
    """
    for word in text.split(" ", _FIRST_WORDS):
        if not word.isalpha():
            break
        if is_real_word(word):
            return False
    return len(text) <= _LONGEST_ONE and not _says_something(text) and _waits(text)


def is_sample(text: str) -> bool:
    """Tell whether a text is a template's own and is not ``TBD``: ``Name``, ``@name``.

    Whoever has no name or date yet writes *TBD*; the others forgot to write.
    """
    return is_placeholder(text) and _FILLER.search(text) is None


def is_date_pattern(text: str) -> bool:
    """Tell whether a text is a pattern for a date and nothing else: ``YYYY-MM-DD``."""
    return text[:1] in _BEGIN_PATTERN and (
        _DATE_PATTERN.fullmatch(text.strip("` ")) is not None
    )


def is_counted(text: str) -> bool:
    """Tell whether a text is a few words and a number: ``Runbook 2``.

    In a template it waits to be replaced; elsewhere a person may have meant it.
    """
    return _ANY_COUNTED.fullmatch(plain(text).strip(_AROUND)) is not None


@lru_cache(maxsize=8192)
def is_real_word(word: str) -> bool:
    """Tell whether letters are a word of no placeholder, unless inside brackets."""
    folded = word.casefold()
    return (
        word.isalpha()
        and folded not in _WORDS_OF_ONE
        and _BEGINS_ONE.match(folded) is None
    )


def _says_something(text: str) -> bool:
    """Tell cheaply of most texts that they have nothing that a placeholder needs."""
    folded = text.casefold()
    if _NEEDED_WORD.search(folded) is not None:
        return False
    if not _NEEDED.isdisjoint(text):
        return _ADDRESS.fullmatch(text) is not None
    if not text.isascii() and any(word in folded for word in _NEEDED_ABROAD):
        return False
    bare = folded.strip(_AROUND)
    return (
        bare not in _PHRASES
        and not bare.startswith(("(", "（"))
        and _BETWEEN.search(bare) is None
        and _EXAMPLE.match(bare) is None
        and _COUNTED_FIRST.match(bare) is None
    )


@lru_cache(maxsize=8192)
def _waits(text: str) -> bool:
    if len(_BOX.findall(text)) > 1:
        return _CHECKED_BOX.search(text) is None
    bare = _LEADING_CHECKBOX.sub("", text.replace("`", ""))
    words = plain(bare).strip(_AROUND).casefold()
    return (
        words in _PHRASES
        or _is_numbered(words)
        or _EXAMPLE.match(words) is not None
        or _PHRASES.issuperset(_BETWEEN.split(words))
        or _is_made_of_placeholders(bare)
        or _is_choice(bare.strip("[]()<>{}*_ "))
    )


def _is_numbered(words: str) -> bool:
    """Recognise ``Action item 1: description (owner: name, due: date)``."""
    found = _NUMBERED.fullmatch(_INNER.sub("", words).strip())
    if found is None:
        return False
    rest = (found[1] or found[2] or "").strip(" .")
    return not rest or rest in _PHRASES or _is_made_of_placeholders(rest)


def _is_made_of_placeholders(text: str) -> bool:
    """Tell whether no real word is left without the placeholders of the text."""
    folded = text.casefold()
    before = _BEFORE_BRACKET.match(folded)
    for word in before[0].split() if before else ():
        if word.isalpha() and word not in _FREE and word not in _DATE_WORDS:
            if _RUN.search(folded) is None:
                return False
            break
    rest = text
    for sign, pattern in _SIGNS:
        if sign.search(rest) is not None:
            rest = pattern.sub(_unless_html, rest)
    if rest == text:
        return False
    return all(word in _FREE for word in _WORD.findall(plain(rest).casefold()))


def _unless_html(found: re.Match[str]) -> str:
    """Leave HTML as it is: a line break is no placeholder."""
    return found[0] if found[0][0] == "<" and not plain(found[0]) else " "


def _is_choice(text: str) -> bool:
    """Recognise two or more values to choose from."""
    choices = [plain(each).casefold() for each in _CHOICE.split(text)]
    if len(choices) == 1 or not all(choices):
        return False
    if "|" not in text and len(choices) == 2:  # noqa: PLR2004  # "P0/P1" may be meant
        return set(choices) in _PAIRS or _are_statuses(choices)
    return _are_statuses(choices) or all(
        choice in _LEVELS or _SEVERITY.fullmatch(choice) for choice in choices
    )


def _are_statuses(choices: list[str]) -> bool:
    found = [_STATUSES.get(choice) for choice in choices]
    return None not in found and len(set(found)) > 1


_STATUSES = statuses.status_words()
_PAIRS = ({"yes", "no"}, {"y", "n"}, {"name", "team"}, {"owner", "team"})
_LEVELS = status_vocabulary.words(
    "critical highest high medium low lowest urgent blocker major minor normal trivial "
    "draft final complete completed approved review published prevent detect mitigate "
    "process yes no na other alta media média baja baixa hoch mittel niedrig haute "
    "moyenne basse élevée faible 高 中 低 высокий средний низкий высокая средняя низкая "
    "resolved monitoring investigating mitigated"
) | {"in review", "in progress", "n/a", "under review"}

_BEFORE_BRACKET = re.compile(r"[^\[<{&]*")
_DATE_WORDS = status_vocabulary.words(
    "dd mm aa jj tt dj дд мм gg xx nn tbd tbc lorem ipsum yy iso"
)
_RUN = re.compile(r"xxx|nnn|yyyy|aaaa|jjjj|гггг|рррр|hh:mm")
_BEGINS_ONE = re.compile(rf"{_COUNTED}|.*?(?:xxx|nnn|yyyy|aaaa|jjjj|гггг|рррр)")
_FIRST_WORDS = 4
"""Words of a text that are looked at before anything else."""
_WORDS_OF_ONE = frozenset(
    word.strip(".,:/")
    for words in (_PHRASES, _FREE, _LEVELS, _STATUSES, *_PAIRS)
    for phrase in words
    for word in phrase.split()
) | status_vocabulary.words(
    "or sev severity prio priority item up correctiva preventiva corretiva 일 "
    "b c i ii iii iv v vi vii viii ix xi xii "
    "dd mm aa jj tt dj дд мм gg xx nn tbd tbc lorem ipsum"
)
"""Words of placeholders; a text that begins with others is none."""
