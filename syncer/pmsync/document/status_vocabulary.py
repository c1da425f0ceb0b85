"""The words for statuses that people use, by language, and the signs.

Forms that differ only in case, accents, hyphens or underscores stand here once.
"""

# vocabularies are written in their own scripts

from __future__ import annotations

from types import MappingProxyType

from pmsync.domain.model import Status


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


OPEN = """
open, opened, reopened, todo, to do, to-do, new, pending, not started, not yet started,
not yet, not done, not complete, not completed, not implemented, not yet implemented,
not fixed, not resolved, undone, incomplete, unresolved, unstarted, unassigned,
outstanding, planned, scheduled, backlog, in backlog, queued, triage, needs triage,
proposed, suggested, suggestion, recommended, to be done, to be started, to consider, tbd, tbc, upcoming, next, later,
ready, ready to start, ready for dev, assigned, accepted, approved, filed, created,
identified, triaged, will do, on deck, to be scheduled, requested, ticket filed,
issue filed, ticket created, issue created, overdue, late, action required, needs owner

未着手, 未対応, 未完了, 未完, 未実施, 未実装, 未解決, 未修正, 未開始, 着手前, 対応前, 予定,
対応予定, 実施予定, 要対応, 検討中, 要検討, 未定, 新規, オープン, 起票済み, 起票済, 未クローズ
未开始, 未着手, 未完成, 未处理, 未解决, 未修复, 未实现, 未实施, 未执行, 未启动, 待处理, 待办,
待做, 待评估, 待确认, 待定, 待实施, 待执行, 待开始, 待修复, 待开发, 待解决, 待跟进, 待落地,
待落规范, 待, 未配置, 未上线, 未部署, 未验证, 未排期, 待补, 待验证, 待讨论, 待决策, 待分配, 待排期, 计划中, 已计划, 规划中, 新建, 打开,
开放, 尚未开始, 尚未完成, 没有开始, 未開始, 未處理, 未解決, 未修復, 未實作, 待處理, 待辦,
待確認, 待評估, 待執行, 計劃中, 規劃中, 新增, 開啟, 開放, 尚未開始
미착수, 미완료, 미진행, 미해결, 미시작, 시작 전, 시작전, 열림, 할 일, 할일, 대기, 대기 중, 대기중,
예정, 진행 예정, 진행예정, 착수 예정, 착수예정, 작업 예정, 적용 예정, 배포 예정, 검토 예정,
검토 필요, 계획, 계획됨, 계획중, 미적용, 미조치, 미처리, 등록, 등록됨, 오픈, 신규

por iniciar, pendiente, pendientes, abierto, abierta, abiertos, abiertas, por hacer, sin empezar,
sin iniciar, sin comenzar, no iniciado, no iniciada, no empezado, no comenzado,
no hecho, no completado, no terminado, no resuelto, planificado, planificada,
programado, planeado, nuevo, aún no
pendente, pendentes, aberto, aberta, abertos, abertas, a fazer, por fazer, não iniciado,
não iniciada, não começado, não feito, não concluído, não resolvido, planejado,
planejada, planeado, agendado, novo, ainda não, em aberto, a iniciar, em planejamento,
não realizado, não realizada
offen, offene, noch offen, ausstehend, nicht begonnen, nicht gestartet, nicht angefangen,
noch nicht begonnen, nicht erledigt, nicht umgesetzt, nicht fertig, nicht abgeschlossen,
unerledigt, geplant, vorgesehen, zu erledigen, neu, wiedereröffnet
ouvert, ouverte, ouverts, ouvertes, à faire, à traiter, à planifier, à venir,
non commencé, non commencée, pas commencé, pas encore commencé, non démarré, non fait,
non terminé, non résolu, planifié, planifiée, prévu, prévue, nouveau
aperto, aperta, aperti, da fare, da iniziare, da pianificare, non iniziato, non avviato,
non completato, non fatto, non risolto, pianificato, pianificata, in programma, nuovo
te doen, nog te doen, openstaand, niet gestart, niet begonnen, nog niet begonnen,
niet gedaan, niet afgerond, gepland, nieuw
otwarte, otwarty, otwarta, do zrobienia, do wykonania, nie rozpoczęto, nierozpoczęte,
niezrobione, niewykonane, niezakończone, zaplanowane, planowane, nowe, nowy
открыто, открыта, открыт, открыты, к выполнению, к исполнению, надо сделать, сделать,
не начато, не начата, не начат, не начинали, не сделано, не готово, не выполнено,
не завершено, не решено, не закрыто, запланировано, запланирована, планируется,
в планах, новая, новый, новое, в очереди, в бэклоге
відкрито, відкрита, відкритий, до виконання, зробити, треба зробити, не розпочато,
не почато, не зроблено, не виконано, не завершено, не готово, не вирішено, заплановано,
планується, у планах, в планах, нова, новий, у черзі
açık, yapılacak, başlanmadı, başlamadı, henüz başlanmadı, yapılmadı, tamamlanmadı,
bitmedi, bekliyor, beklemede, planlandı, planlanıyor, yeni
öppen, öppet, att göra, ej påbörjad, inte påbörjad, ej klar, planerad, åben, ikke startet,
ikke påbegyndt, planlagt, åpen, ikke påbegynt, avoin, aloittamatta, ei aloitettu, tekemättä
otevřeno, otevřený, nezahájeno, nedokončeno, čeká, naplánováno, nyitott, nem kezdődött,
deschis, neînceput, de făcut, ανοιχτό, εκκρεμεί
chưa bắt đầu, chưa làm, chưa xong, chưa hoàn thành, belum dimulai, belum selesai, terbuka
مفتوح, مفتوحة, لم يبدأ, لم تبدأ, لم يبدأ بعد, مخطط, مخطط له, مجدول, قيد الانتظار, פתוח, טרם התחיל, खुला, लंबित, शुरू नहीं
"""

