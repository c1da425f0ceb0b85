"""What header cells of tables say, in the languages we know.

Phrases are separated by commas; ``*`` stands for any ending. The first line of each
group is the strongest: when two columns could hold the same value, it wins.
"""

from __future__ import annotations

from pmsync.domain.model import Column


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(" ".join(phrase.split()) for phrase in group.split(",") if phrase.strip())
        for group in text.split(";")
    )


WORDS: dict[Column, tuple[tuple[str, ...], ...]] = {
    Column.TITLE: _groups("""
        action item, action items, action, actions, ai, corrective action,
        corrective actions, preventive action, preventative action, action taken,
        action required, action description, action item description, action plan,
        action point, action step, proposed action, recommended action,
        アクション, アクションアイテム, アクション項目, 対策, 再発防止策, 対応内容, 改善策,
        行动项, 行動項目, 行动, 行動, 行动内容, 措施, 改进措施, 改進措施, 整改措施, 预防措施,
        改善措施, 조치 사항, 조치 내용, 조치, 대책, *maßnahme*, medida, mesure, misura, maatregel,
        мера, захід,
        액션, 액션 아이템, accion, acciones, accion correctiva, acao, acoes, aktion,
        azione, actie, działanie, действие, дія, aksiyon
        ; correction, corrections, task, tasks, to do, todo, follow up, follow ups, followup, follow up action, follow up item,
        follow up task, remediation, remediation item, remediation action,
        remediation task, remediation step, mitigation action, repair item, measure,
        measures, corrective measure, preventive measure, next step, next steps,
        recommendation, recommendations, improvement,
        improvements, improvement action, improvement item, work item,
        deliverable, initiative, countermeasure, what needs to be done, what will change,
        what will be done, recommended fix, recommended change, proposed solution,
        proposed fix, proposed change, proposed improvement, was ist zu tun,
        что нужно сделать, co trzeba zrobić, o que precisa ser feito, que se hara,
        what to do, what will we do, prevention,
        アクション, アクションアイテム, アクション項目, タスク, 対応内容, 対策, 対策内容,
        再発防止策, 対応策, 改善策, 改善内容, 改善アクション, 実施内容, 実施事項, 施策, やること,
        対応事項, 作業内容, 是正措置, 予防措置,
        行动项, 行動項目, 行动, 行動, 行动内容, 行动事项, 行动计划, 措施, 改进措施, 改進措施,
        改进项, 整改措施, 整改项, 整改内容, 整改事项, 任务, 任務, 待办, 待办事项, 动作, 改善措施,
        预防措施, 事项, 工作内容, 改进内容, 改进事项, 改进点, 后续行动, 跟进事项, 优化项,
        优化措施, 应对措施, 对策, 對策, 整改建议,
        액션, 액션 아이템, 조치, 조치 사항, 조치사항, 조치 내용, 작업, 할 일, 후속 조치, 개선 사항,
        개선사항, 개선 조치, 개선안, 개선 과제, 대응 방안, 과제, 대책, 항목,
        accion, acciones, accion correctiva, accion preventiva, tarea, tareas, medida,
        medidas, accion a tomar, que hacer, mejora, elemento de accion, recomendacion,
        acao, acoes, acao corretiva, acao preventiva, tarefa, tarefas, item de acao,
        o que fazer, o que sera feito, encaminhamento,
        melhoria, recomendacao, atividade,
        aktion, aktionen, aktionspunkt, *maßnahme*, aufgabe, aufgaben, tätigkeit, was tun,
        verbesserung, empfehlung,
        action corrective, action preventive, action a mener, actions a mener, tache,
        taches, mesure, mesures, amelioration, recommandation,
        azione, azioni, azione correttiva, attivita, misura, compito, miglioramento,
        actie, acties, actiepunt, taak, taken, maatregel, maatregelen, verbetering,
        działanie, działania, zadanie, zadania, akcja, środek zaradczy,
        действие, действия, задача, задачи, мера, меры, что сделать, что делать,
        мероприятие, мероприятия, экшен айтем, экшн айтем, шаг,
        дія, дії, завдання, захід, заходи, що зробити, що робимо,
        aksiyon, aksiyon maddesi, eylem, görev, faaliyet, yapılacak, yapılacak iş,
        önlem, åtgärd, åtgärder, uppgift, tiltak, oppgave, handling, toimenpide,
        tehtävä, opatření, úkol, acțiune, tindakan, tugas, hành động, công việc,
        ενέργεια, פעולה, משימה, الإجراء, إجراء, الإجراءات, الإجراء التصحيحي, المهمة, مهمة, कार्य
        ;
        item, items, description, summary, what, title, name, details, subject,
        activity, story, work, topic, mitigation, mitigations, solution, fix, fixes, change, proposal,
        内容, 項目, 概要, 件名, 詳細, 内容詳細, 描述, 项目, 項目名, 说明, 標題, 标题, 名称,
        内容描述, 설명, 내용, 제목, descripcion, elemento, detalle, que, descricao, item,
        detalhe, o que, beschreibung, punkt, thema, was, element, quoi, intitule,
        libelle, descrizione, voce, cosa, omschrijving, beschrijving, wat, opis, co,
        element, nazwa, описание, пункт, что, название, опис, що, назва, açıklama,
        madde, ne, konu, beskrivning, beskrivelse, vad, hva, hvad, kuvaus, popis,
        الوصف, البند, العنصر
        ;
        step
    """),
    Column.OWNER: _groups("""
        owner, owners, owner s, action owner, owned by, assignee, assignees,
        assigned to, assigned, assignment, responsible, responsible party,
        responsible person, person responsible, accountable, dri, who, lead,
        responsibility, task owner, point person, point of contact, poc, pic, driver,
        champion, implementer, assigned owner, owner name, owner role, resp, verantw,
        contact person, person in charge, in charge, owning squad, engineer, 执行者,
        担当, 担当者, 担当者名, 責任者, オーナー, アサイン, 主担当, 実施者, 対応者,
        负责人, 負責人, 责任人, 責任人, 负责, 担当人, 执行人, 经办人, 处理人, 指派给, 跟进人,
        责任方, 负责方, 所有者, 认领人, 对接人, 处理人员, 责任团队,
        담당자, 담당, 책임자, 오너, 소유자, 작업자, 수행자,
        dueno, duena, responsable, responsables, asignatario, asignado, asignado a, encargado,
        propietario, quien, a cargo, a cargo de,
        responsavel, responsaveis, dono, atribuido, atribuido a, encarregado, quem,
        verantwortlich*, verantwortung, zuständig*, zugewiesen, eigentümer, wer,
        bearbeiter, inhaber, umsetzung durch,
        porteur, pilote, proprietaire, assigne, assigne a, attribue a, qui,
        responsabile, assegnato, assegnatario, assegnato a, proprietario, incaricato,
        chi, eigenaar, verantwoordelijk*, toegewezen*, wie, actiehouder, trekker,
        właściciel, odpowiedzialn*, osoba odpowiedzialna, przypisan*, kto, wykonawca,
        ответственн*, владелец, исполнитель, исполнители, назначен*, кто, оунер, овнер,
        відповідальн*, власник, виконавець, призначен*, хто,
        sorumlu, sorumlusu, atanan, sahibi, kim, görevli,
        ägare, ansvarig, ansvarlig, vem, hvem, eier, ejer, omistaja, vastuuhenkilö,
        vlastník, odpovědn*, responsabil, penanggung jawab, người phụ trách,
        υπεύθυνος, אחראי, המבצע, المسؤول, مسؤول, الشخص المسؤول, الجهة المسؤولة, المالك, स्वामी
        ;
        team, person, owning team, responsible team, owner team, squad, group, department,
        チーム, 担当チーム, 担当部署, 部署, 团队, 责任部门, 部门, 팀, 담당 팀, 담당팀, equipo,
        equipe, abteilung, squadra, zespół, команда, ekip, takım
    """),
    Column.DUE: _groups("""
        due, due date, due by, due on, due date utc, deadline, deadlines, target date,
        target completion, target completion date, completion target, due when,
        estimated completion, estimated completion date, expected completion,
        expected completion date, planned completion, planned date, by when,
        complete by, completed by date, eta, etc, expected date, estimated date,
        delivery date, committed date, commitment date, resolve by, target due date,
        target resolution, target resolution date, est completion, expected by, needed by,
        required by, follow up by, fecha de compromiso, data de conclusao, date butoir,
        data realizacji, планируемая дата, 완료 목표,
        期限, 期日, 締切, 締め切り, 納期, 対応期限, 完了予定, 完了予定日, 予定日, 目標日, 実施期限,
        目標期限, 実施予定, 実施予定日,
        截止日期, 截止时间, 截止時間, 截止, 期望完成时间, 计划完成时间, 预计完成时间, 完成期限,
        完成日期, 目标日期, 到期日, 预计完成, 计划完成, 交付时间, 最后期限, 计划时间, 计划日期,
        完成时限, 期限, 限期, 截至日期, 截至时间, 计划完成日期, 预计完成日期, 目标时间, ddl,
        마감일, 기한, 마감, 완료 예정일, 완료 예정, 목표일, 목표 일정, 예정일, 완료 목표일, 데드라인,
        fecha limite, fecha de vencimiento, vencimiento, fecha compromiso,
        fecha objetivo, plazo, fecha de entrega, fecha prevista, fecha estimada, fecha tope,
        fecha fin, para cuando,
        prazo, prazos, data limite, data prevista, data alvo, data de entrega, para quando,
        vencimento, previsao,
        frist, *frist, fällig*, fälligkeit*, termin, zieldatum, enddatum, stichtag, zieltermin,
        bis, bis wann, echeance, echeances, date limite, date d echeance, date cible,
        delai, date prevue, pour quand,
        scadenza, data di scadenza, data scadenza, termine, entro, data prevista,
        vervaldatum, einddatum, streefdatum, uiterlijk, opleverdatum,
        termin realizacji, termin wykonania, data wykonania, do kiedy,
        срок, сроки, срок исполнения, срок выполнения, дедлайн, крайний срок,
        дата завершения, плановая дата, до когда,
        термін, терміни, строк, дедлайн, термін виконання, до якого, до коли,
        son tarih, bitiş tarihi, hedef tarih, termin tarihi, teslim tarihi, vade,
        förfallodatum, slutdatum, senast, frist dato, forfallsdato, forfaldsdato,
        määräaika, termín, termen, tenggat, batas waktu, hạn chót, thời hạn,
        προθεσμία, תאריך יעד, الموعد النهائي, تاريخ الاستحقاق, التاريخ المستهدف, الموعد,
        المهلة, تاريخ الانتهاء, नियत तिथि
        ;
        target, timeline, timeframe, time frame, when, by, eta date, horizon, schedule,
        target quarter, target sprint, quarter, milestone, sprint, target release,
        completion, check in date, estimate, due time,
        時期, 実施時期, 目標, 予定, スケジュール, いつ, 完成时间, 时限, 时间要求, 周期, 时间节点,
        일정, 시기, cuando, cronograma, quando, wann, zeitrahmen, zeitpunkt, quand,
        calendrier, wanneer, planning, kiedy, когда, коли, ne zaman
        ;
        date, 日付, 日期, 日時, 날짜, fecha, data, datum, дата, tarih, dato, التاريخ, تاريخ
    """),
    Column.STATUS: _groups("""
        status, state, current status, action status, task status, item status,
        progress, completion status, implementation status, status update,
        ステータス, 状態, 状況, 進捗, 対応状況, 進捗状況, 実施状況, 完了状況,
        状态, 狀態, 进度, 進度, 进展, 完成状态, 完成情况, 当前状态, 处理状态, 执行状态, 完成度,
        落实情况, 落地情况, 处理结果, 整改情况, 执行情况, 进展情况, durumu,
        상태, 진행 상태, 진행상태, 진행 상황, 진행상황, 진행 현황, 진행 여부, 처리 상태, 진행률,
        estado, situacao, situacion, estatus, estado actual, status atual, progreso, progresso,
        andamento, avance,
        zustand, stand, fortschritt, bearbeitungsstand, bearbeitungsstatus,
        statut, etat, avancement, stato, avanzamento, toestand, voortgang, stan,
        postęp, статус, состояние, прогресс, стан, прогрес, durum, ilerleme,
        statusas, tilstand, tila, stav, stare, trạng thái, κατάσταση, סטטוס, מצב,
        الحالة, حالة, الوضع, स्थिति
        ;
        done, is it done, fixed, implemented, complete, completed, done y n, complete y n, closed, finished, is done,
        resolved, check, checked, 完了, 済, 完了済, 完成, 已完成, 是否完成, 완료, 완료 여부,
        hecho, completado, concluido, feito, erledigt, fertig, fait, termine,
        fatto, completato, klaar, gereed, afgerond, gotowe, wykonane, готово,
        выполнено, сделано, виконано, tamamlandı, klar, ferdig, færdig, hotovo
        ;
        disposition, resolution status, outcome status
    """),
    Column.TICKET: _groups("""
        ticket, tickets, ticket link, ticket id, ticket number, ticket no, ticket url,
        issue, issues, issue link, issue id, issue number, issue tracker,
        tracking issue, tracking ticket, tracking bug, tracking link, tracking,
        tracker, tracked in, tracked by, tracking id, tracking number, bug, bugs,
        bug id, bug number, bug link, bug ticket, jira, jira ticket, jira issue,
        jira link, jira id, jira key, github, github issue, gh issue, gitlab,
        gitlab issue, linear, linear issue, bead, beads, bead id, beads issue,
        beads id, bd, asana, trello, clickup, shortcut, youtrack, redmine, bugzilla,
        plane issue, epic, card, vorgangsnr, azure devops, ado, work item link, work item id, related issue,
        related ticket, related issues, issue or pr, issue pr, issue mr, pr issue,
        ticket link s, servicenow, phabricator, launchpad, monday, basecamp, story id,
        チケット, チケット番号, チケットid, イシュー, 課題番号, 課題リンク, 課題, 関連チケット,
        関連issue, 関連 pr, 管理番号,
        工单, 工單, 工单号, 工单链接, 关联工单, 关联, 关联issue, 关联任务, 任务链接, 跟踪链接,
        跟踪单, 缺陷, 缺陷单, 问题单, 需求单, 关联需求, 跟踪, 跟踪工单,
        티켓, 이슈, 이슈 번호, 관련 이슈, 티켓 링크, 이슈 링크,
        incidencia, tiquete, caso, chamado, tarefa relacionada, vorgang, vorgangsnummer,
        billet, segnalazione, melding, zgłoszenie, тикет, тикеты, тікет, задача в jira,
        заявка, номер задачи, талон, talep, bilet, kayıt no, ärende, sak, sag,
        tiketti, hlášení, tichet, tiket, δελτίο, כרטיס, التذكرة, टिकट
        ;
        pr, prs, pull request, pull requests, mr, merge request, link, links, url,
        reference, references, ref, refs, related, pr link, commit, リンク, 参照, 関連,
        链接, 連結, 参考, 引用, 关联链接, 링크, 참조, enlace, vinculo, referencia, lien,
        collegamento, verknüpfung, verweis, referenz, referentie, odnośnik, ссылка,
        посилання, bağlantı, länk, lenke
    """),
    Column.PRIORITY: _groups("""
        priority, prio, pri, priority level, p level, 優先度, 優先順位, 重要度, 优先级, 優先級,
        严重级别, 重要性, 重要程度, 级别, 우선순위, 우선 순위, 중요도, prioridad, prioridade,
        priorität, prioritaet, dringlichkeit, priorite, priorita, prioriteit,
        priorytet, приоритет, приорітет, пріоритет, öncelik, prioritet, prioriteetti, الأولوية
        ;
        severity, sev, urgency, criticality, importance, 緊急度, 深刻度, 紧急程度, 严重程度,
        严重性, 심각도, 긴급도, severidad, severidade, gravedad, gravidade, urgencia,
        schweregrad, gravite, urgence, gravita, urgenza, ernst, ważność, krytyczność,
        серьезность, критичность, важность, критичність, aciliyet, önem
    """),
    Column.TYPE: _groups("""
        type, types, category, kind, action type, type of action, item type, class,
        classification, type acton, bucket, action category,
        種別, 種類, タイプ, カテゴリ, カテゴリー, 分類, 区分, 类型, 類型, 类别, 類別, 分类, 措施类型,
        유형, 종류, 분류, 카테고리, tipo, tipo de accion, tipo de acao, categoria, clase,
        typ, art, kategorie, categorie, type d action, soort, kategoria, rodzaj,
        тип, категория, вид, категорія, tür, tip, kategori, laji, druh
    """),
    Column.ID: _groups("""
        id, no, nr, num, number, action id, action item id, item id, ref id, task id,
        action no, action number, ai id, ai no, s no, sr no, sl no, serial, serial no,
        index, idx, item no, item number, n, 番号, 項番, 連番, 編號, 编号, 序号, 序號, 번호,
        순번, numero, num, nummer, lfd nr, pos, n o, numer, lp, l p, номер, п п, no p p,
        sıra, sıra no, nomor, stt
    """),
}
"""Meaning of a header cell, strongest group first."""

