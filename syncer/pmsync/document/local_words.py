"""Statuses in the language in which a column writes those that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pmsync.document.phrases import Phrases, fold
from pmsync.domain.model import Status

_ORDER = (
    Status.OPEN,
    Status.IN_PROGRESS,
    Status.BLOCKED,
    Status.DONE,
    Status.WONT_DO,
)
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "de": ("Offen", "In Arbeit", "Blockiert", "Erledigt", "Verworfen"),
    "es": ("Pendiente", "En curso", "Bloqueado", "Hecho", "Descartado"),
    "fr": ("À faire", "En cours", "Bloqué", "Terminé", "Abandonné"),
    "it": ("Da fare", "In corso", "Bloccato", "Completato", "Annullato"),
    "ja": ("未着手", "対応中", "保留", "完了", "対応しない"),
    "ko": ("예정", "진행 중", "보류", "완료", "취소"),
    "nl": ("Te doen", "Bezig", "Geblokkeerd", "Gereed", "Vervallen"),
    "pl": ("Do zrobienia", "W toku", "Zablokowane", "Zrobione", "Odrzucone"),
    "pt": ("Pendente", "Em andamento", "Bloqueado", "Concluído", "Cancelado"),
    "ru": ("Открыто", "В работе", "Заблокировано", "Готово", "Отменено"),
    "zh": ("待处理", "进行中", "阻塞", "已完成", "已取消"),
}
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "de": ("offen", "geplant", "in arbeit", "in bearbeitung", "noch nicht begonnen"),
    "es": ("pendiente", "en curso", "en progreso", "en proceso", "sin iniciar"),
    "fr": ("a faire", "en cours", "prevu", "a planifier", "bloque"),
    "it": ("da fare", "in corso", "in attesa"),
    "ja": ("未着手", "未対応", "対応中", "対応予定", "作業中", "進行中", "起票済"),
    "ko": ("대기", "예정", "진행", "미착수", "시작 전", "작업 중", "보류"),
    "nl": ("te doen", "bezig"),
    "pl": ("do zrobienia", "w toku", "w trakcie", "zaplanowane"),
    "pt": ("pendente", "em andamento", "em progresso", "nao iniciado", "planejado"),
    "ru": (
        "в работе",
        "в процессе",
        "не начато",
        "запланировано",
        "открыто",
        "отложено",
    ),
    "zh": (
        "待处理",
        "待开始",
        "待执行",
        "待办",
        "未开始",
        "进行中",
        "计划中",
        "待安排",
        "开发中",
    ),
}
"""Words that only one of these languages has."""
_LANGUAGES = Phrases(_KNOWN)


def local_words(cells: Iterable[str]) -> Mapping[Status, str]:
    """Return a word for each status in the language of ``cells``, nothing if unsure."""
    found = {each for cell in cells if cell for each in _LANGUAGES.inside(fold(cell))}
    if len(found) != 1:
        return {}
    return dict(zip(_ORDER, _WRITTEN[found.pop()], strict=True))