IN_PROGRESS = """
in progress, inprogress, in-progress, wip, work in progress, doing, started, ongoing,
on-going, under way, underway, active, working, working on it, being worked on,
in development, in dev, in work, in flight, in review, under review, in code review,
review, reviewing, in testing, testing, in qa, in test, in validation, in verification,
in rollout, rolling out, deploying, in deployment, in staging, pr open, pr opened, in pr,
pr up, pr raised, pr in review, partial, partially, partially done, partially complete,
partially completed, partially implemented, partially fixed, partially resolved, partly,
partly done, half done, mostly done, almost done, nearly done, investigating,
under investigation, monitoring, mitigated, implementing, draft pr, in part, continuing, continuous

進行中, 対応中, 作業中, 実施中, 実装中, 着手, 着手済, 着手済み, 着手中, 調査中, 確認中, 検証中,
レビュー中, テスト中, 一部完了, 一部対応, 一部対応済, 一部対応済み, 部分完了, 部分対応, 継続,
継続中, 観察中, 経過観察, 経過観察中, 試行中, 半分完了
进行中, 处理中, 在途, 实施中, 修复中, 开发中, 测试中, 验证中, 评审中, 审核中, 调查中, 观察中,
跟进中, 执行中, 推进中, 部分完成, 部分实现, 部分修复, 部分解决, 部分实施, 部分落地, 已开始,
已启动, 已部分完成, 持续中, 持续进行, 灰度中, 修复实施中
進行中, 處理中, 實施中, 修復中, 開發中, 測試中, 驗證中, 審核中, 調查中, 觀察中, 執行中, 部分實作,
部分修復, 部分解決, 已開始, 持續中, 持续, 长期跟进, 長期跟進, 持續
진행중, 진행 중, 작업중, 작업 중, 처리중, 처리 중, 개발중, 개발 중, 검토중, 검토 중, 일부 완료,
부분 완료, 조사중, 조사 중, 착수, 진행, 준비중, 준비 중, 조치중, 조치 중, 적용중, 적용 중,
테스트중, 테스트 중

en progreso, en curso, en proceso, en marcha, en desarrollo, en revisión, en ejecución,
iniciado, iniciada, empezado, comenzado, parcial, parcialmente, parcialmente hecho,
parcialmente completado, a medias
em andamento, em progresso, em curso, em execução, em desenvolvimento, em revisão,
em análise, em homologação, em validação, em teste, em testes,
iniciada, começado, parcialmente feito, parcialmente concluído, fazendo
in arbeit, in bearbeitung, in umsetzung, in prüfung, in review, in entwicklung, im gange,
begonnen, angefangen, gestartet, laufend, läuft, teilweise, teilweise erledigt,
teilweise umgesetzt, teilerledigt, fast fertig
en cours, en cours de réalisation, en cours de traitement, commencé, commencée, démarré,
démarrée, en revue, en test, partiel, partielle, partiellement, partiellement fait,
partiellement terminé, entamé
in corso, in lavorazione, in sviluppo, in revisione, iniziato, iniziata, avviato, avviata,
parziale, parzialmente, parzialmente completato
bezig, in behandeling, in uitvoering, onderhanden, mee bezig, gestart, loopt, lopend,
gedeeltelijk, deels, deels gedaan
w toku, w trakcie, w trakcie realizacji, w realizacji, rozpoczęte, rozpoczęto,
częściowo, częściowo zrobione, w przeglądzie
в работе, в процессе, в ходе выполнения, делается, выполняется, начато, начата, начат,
на ревью, на проверке, в тестировании, тестируется, частично, частично сделано,
частично выполнено, почти готово
в роботі, у роботі, в процесі, у процесі, виконується, робиться, розпочато, почато,
на перевірці, на ревью, тестується, частково, частково зроблено, частково виконано
devam ediyor, sürüyor, başladı, başlandı, yapılıyor, çalışılıyor, incelemede, kısmen,
kısmen tamamlandı
pågår, pågående, påbörjad, delvis, delvis klar, i gang, igangværende, påbegyndt, påbegynt,
kesken, käynnissä, aloitettu, osittain, probíhá, rozpracováno, částečně, folyamatban,
în curs, în lucru, parțial, σε εξέλιξη
đang làm, đang thực hiện, đang tiến hành, sedang berjalan, sedang dikerjakan
قيد التنفيذ, قيد الإنجاز, جاري, جاري العمل, جاري التنفيذ, جزئي, בתהליך, בעבודה, חלקי, प्रगति में, जारी
"""

