"""Statuses that people write: one that is not understood opens no ticket."""

# ruff: noqa: RUF001  # statuses in many scripts

from __future__ import annotations

import pytest

from pmsync.document.statuses import read_status, status_words
from pmsync.domain.model import Status

STATUSES = {
    Status.OPEN: (
        "💡 SUGGESTION|Suggested|Recommended|Open|To do|TODO|Backlog|Not started|🔴 Not Started|⏳ Pending|📋 Planned|"
        "🆕 New|[ ]|☐|⬜ To Do|Proposed|Triaged|Scheduled for Q3|Planned (Q2)|"
        "Will do|Queued|Needs owner|Not yet|Assigned|Todo (blocked by #3)|Ready|"
        "On deck|To be scheduled|Requested|Ticket filed|Open - see JIRA|未対応|対応予定|"
        "起票済|未着手（来週）|待开始|未开始|待排期|待处理|计划中|待安排|미착수|예정|대기|시작 전|Pendiente|"
        "Por iniciar|Sin iniciar|Pendiente de aprobación|Pendente|Não iniciado|"
        "A fazer|Planejado|Offen|Geplant|Noch nicht begonnen|À faire|Prévu|"
        "À planifier|Da fare|Te doen|Do zrobienia|Zaplanowane|Запланировано|"
        "Не начато|Открыта|К выполнению|Заплановано|مفتوح|لم يبدأ|Att göra|"
        "🔵 Open|🟡 Pending|Pending review|Pending approval|Not Done|Unstarted"
    ),
    Status.IN_PROGRESS: (
        "In progress|🟡 In Progress|🔄 In Progress|WIP|In review|Ongoing|Started|"
        "🚧 WIP|Doing|PR open|In dev|Partially done|50%|In Progress (80%)|"
        "Under review|Testing|In testing|Rolling out|対応中|進行中|作業中|一部完了|进行中|开发中|"
        "部分完成|处理中|진행중|진행 중|작업 중|En curso|En progreso|En proceso|Em andamento|"
        "Em progresso|In Arbeit|In Bearbeitung|Läuft|En cours|In corso|Bezig|"
        "W toku|W trakcie|В работе|В процессе|У роботі|Devam ediyor|قيد التنفيذ|"
        "Pågår|🏗️ In progress|Being worked on|Draft PR|Underway|Implementing|"
        "Investigating"
    ),
    Status.BLOCKED: (
        "Blocked|🚫 Blocked|⛔ Blocked|On hold|Waiting on vendor|Paused|Deferred|"
        "Deferred to Q4|保留|対応待ち|阻塞|暂停|보류|Bloqueado|En espera|Bloqueada|"
        "Blockiert|Bloqué|En attente|Заблокировано|Отложено|Engellendi|Postponed|"
        "Waiting for approval|Stalled"
    ),
    Status.DONE: (
        "Done|✅|✅ Done|Completed|Complete|Closed|Resolved|Fixed|Shipped|"
        "Merged|Deployed|☑ Done|[x]|✔|DONE (2026-01-02)|Done in v1.2|"
        "Done - PR #12|Implemented|Released in 1.4.2|Landed|Rolled out|100%|"
        "🟢 Done|Yes|完了|対応済|対応完了|済|完了（2026/01/02）|已完成|已修复|已上线|完成|완료|"
        "완료(2026.01.02)|Completado|Hecho|Finalizado|Cerrado|Concluído|Feito|"
        "Finalizada|Erledigt|Umgesetzt|Abgeschlossen|Fait|Terminé|Réalisé|Fatto|"
        "Completato|Gedaan|Zrobione|Wdrożone|Сделано|Выполнено|Готово|Зроблено|"
        "Виконано|مكتمل|تم|Klar|Mitigated and closed|Already in place|In place|"
        "Live|Verified|Done ✅|Completed by @ann|Closed (fixed)|Addressed|"
        "Merged in #12"
    ),
    Status.WONT_DO: (
        "Won't do|Won't fix|Wontfix|Cancelled|Canceled|Rejected|Dropped|"
        "Not needed|Declined|Superseded|Obsolete|Duplicate|対応不要|見送り|取消|不做|취소|"
        "Cancelado|Descartado|Cancelada|Abgelehnt|Verworfen|Abandonné|Annulé|"
        "Annullato|Anulowane|Отменено|Скасовано|İptal|ملغي|❌ Cancelled|"
        "Will not do|Abandoned|Closed as duplicate|No longer needed|De-scoped"
    ),
}
"""By what they mean, divided by pipes."""


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_in_anybodys_words_is_understood(status: Status) -> None:
    words = status_words()

    read = {each: read_status(each, words) for each in STATUSES[status].split("|")}

    assert {each: found for each, found in read.items() if found is not status} == {}