NOTHING = _groups("""
    notes, note, comment, comments, remarks, remark, effort, estimate, estimated effort,
    erledigt am, created, created on, created at, created by, created date, date created, opened,
    opened on, date opened, start, start date, started, closed date, date closed,
    closed on, completed date, completed on, completion date, date completed,
    actual completion, actual completion date, resolved date, last updated, updated,
    update, updated at, updates, reviewer, reviewers, approver, verified by,
    verifier, validation, verification, effectiveness check, success criteria,
    acceptance criteria, acceptance test, definition of done, success metric,
    closed when, done when, completion criteria, exit criteria, verification method,
    success metrics, evidence, rationale, reason, why, blockers, blocker, blocked by,
    dependency, dependencies, depends on, expected outcome, expected impact, outcome,
    impact, benefit, root cause, cause, finding, findings, gap, lesson, problem,
    issue description, problem description, contributing factor, area, section, section ref, framework alignment, repeat,
    date identified, date raised, reported by, reporter, raised by, support, cost,
    備考, メモ, コメント, 理由, 工数, 効果, 目的, 背景, 実績, 完了日, 起票日, 原因, 課題内容,
    备注, 備註, 说明备注, 工作量, 原因, 目的, 验收标准, 验证, 证据, 实际完成时间, 创建时间, 问题,
    预期效果, 风险, 验证方式, 验收方式, 비고, 메모, 사유, 완료일, 원인, 목적, 완료 조건,
    완료 기준, 검증 방법,
    notas, comentarios, observaciones, observacoes, motivo, por que, esfuerzo, esforco,
    bemerkung, bemerkungen, notizen, kommentar, aufwand, grund, warum, ergebnis,
    commentaire, commentaires, remarques, effort, pourquoi, note, commenti, perche,
    opmerking, opmerkingen, uwagi, komentarz, dlaczego, примечани*, комментари*,
    критерий*, зачем, почему, проверяющий, результат, примітк*, навіщо, notlar, açıklamalar, neden
""")[0]
"""Columns that say nothing that is merged."""