BLOCKED = """
blocked, blocker, on hold, onhold, hold, held, paused, stalled, stuck, waiting,
waiting on, waiting for, awaiting, blocked by, blocked on, impeded, suspended, parked,
postponed, deferred, delayed

保留, 保留中, ブロック, ブロック中, 待ち, 対応待ち, 返答待ち, 回答待ち, レビュー待ち, 承認待ち,
一時停止, 停止中, 延期
阻塞, 受阻, 被阻塞, 挂起, 搁置, 暂停, 已暂停, 已搁置, 已挂起, 延期, 已延期, 推迟, 等待, 等待中,
卡住, 掛起, 擱置, 暫停, 已暫停, 已擱置, 等待中
보류, 보류중, 보류 중, 차단, 차단됨, 중단, 연기, 지연

aguardando, bloqueado, bloqueada, bloqueados, bloqueadas, en espera, en pausa, pausado, pausada,
aplazado, aplazada, pospuesto, em espera, em pausa, adiado, adiada, suspenso, suspendido
blockiert, wartet, wartend, wartet auf, pausiert, zurückgestellt, verschoben,
bloqué, bloquée, en attente, en pause, suspendu, reporté, reportée, différé
bloccato, bloccata, in attesa, sospeso, sospesa, rimandato, rinviato,
geblokkeerd, wacht, wachtend, wacht op, on hold gezet, uitgesteld,
zablokowane, zablokowany, oczekuje, wstrzymane, wstrzymano, odłożone,
заблокировано, заблокирована, заблокирован, блокировано, ожидает, ожидание, в ожидании,
на паузе, приостановлено, отложено, отложена, отложен,
заблоковано, заблокована, очікує, в очікуванні, на паузі, призупинено, відкладено,
engellendi, engelli, bloke, askıda, ertelendi,
blockerad, väntar, pausad, blokeret, venter, blokkert, estetty, odottaa, blokováno,
pozastaveno, blokkolva, blocat, bị chặn, tạm dừng, tertunda, diblokir, محظور, معلق, חסום,
अवरुद्ध
"""

