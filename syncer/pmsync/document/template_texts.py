"""A close look at texts that may be a template's own; few need one."""

# punctuation and words of several scripts

from __future__ import annotations

import re
from functools import lru_cache

from pmsync.document.placeholder_words import (
    AROUND,
    BETWEEN,
    COUNTED,
    DATE_WORDS,
    EXAMPLE,
    FREE,
    LEVELS,
    PAIRS,
    PHRASES,
    STATUSES,
)
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
_FILLER = re.compile(
    r"\.{2,}|…|_{3,}|\?{2,}|\b(?:tbd|tbc|lorem ipsum)\b", re.IGNORECASE
)
_NUMBERED = re.compile(
    COUNTED
    + r"\s?(?:#?(?:[0-9]{1,2}|[a-c]|[ivx]{1,3}|n)(?:\s?[:：.–—-]+\s?(.*))?|\s?[:：]\s?(.*))",
    re.IGNORECASE,
)
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
_BEFORE_BRACKET = re.compile(r"[^\[<{&]*")
_RUN = re.compile(r"xxx|nnn|yyyy|aaaa|jjjj|гггг|рррр|hh:mm")


@lru_cache(maxsize=8192)
def waits(text: str) -> bool:
    """Tell whether a text is a template's own, see ``is_placeholder``."""
    if len(_BOX.findall(text)) > 1:
        return _CHECKED_BOX.search(text) is None
    bare = _LEADING_CHECKBOX.sub("", text.replace("`", ""))
    words = plain(bare).strip(AROUND).casefold()
    return (
        words in PHRASES
        or _is_numbered(words)
        or EXAMPLE.match(words) is not None
        or PHRASES.issuperset(BETWEEN.split(words))
        or _is_made_of_placeholders(bare)
        or _is_choice(bare.strip("[]()<>{}*_ "))
    )


def _is_numbered(words: str) -> bool:
    """Recognise ``Action item 1: description (owner: name, due: date)``."""
    found = _NUMBERED.fullmatch(_INNER.sub("", words).strip())
    if found is None:
        return False
    rest = (found[1] or found[2] or "").strip(" .")
    return not rest or rest in PHRASES or _is_made_of_placeholders(rest)


def _is_made_of_placeholders(text: str) -> bool:
    """Tell whether no real word is left without the placeholders of the text."""
    folded = text.casefold()
    before = _BEFORE_BRACKET.match(folded)
    for word in before[0].split() if before else ():
        if word.isalpha() and word not in FREE and word not in DATE_WORDS:
            if _RUN.search(folded) is None:
                return False
            break
    rest = text
    for sign, pattern in _SIGNS:
        if sign.search(rest) is not None:
            rest = pattern.sub(_unless_html, rest)
    if rest == text:
        return False
    return all(word in FREE for word in _WORD.findall(plain(rest).casefold()))


def _unless_html(found: re.Match[str]) -> str:
    """Leave HTML as it is: a line break is no placeholder."""
    return found[0] if found[0][0] == "<" and not plain(found[0]) else " "


def _is_choice(text: str) -> bool:
    """Recognise two or more values to choose from."""
    choices = [plain(each).casefold() for each in _CHOICE.split(text)]
    if len(choices) == 1 or not all(choices):
        return False
    if "|" not in text and len(choices) == 2:  # noqa: PLR2004  # "P0/P1" may be meant
        return set(choices) in PAIRS or _are_statuses(choices)
    return _are_statuses(choices) or all(
        choice in LEVELS or _SEVERITY.fullmatch(choice) for choice in choices
    )


def _are_statuses(choices: list[str]) -> bool:
    found = [STATUSES.get(choice) for choice in choices]
    return None not in found and len(set(found)) > 1


def has_filler(text: str) -> bool:
    """Tell whether a text holds what stands for one that is to come: ``TBD``, ``...``."""
    return _FILLER.search(text) is not None


def is_pattern_of_date(text: str) -> bool:
    """Tell whether a text is a pattern for a date and nothing else: ``YYYY-MM-DD``."""
    return _DATE_PATTERN.fullmatch(text.strip("` ")) is not None