TIME = _groups("""
    time, times, timestamp, date time, datetime, date and time, time utc, utc time,
    utc, clock, time of day, hour, elapsed, t, 時刻, 時間, 日時, 时间, 時間點, 时刻, 시간, 시각, 일시,
    hora, hora utc, horario, heure, uhrzeit, zeit, zeitstempel, ora, orario, tijd,
    tijdstip, czas, godzina, время, час, saat, zaman, tid, tidpunkt, tidspunkt, čas,
    frequency, interval, cadence, recurrence, 頻度, 频率, 頻率, 주기, frecuencia, periodicidad,
    frequencia, periodicidade, häufigkeit, intervall, frequenz, turnus, frequence,
    periodicite, frequenza, cadenza, frequentie, częstotliwość, частота,
    периодичность, частота виконання, sıklık
""")[0]
"""A column of clock times makes a timeline, one of intervals a routine."""

STEP = _groups("""
    step, phase, stage, day, week, document, file, paso, fase, etapa, dia, documento,
    etape, phase, jour, passo, schritt, tag, phase, passaggio, giorno, stap, krok, etap,
    шаг, этап, фаза, день, документ, крок, етап, adım, aşama, gün, 手順, 段階, フェーズ, 步骤,
    阶段, 阶段任务, 环节, 단계, 순서, الخطوة, المرحلة, اليوم, السيناريو, trigger, situation, scenario, severity, level, sev, role,
    rol, papel, rolle, ruolo
""")[0]
"""A first column of these makes a procedure, even if it says who does what."""