DONE = """
done, completed, complete, closed, resolved, fixed, finished, implemented, shipped,
deployed, merged, pr merged, released, delivered, live, in production, in prod, rolled out,
landed, verified, validated, applied, solved, addressed, documented, achieved, passed,
all done, now done, already done, already fixed, is done, has been done, finalized,
finalised, complete and verified, mitigated and closed, in place, already in place,
remediated, executed, ok, yes

完了, 完了済, 完了済み, 完了しました, 対応済, 対応済み, 対応完了, 実施済, 実施済み, 実施完了, 実装済,
実装済み, 実装完了, 修正済, 修正済み, 修正完了, 解決, 解決済, 解決済み, 解消, 解消済, 解消済み, 済,
済み, クローズ, クローズ済, クローズ済み, 終了, デプロイ済, デプロイ済み, 反映済, 反映済み,
リリース済, リリース済み, マージ済, マージ済み, 導入済み, 作成済み, 追加済み, 検証済み, 確認済み,
完成
已完成, 完成, 已关闭, 关闭, 已解决, 解决, 已修复, 修复完成, 已实现, 已实施, 已落地, 已上线,
已发布, 已部署, 已合并, 已处理, 已验证, 已结束, 已执行, 已落码, 已补, 已加, 已做, 完毕, 结束
已關閉, 關閉, 已解決, 解決, 已修復, 已實作, 已實現, 已實施, 已上線, 已發布, 已合併, 已處理, 已驗證,
已結束
완료, 완료됨, 완료함, 해결, 해결됨, 종료, 종료됨, 닫힘, 수정됨, 수정 완료, 적용 완료, 배포 완료,
적용됨, 배포됨, 반영됨, 반영 완료, 조치 완료, 조치완료, 처리 완료, 처리완료, 처리됨, 작업 완료,
작업완료, 개선 완료, 검증 완료, 진행 완료, 수정완료, 적용완료, 배포완료

hecho, hecha, hechos, hechas, completado, completada, completados, completadas, completo,
completa, terminado, terminada, terminadas, finalizado, finalizada, finalizadas, cerrado,
cerrada, resuelto, resuelta, solucionado, corregido, corregida, implementado,
implementada, realizado, realizada, desplegado, listo, lista, cumplido
feito, feita, feitos, feitas, executado, executada, encerrado, encerrada, aplicado,
aplicada, concluído, concluída, concluídos, concluídas, fechado,
fechada, resolvido, resolvida, corrigido, corrigida, entregue, implantado, pronto, pronta
erledigt, fertig, fertiggestellt, abgeschlossen, geschlossen, umgesetzt, gelöst, behoben,
durchgeführt, getan, ausgerollt, vollständig, beendet
fait, faite, faits, faites, terminé, terminée, terminés, terminées, fini, finie, clos,
close, clôturé, clôturée, fermé, fermée, résolu, résolue, corrigé, corrigée, livré,
livrée, déployé, déployée, réalisé, réalisée, achevé, effectué, complété
fatto, fatta, fatti, completato, completata, completati, concluso, conclusa, chiuso,
chiusa, risolto, risolta, corretto, terminato, rilasciato
gedaan, gereed, klaar, afgerond, voltooid, gesloten, opgelost, uitgevoerd, afgehandeld,
afgesloten
zrobione, zrobiony, gotowe, gotowy, wykonane, wykonano, ukończone, ukończono, zakończone,
zakończono, zamknięte, zamknięto, rozwiązane, naprawione, wdrożone, wdrożono
сделано, сделана, сделан, готово, готова, готов, выполнено, выполнена, выполнен,
завершено, завершена, завершён, завершен, закрыто, закрыта, закрыт, решено, решена,
исправлено, исправлена, внедрено, реализовано, реализована, закончено
зроблено, зроблена, готово, виконано, виконана, завершено, завершена, закрито, закрита,
вирішено, виправлено, впроваджено, реалізовано, закінчено
tamamlandı, bitti, yapıldı, kapalı, kapatıldı, kapandı, çözüldü, düzeltildi, bitirildi
klar, klart, färdig, färdigt, avslutad, avslutat, stängd, löst, färdigställd, genomförd,
færdig, lukket, afsluttet, løst, udført, ferdig, fullført, avsluttet, utført, lukka,
valmis, tehty, suljettu, ratkaistu, hotovo, dokončeno, uzavřeno, vyřešeno, splněno, kész,
lezárva, befejezve, gata, finalizat, închis, rezolvat, ολοκληρώθηκε, έγινε
hoàn thành, đã hoàn thành, đã xong, xong, selesai, sudah selesai, ditutup
مكتمل, مكتملة, منجز, منتهي, تم, تم الإنجاز, تم التنفيذ, مغلق, مغلقة, הושלם, בוצע, סגור, पूर्ण, पूरा
"""

