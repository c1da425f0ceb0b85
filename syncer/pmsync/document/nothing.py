"""Cells that say that there is nothing yet, or nobody."""

# words of several languages

from __future__ import annotations

from functools import lru_cache

from pmsync.document.placeholders import is_placeholder
from pmsync.document.text import plain

_AROUND = " .-–—―‒−_*()[]"
_LONGEST = 400
"""Characters; what is longer was written by a person."""
_NOTHING = frozenset(
    """
n/a, na, n.a., none, none yet, no, nil, null, nothing, tbd, tbc, to be determined,
to be created, to be defined, to be assigned, tba, to do, todo, unassigned, unknown, not set,
new, new ticket, new issue, ticket to be created, no ticket, no issue, not yet,
not created, not yet created, not filed, missing, pending, ?, ??, ???,
なし, 無し, 無, 未定, 未起票, 未作成, 該当なし, 無, 无, 暂无, 待定, 待创建, 未创建, 不适用, 尚無, 待建立,
ninguno, ninguna, sin ticket, no aplica, por crear, por definir, pendiente, nenhum,
nenhuma, sem ticket, não aplicável, a definir, a criar, keine, kein, keiner, kein ticket,
entfällt, offen, noch offen, folgt, aucun, aucune, à créer, à définir, sans objet,
nessuno, da creare, da definire, geen, n.v.t., nvt, brak, nie dotyczy, do utworzenia, нет,
не создан, не создано, нету, н/д, відсутній, немає, не створено, 없음, 미정, 해당 없음, yok,
belirsiz, ingen, inget, saknas, ei ole, žádný, nincs
""".replace("\n", ",")
    .replace(", ", ",")
    .split(",")
) - {""}

_NOBODY = frozenset(
    """
nobody, no one, no owner, no owner yet, needs owner, needs an owner, owner needed,
not assigned, not yet assigned, unowned, to be named, to be confirmed, to be decided,
未割当, 未割り当て, 未アサイン, 担当未定, 未分配, 未指派, 未指定, 待分配, 待指派, 미배정, 미지정, 담당 미정,
sin asignar, sin responsable, por asignar, a asignar, nadie, sem responsável,
não atribuído, a atribuir, ninguém, nicht zugewiesen, nicht zugeordnet, niemand,
unbesetzt, noch niemand, non assigné, non attribué, à assigner, à attribuer, personne,
non assegnato, da assegnare, niet toegewezen, nog niemand, nieprzypisane, do ustalenia,
не назначен, не назначена, не назначено, не определен, не определён, уточняется,
не призначено, не визначено, atanmadı, atanmamış, ej tilldelad, ikke tildelt
""".replace("\n", ",")
    .replace(", ", ",")
    .split(",")
) - {""}


@lru_cache(maxsize=4096)
def is_nothing(cell: str) -> bool:
    """Return True when the cell says that there is nothing yet.

    Blank, dashes, ``N/A``, ``none``, ``TBD``, ``new ticket``, or a placeholder.
    """
    if len(cell) > _LONGEST:
        return is_placeholder(cell)
    words = plain(cell).strip(_AROUND).casefold()
    return not words or words in _NOTHING or is_placeholder(cell)


@lru_cache(maxsize=4096)
def is_nobody(owner: str) -> bool:
    """Return True when an owner cell names no one: a dash, ``TBD``, ``[Name]``.

    *Team* or *Data* alone, which a template may write as well, name somebody.
    """
    words = plain(owner).strip(_AROUND + "@").casefold()
    if not words or words in _NOTHING or words in _NOBODY:
        return True
    bare = owner.strip(" *_").replace(" ", "")
    return not bare.isalpha() and is_placeholder(owner)