FOREIGN = _groups("""
    event, events, what happened, metric, metrics, kpi, value, baseline, threshold,
    target value, measurement, before, after, actual, expected, expected result,
    actual result, result, results, test, test case, scenario, check item,
    verification item, criterion, criteria, role, roles, signature, approver,
    approved by, approval, attendee, participant, in attendance, phone, email, e mail,
    contact, slack, term, definition, meaning, acronym, abbreviation, question, answer,
    risk, risks, リスク, 리스크, 위험, riesgo, risco, risiko, risque, rischio, ryzyko, риск, ризик,
    المخاطر, السيناريو, likelihood, probability, decision, version, revision, author, changed by,
    command, alert, alarm, condition, environment, region, host, hostname, setting,
    parameter, key, field, property, attribute, variable, duration, users affected,
    affected users, service, system, systems, services, component, error, code,
    status code, requests, count, number of, percentage, sla, slo, incident, layer, tier,
    related incident, factor, contributing factor, aspect, criterion, file,
    イベント, 出来事, 事象, 値, 指標, メトリクス, 役割, 氏名, 用語, 定義, 質問, 件数, サービス,
    事件, 指标, 值, 数值, 角色, 姓名, 签名, 术语, 定义, 场景, 期望, 预期, 变量, 组件, 服务, 版本,
    이벤트, 지표, 값, 역할, 이름, 용어, 정의, 버전, 서비스,
    evento, suceso, metrica, valor, rol, firma, termino, definicion, pregunta, papel,
    funcao, assinatura, termo, ereignis, metrik, wert, rolle, unterschrift, begriff,
    evenement, metrique, valeur, signature, terme, metrica, valore, ruolo, firma,
    gebeurtenis, waarde, rol, handtekening, zdarzenie, wartość, rola, podpis,
    событие, метрика, значение, роль, подпись, термин, подія, показник, значення,
    olay, metrik, değer, rol, imza, terim
""")[0]
"""A first column of these makes a table of another kind."""