WONT_DO = """
wont do, won't do, wontdo, will not do, wont fix, won't fix, wontfix, will not fix,
wont implement, won't implement, not doing, not planned, not pursuing, not needed,
not required, not necessary, no longer needed, no longer required, no longer relevant,
no longer applicable, not applicable, not reproducible, cannot reproduce,
unable to reproduce, rejected, declined, cancelled, canceled, dropped, abandoned,
discarded, obsolete, superseded, duplicate, closed as duplicate, invalid, withdrawn,
out of scope, descoped, de-scoped, no action, no action needed, no action required,
risk accepted, accepted risk, deprioritized, deprioritised, as designed, by design,
closed as not planned, closed as wontfix, closed as invalid, not a bug, not going to do

中止, 見送り, 却下, 対応しない, 対応不要, 不要, 取り下げ, 取下げ, 廃止, 実施しない, キャンセル, 重複,
対象外, 対応見送り
取消, 已取消, 不做, 不处理, 不予处理, 不修复, 无需处理, 不需要, 放弃, 已放弃, 拒绝, 已拒绝, 废弃,
已废弃, 作废, 已作废, 重复, 不再需要, 不適用, 不适用, 不處理, 無需處理, 放棄, 已放棄, 拒絕,
已拒絕, 廢棄, 重複
취소, 취소됨, 하지 않음, 안함, 기각, 거절, 거절됨, 중복, 불필요, 해당 없음

cancelado, cancelada, cancelados, canceladas, descartado, descartada, rechazado,
rechazada, no se hará, no se hace, no aplica, no necesario, no procede, abandonado,
rejeitado, rejeitada, não será feito, não fazer, não aplicável, não necessário, duplicado
verworfen, abgelehnt, abgebrochen, storniert, entfällt, entfallen, wird nicht gemacht,
wird nicht umgesetzt, nicht notwendig, nicht nötig, nicht erforderlich, hinfällig,
annulé, annulée, abandonné, abandonnée, rejeté, rejetée, refusé, refusée, ne sera pas fait,
non applicable, non nécessaire, sans objet, pas nécessaire, sans suite,
annullato, annullata, rifiutato, respinto, scartato, non necessario, non si farà,
non applicabile, abbandonato,
vervallen, geannuleerd, afgewezen, niet nodig, niet van toepassing, wordt niet gedaan,
anulowane, anulowano, odrzucone, odrzucono, porzucone, nie dotyczy, niepotrzebne,
отменено, отменена, отменён, отменен, отклонено, отклонена, не будем делать,
не будет сделано, не требуется, не нужно, не актуально, неактуально, не планируется,
скасовано, скасована, відхилено, відхилена, не потрібно, не будемо робити, неактуально,
не планується, iptal, iptal edildi, reddedildi, vazgeçildi, gerekli değil, yapılmayacak,
avbruten, avvisad, inställd, utgår, annulleret, afvist, avlyst, avvist, peruttu, hylätty,
zrušeno, zamítnuto, törölve, elutasítva, anulat, respins, ακυρώθηκε, đã hủy, hủy,
dibatalkan, ditolak, ملغي, ملغى, ملغاة, مرفوض, בוטל, נדחה, रद्द
"""

WORDS = MappingProxyType(
    {
        Status.OPEN: OPEN,
        Status.IN_PROGRESS: IN_PROGRESS,
        Status.BLOCKED: BLOCKED,
        Status.DONE: DONE,
        Status.WONT_DO: WONT_DO,
    }
)

SIGNS = MappingProxyType(
    dict.fromkeys("✅✔☑🗹✓🎉🏁", Status.DONE)
    | dict.fromkeys("🔄🚧🏗🔨🛠🏃👷🔃♻", Status.IN_PROGRESS)
    | dict.fromkeys("⛔🛑⏸", Status.BLOCKED)
    | dict.fromkeys("🗑", Status.WONT_DO)
    | dict.fromkeys("⏳⌛⬜☐🔲◻□🆕🔜⭕📋📝", Status.OPEN)
)
"""Signs that say it without a word. Traffic lights and crosses do not: a green light
is *done* for some and *on track* for others, a cross *not done* or *dropped*."""

SHORTCODES = MappingProxyType(
    {
        "white_check_mark": "✅",
        "heavy_check_mark": "✔",
        "ballot_box_with_check": "☑",
        "tada": "🎉",
        "construction": "🚧",
        "arrows_counterclockwise": "🔄",
        "hourglass": "⌛",
        "hourglass_flowing_sand": "⏳",
        "no_entry": "⛔",
        "octagonal_sign": "🛑",
        "white_large_square": "⬜",
        "memo": "📝",
    }
)

VAGUE = words(
    "open new next later late review ready accepted approved filed created identified "
    "planned scheduled upcoming pending tbd tbc ongoing continuous monitoring active "
    "requested triaged ok yes live overdue assigned proposed hold partial 継続 予定 未定 待定 "
    "開放 开放 新建 "
    "待 진행 계획 등록 持续 持續 تم offen ouvert aperto lista listo pronto klar gata close 계속 예정"
) | {"in place", "already in place"}
"""Statuses in a status column, but perhaps something else in another cell."""

HEDGES = words(
    "partial partially partly mostly almost nearly half except but pending remaining "
    "incomplete unverified todo wip parcial parcialmente teilweise partiel "
    "partiellement parziale parzialmente częściowo частично почти частково kısmen "
    "deels delvis osittain"
)
"""Words that turn *done* into *not quite done*."""

HEDGES_UNSPACED = ("一部", "部分", "半分", "未完", "일부", "부분")

GOES_ON = words(
    "in on by via with at as of per since and from during after before within for to "
    "through under into yesterday today last this "
    "en por el con desde el la in am mit von durch seit per le par avec depuis dans il "
    "con da em no na pelo door op met sinds в с на из через у з w przez"
)
"""Words that may follow *done* without changing it: ``done in #12``."""

ACTION_WORDS = words(
    "action actions item items ai ais task tasks follow-up follow-ups followup followups "
    "ups up follow work steps todo todos improvements measures fixes "
    "acción acciones tareas acciónes medidas ação ações tarefas medidas corretivas "
    "preventivas correctivas aufgaben maßnahmen actions tâches mesures azioni attività "
    "acties taken działania zadania действия задачи мероприятия дії завдання"
)
"""What headings call the items themselves: ``Completed action items``."""

CHOICE_SEPARATORS = "/|｜／"
