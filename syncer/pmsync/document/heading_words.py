"""What headings of post-mortems say, in the languages we know.

Phrases are separated by commas; ``*`` stands for any ending. The lists are data: one
language a line where that is possible.
"""

from __future__ import annotations


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(
        " ".join(phrase.split()) for phrase in text.split(",") if phrase.strip()
    )


ACTION_ITEMS = _phrases("""
    action item, action items, action plan, action plans, action point, action points,
    action list, action register, action tracker, action tracking, action log,
    action items table, actionables, actionable items, action steps, action owners,
    remediation items, remediation actions, remediation tasks, remediation plan,
    remediation steps, remedial actions, follow up items, follow up actions,
    follow up tasks, follow up work, follow up tickets, followup items,
    followup actions, followup tasks, corrective actions, corrective action,
    preventive actions, preventive action, preventative actions, preventative action,
    corrective measures, corrective and preventive, corrective and preventative,
    corrective preventive, capa, preventive measures, preventative measures,
    prevention measures, prevention items, prevention tasks, prevention plan,
    prevention actions, repair items, improvement items, improvement actions,
    improvement plan, improvement tasks, mitigation items, mitigation actions,
    to do list, todo list, todo items, to do items, open actions, open action items,
    next actions, outstanding actions, pending actions, remaining actions,
    required actions, recommended actions, agreed actions, planned actions,
    actions to take, actions to be taken, actions required, actions and owners,
    actions with owners, follow ups, followups, next steps, remediation,

    アクションアイテム, アクション項目, アクションプラン, アクションリスト, 対応アクション,
    再発防止策, 再発防止, 恒久対策, 恒久対応, 是正措置, 予防措置, 今後の対応, 今後の対策,
    今後のアクション, 改善アクション, 改善策, 改善項目, 対応策, 対応事項, 残タスク, 残作業,
    残課題, 次のアクション, ネクストアクション, フォローアップ, やること, タスク一覧, 対策一覧,

    行动项, 行動項目, 行动计划, 行動計畫, 行动事项, 行动清单, 行动列表, 后续行动, 後續行動,
    改进措施, 改進措施, 改进项, 改进计划, 改善措施, 整改措施, 整改项, 整改计划, 整改事项,
    待办, 待辦, 后续措施, 后续工作, 后续计划, 後續工作, 后续改进, 跟进事项, 跟進事項, 跟进项,
    下一步, 下阶段, 防再犯, 防止再, 防止类似, 避免再次, 避免类似, 预防措施, 預防措施, 纠正措施, 纠正与预防, 防范措施, 补救措施,
    长期措施, 短期措施, 剩余行动, 遗留问题, 遗留事项, 解决措施, 优化措施, 优化项,

    조치 사항, 조치사항, 액션 아이템, 액션아이템, 후속 조치, 후속조치, 재발 방지, 재발방지,
    개선 사항, 개선사항, 개선 조치, 할 일, 향후 계획, 향후 조치, 다음 단계, 예방 조치,
    시정 조치, 후속 작업, 대책,

    plan de accion, planes de accion, acciones a tomar, acciones correctivas,
    acciones correctoras, acciones preventivas, acciones concretas,
    acciones inmediatas, acciones a mediano, acciones a medio, acciones a corto, acciones a largo,
    acciones de mejora, acciones de seguimiento, acciones pendientes,
    acciones propuestas, elementos de accion, puntos de accion, items de accion,
    medidas correctivas, medidas preventivas, medidas correctoras, tareas pendientes,
    tareas de seguimiento, proximos pasos, siguientes pasos, proximas acciones,
    seguimiento de acciones, compromisos,

    plano de acao, planos de acao, itens de acao, item de acao, pontos de acao,
    acoes corretivas, acoes preventivas, acao corretiva, acao preventiva,
    acoes de acompanhamento, acoes de melhoria, acoes pendentes, acoes futuras,
    acoes imediatas, acoes de seguimento, acoes a tomar, medidas corretivas,
    tarefas pendentes, tarefas de acompanhamento, proximos passos, proximas acoes,

    *maßnahme*, sofortmaßnahmen, korrekturmaßnahmen, folgemaßnahmen,
    verbesserungsmaßnahmen, präventivmaßnahmen, vorbeugemaßnahmen,
    gegenmaßnahmen, abhilfemaßnahmen, aktionspunkte, aktionsplan, aktionsliste,
    handlungsbedarf, handlungsfelder, handlungsempfehlungen, nächste schritte,
    aufgabenliste, offene punkte, offene aufgaben, folgeaktionen, folgeaufgaben,
    was ändern wir, präventive verbesserungen, todos,

    plan d action, plan d actions, plans d action, points d action,
    elements d action, actions correctives, actions preventives,
    actions correctrices, action corrective, action preventive, actions a mener,
    actions a entreprendre, actions de suivi, actions prevues, actions decidees,
    actions d amelioration, mesures correctives, mesures preventives,
    prochaines etapes, prochaines actions, axes d amelioration, taches a faire,
    taches de suivi, reste a faire,

    azioni correttive, azioni preventive, azione correttiva, azioni da intraprendere,
    azioni di follow up, azioni di miglioramento, azioni successive, piano d azione,
    piano di azione, piani d azione, punti d azione, elementi d azione,
    misure correttive, misure preventive, prossimi passi, prossime azioni,
    attivita da svolgere, cose da fare,

    actiepunt*, actielijst, actieplan, acties, vervolgacties, verbeteracties,
    correctieve maatregelen, corrigerende maatregelen, preventieve maatregelen,
    maatregelen, volgende stappen, vervolgstappen, te nemen acties, verbeterpunten,

    działania naprawcze, działania korygujące, działania zapobiegawcze,
    działania następcze, działania prewencyjne, plan działan*, plan naprawczy,
    lista działań, elementy działań, punkty działania, zadania do wykonania,
    dalsze kroki, kolejne kroki, następne kroki, dalsze działania,
    środki zapobiegawcze, środki naprawcze, do zrobienia,

    план действий, план мероприятий, план работ, план дій, план заходів,
    корректирующ* действ*, корректирующ* мер*, предупреждающ* действ*,
    превентивн* мер*, профилактическ* мер*, дальнейш* действ*, дальнейш* шаг*,
    следующ* шаг*, последующ* действ*, список действий, экшен айтем*, экшн айтем*,
    экшены, пункты действий, что сделать, что делать, что будем делать,
    что нужно сделать, задачи, мероприятия, предотвращение повторения,
    меры по предотвращению, меры по устранению,
    корегувальн* дії, коригувальн* дії, коригуюч* дії, превентивн* дії,
    запобіжн* заход*, подальш* дії, наступн* крок*, перелік дій, що зробити,
    що робимо, завдання,

    aksiyon maddeleri, aksiyon listesi, aksiyon kalemleri, eylem listesi, aksiyonlar, aksiyon planı, eylem planı, eylem maddeleri,
    düzeltici faaliyet*, düzeltici eylem*, düzeltici aksiyon*, önleyici faaliyet*,
    önleyici aksiyon*, önleyici eylem*, alınacak aksiyon*, alınacak önlem*,
    sonraki adımlar, yapılacaklar, yapılacak işler, takip aksiyon*,

    åtgärder, åtgärdspunkter, åtgärdslista, handlingsplan, åtgärdsplan,
    nästa steg, tiltak, tiltaksliste, neste steg, oppfølgingspunkter, handlinger,
    handlingspunkter, næste skridt, opfølgning, toimenpiteet, jatkotoimenpiteet,
    seuraavat askeleet, nápravná opatření, další kroky, akční body, úkoly,
    acțiuni corective, pași următori, tindakan perbaikan, tindak lanjut,
    rencana tindakan, tindakan pencegahan, langkah selanjutnya, hành động khắc phục,
    hành động tiếp theo, biện pháp khắc phục, biện pháp phòng ngừa,
    ενέργειες, επόμενα βήματα, פעולות, פריטי פעולה, الإجراءات التصحيحية,
    إجراءات المتابعة, بنود العمل, الخطوات التالية, कार्य मद, कार्य योजना
""")
"""A section with one of these holds action items."""

ACTION = _phrases("""
    follow up, followup, following up, next step, recommendation, recommendations, future work,
    future improvements, future actions, planned work, planned improvements,
    remaining work, remaining tasks, outstanding work, outstanding items,
    outstanding tasks, open items, open tasks, open work, open follow ups,
    pending items, pending tasks, pending work, work items, improvement,
    improvements, process improvements, process changes, technical improvements,
    corrective, preventing recurrence, prevent recurrence, prevention of recurrence,
    prevent this, prevent, prevention, preventive, preventative, how will we prevent,
    how we will prevent, how do we prevent, how to prevent, what we will do,
    what will we do, what we re doing, what are we doing, what we will change,
    what will change, what we are changing, what we re changing, changes we,
    what s next, whats next, moving forward, going forward, commitments, hardening, todo, todos, to do, to dos, tasks, task list, backlog,
    issues created, tickets created, tickets filed, follow on work, cleanup tasks,
    post incident tasks, post incident actions, post incident work, jira tickets,
    tracking issues, permanent fix, permanent fixes, countermeasure, countermeasures,
    remediations, preventing, happening again, avoid recurrence, avoiding recurrence,
    how do we avoid, how can we prevent, how can we avoid, how to avoid, things to do,
    where do we go from here, what next, what needs to be done, what will be done,
    what are we going to do, what we re going to do, proposed fixes, proposed changes,
    proposed solutions, planned fixes, planned changes, changes to make,

    課題と対策, 対策, タスク, 改善, 予防, 是正, 今後の予定, 今後の取り組み, 恒久策, 宿題,
    やるべきこと, 次のステップ,
    改进, 改善, 整改, 预防, 預防, 后续, 後續, 跟进, 避免复发, 防止复发, 防复发, 系统性措施,
    长效机制, 应对措施, 优化建议, 行动方案, 待解决,
    조치, 개선, 예방, 실행 계획, 실행 항목, 후속 과제, 향후 대응, 남은 작업, 추후 작업, 할일,
    해야 할 일, 방지 방안, 방지 계획,
    seguimiento, mejoras, mejora, prevencion, recomendaciones, tareas, como evitar,
    como prevenir, remediacion, plan correctivo, por hacer, medidas a tomar,
    que vamos a hacer, que haremos,
    acompanhamento, melhorias, melhoria, prevencao, recomendacoes, tarefas, pendencias,
    como evitar, como prevenir, remediacao, plano de correcao, encaminhamentos,
    providencias, o que vamos fazer, o que faremos, o que sera feito, itens pendentes,
    empfehlungen, verbesserungen, prävention, vorbeugung, aufgaben, nachverfolgung,
    verbesserungsvorschläge, weitere schritte, folgeschritte, weiteres vorgehen,
    nacharbeiten, wie verhindern wir, was tun wir, was wir ändern,
    suivi, ameliorations, amelioration, prevention, recommandations, taches, a faire,
    comment eviter, plan de remediation,
    miglioramenti, miglioramento, prevenzione, raccomandazioni, attivita, come evitare,
    da fare, cosa faremo, rimedi,
    verbeteringen, preventie, aanbevelingen, opvolging, wat gaan we doen, hoe voorkomen,
    usprawnienia, ulepszenia, zapobieganie, rekomendacje, zalecenia, zadania, co zrobimy,
    co dalej, jak zapobiec, środki zaradcze,
    улучшени*, рекомендаци*, предотвращени*, профилактик*, доработк*, что дальше,
    что делаем, как предотвратить, как избежать, недопущени*,
    покращенн*, рекомендаці*, запобіганн*, доопрацюванн*, що далі, як запобігти,
    як уникнути, недопущенн*, задачі,,
    iyileştirme*, öneriler, önlemler, önleme, takip, ne yapacağız, görevler,
    خطة العمل, الإجراءات, إجراءات, التدابير, المهام, التحسينات, التوصيات, المتابعة,
    نقاط العمل, عناصر العمل
""")
"""Weaker: believed unless the heading also speaks of something else."""

WHOLE_ACTION = _phrases("""
    action, actions, ais, ai, a i, tasks, fixes, fix list, tickets, plan, changes,
    measures, remedies, resolutions, corrections, the plan, actions and follow ups, asks,
    acao, acoes, accion, acciones, aktionen, massnahmen, maßnahmen, azione, azioni,
    actie, acties, taken, dzialania, działania, zadania, aksiyon, eylemler,
    アクション, 対応, действия, меры, дії, заходи, prevent, tracking, 行动, 行動, 措施, 任务, 任務, 액션, 조치, 대응, 과제
""")
"""Believed only when the heading says nothing else."""

NOUNS = _phrases("""
    action, actions, acciones, accion, acoes, acao, azioni, aktionen, acties, measures,
    medidas, mesures, misure, massnahmen, maatregelen, działania, действия, меры, дії,
    заходи, steps, tasks, tareas, tarefas, taches, aufgaben, items, fixes, changes, work
""")
"""What is to be done; a short heading that starts with one of them is believed, and
one that ends with it if only ``QUALIFIERS`` stand before it."""

LEADING_NOUNS = _phrases("""
    action, actions, acciones, acoes, azioni, aktionen, acties, medidas, mesures,
    misure, massnahmen, maatregelen, działania, действия, меры, дії, заходи
""")

QUALIFIERS = _phrases("""
    a, an, and, the, to, of, for, with, by, from, our, their, all, in, on, at, or,
    de, do, da, e, y, et, und, la, le, les, il, los, las, os, as,
    immediate, immediately, urgent, short, medium, mid, long, longer, near, term,
    next, new, future, further, follow, up, open, pending, remaining, outstanding,
    completed, complete, done, closed, ongoing, planned, proposed, recommended,
    suggested, required, needed, agreed, key, main, concrete, specific, technical,
    process, operational, organisational, organizational, engineering, team,
    corrective, preventive, preventative, remedial, remediation, mitigation,
    prevention, improvement, post, incident, additional, other, resulting, priority,
    high, low, critical, p0, p1, p2, p3, phase, week, weeks, month, months, quarter,
    day, days, within, this, top, empfohlene, nächste, geplante, offene, weitere,
    tableau, des, tabla, tabela, lista, liste, list, table, empresa, resumen
""")

TAKEN = _phrases("""
    taken, performed, executed, tried, attempted, already, prises, realisees, menees,
    effectuees, tomadas, realizadas, ejecutadas, executadas, intraprese, eseguite,
    ergriffen, durchgefuhrt, ergriffene, durchgefuhrte, eingeleitete, genomen,
    uitgevoerde, podjete, предпринятые, принятые, выполненные, вжиті, виконані
""")
"""Words that make of actions the story of what was done."""

OTHER_NOUNS = _phrases("""
    during, before, history, log, github, user, gitlab, server, marketplace, runner,
    workflow, what
""")
"""Words that make something else of actions: *GitHub Actions*."""

HORIZON = _phrases("""
    immediate, immediately, immediate term, short term, shortterm, medium term,
    mid term, midterm, long term, longterm, longer term, near term,
    next sprint, this sprint, this week, this month, this quarter, next week,
    next month, next quarter, quick wins, quick win,
    短期, 中期, 長期, 即時, 直近, 緊急, 短期的, 中長期, 立即, 近期, 长期, 紧急,
    단기, 중기, 장기, 즉시,
    corto plazo, mediano plazo, medio plazo, largo plazo, inmediato, inmediatas,
    curto prazo, medio prazo, longo prazo, imediato, imediatas, imediatos,
    kurzfristig*, mittelfristig*, langfristig*, sofort*, unmittelbar*,
    court terme, moyen terme, long terme, immediat, immediates,
    breve termine, medio termine, lungo termine, immediato, immediate,
    korte termijn, middellange termijn, lange termijn, onmiddellijk,
    krotkoterminow*, krótkoterminow*, średnioterminow*, długoterminow*,
    natychmiastow*, краткосрочн*, среднесрочн*, долгосрочн*, немедленн*, срочн*,
    короткострок*, середньострок*, довгострок*, негайн*, терміново,
    kısa vade*, orta vade*, uzun vade*, acil
""")
"""A stretch of time; believed as a section of action items unless its parent denies."""

HARD = _phrases("""
    timeline, time line, chronology, chronological, sequence of events, event log,
    sign off, signoff, sign offs, signatures, approval, approvals, approved by,
    definition of done, contributing factor, contributing factors,
    contributing causes, checklist, check list, acceptance criteria, attendee,
    attendees, participants, people involved, roles and responsibilities,
    responders, stakeholders, distribution list, metadata, document control, revision history,
    version history, change history, changelog, glossary,
    related incidents, related documents, related links, similar incidents,
    previous incidents, past incidents, 過去の障害, 過去の事例, 过去事故, 历史故障, 과거 장애, 과거 사례,
    الإجراءات المتخذة, الجدول الزمني, severity levels, severity definitions,
    severity classification, incident classification, root cause categories,
    root cause category, root cause classification, how was it detected,
    how was this detected, detection method, detected by, detection source,
    what went well, what went wrong, went well, didn t go well, did not go well,
    went poorly, got lucky, get lucky, affected systems, systems affected,
    affected services, services affected, affected components, review questions,
    review gate, review gates, quality gate, quality gates, exit criteria,
    closure criteria, closure review, verification, validation, verify, test matrix, test plan,
    test cases, pre deployment, post deployment, instructions, how to use,
    template notes, notes to the owner, reviewers, review status, reviewed by,
    five whys, 5 whys, risk register, risk assessment, risk management, risk matrix,
    risks and mitigations,

    タイムライン, 時系列, 経緯, メタデータ, 関係者, 参加者, 承認, 署名,
    レビュー, 確認事項, チェックリスト, 検出方法, 検知方法, 検知経緯, 寄与要因,
    良かった点, 良かったこと, 悪かった点, うまくいった, 幸運だった, 用語,
    リスクと対策, リスク管理, リスク一覧, 风险管理, 风险与对策, 風險管理, 리스크 관리, 위험 관리,
    関連インシデント, 検証, 確認, 完了条件, 完了の定義, 改訂履歴, 変更履歴,

    时间线, 時間線, 时间轴, 参与人员, 相关人员, 签字,
    审批, 審批, 评审, 审核, 验收, 检查清单, 检查表, 自查, 验证, 测试用例,
    做得好, 做得不好, 幸运, 术语, 相关事故, 变更记录, 修订记录,

    타임라인, 체크리스트, 검증, 참석자, 승인, 검토, 잘된 점, 용어,

    verificacion, cronologia, linea de tiempo, linea temporal, lista de verificacion,
    lista de comprobacion, factores contribuyentes, aprobacion, aprobaciones, firmas,
    participantes, asistentes, que salio bien,
    que salio mal, glosario,
    verificacao, linha do tempo, lista de verificacao, fatores contribuintes, aprovacao,
    aprovacoes, assinaturas, o que deu certo, o que deu errado,
    o que correu bem, o que correu mal,
    überprüfung, zeitleiste, zeitachse, zeitlicher ablauf, zeitverlauf, checkliste, prüfliste,
    freigabe*, genehmigung, unterschrift*, teilnehmer, beteiligte,
    beitragende faktoren, einflussfaktoren, was lief gut,
    was lief schlecht, glossar, ansprechpartner, abnahme*,
    chronologie, liste de controle, liste de verification, facteurs contributifs,
    approbation*, signatures, participants,
    ce qui a bien fonctionne, ce qui s est bien passe, glossaire,
    verifica, lista di controllo, fattori contributivi, approvazione, approvazioni, firme,
    partecipanti, cronistoria,
    verificatie, tijdlijn, controlelijst, bijdragende factoren, goedkeuring, handtekening*,
    deelnemers,
    weryfikacja, oś czasu, lista kontrolna, czynniki, zatwierdzenie, uczestnicy, podpisy,
    przyczyna źródłowa, przebieg zdarzeń,
    проверк*, хронологи*, таймлайн, чек лист*, чеклист*, участник*, согласован*, утвержден*,
    способствующ*,
    перевірк*, що пішло добре, хронологія, учасники, погодження,
    doğrulama, zaman çizelgesi, kontrol listesi, katkıda bulunan*, onay*, katılımcılar
""")
"""Never holds action items, unless a section inside it does."""

SOFT = _phrases("""
    retrospective,     references, contacts, contact list, escalation, escalation path, usage, metrics, kpis, key metrics, sla, slo, impact, raw data, evidence, logs, decision log, decisions, lessons learned, lessons, learnings, questions, open questions, responsibilities, communication plan, communication log, roles, 影響, 影響範囲, 教訓, 学び, 参考, 影响范围, 影響範圍, 影响评估, 影响面, 根因, 根本原因, 经验教训, 参考资料, 审查, 영향, 근본 원인, 교훈, impacto, lecciones aprendidas, metricas, referencias, contactos, licoes aprendidas, auswirkung*, ursache*, erkenntnisse, lecons, metriques, impatto, lezioni apprese, geleerde lessen, oorzaak, wpływ, wnioski, влияни*, уроки, выводы, вплив, висновки, etki, causa raiz, cause racine, causes racines, causa principale, grondoorzaak, kök neden, корневая причина, первопричин*,

    detection, detect, detected, diagnosis, investigation, analysis, root cause,
    root causes, cause, causes, trigger, background, summary, overview, resolution,
    recovery, mitigation, mitigate, mitigations, containment, response, testing,
    tests, qa, monitoring, documentation,
    communication, communications, communicate, deployment, deploy, rollout,
    rollback, release, review, fix, immediate fix, fixes applied, what happened,
    actions taken, action taken during, immediate response, steps taken,
    work completed, appendix, example, examples, prerequisites, process, training,
    status, notes, context, description, symptoms, scope, criteria, requirements,
    runbook, procedure, procedures, maintenance, alternatives, decision,

    検知, 検出, 緩和, 復旧, 対応内容, 原因, 分析, 概要, 要約, 背景, テスト, 監視,
    プロセス, 手順, 対応履歴, 付録,
    检测, 发现, 缓解, 恢复, 处置, 原因, 分析, 概述, 摘要, 背景, 测试, 监控, 流程, 附录,
    临时止血, 处理过程,
    탐지, 완화, 복구, 원인, 분석, 요약, 모니터링, 프로세스, 부록,
    deteccion, mitigacion, resolucion, causa, causas, resumen, analisis,
    pruebas, respuesta, recuperacion, anexo,
    deteccao, mitigacao, resolucao, resumo, analise, testes, resposta,
    recuperacao,
    erkennung, behebung, lösung, zusammenfassung, analyse, tests,
    reaktion, wiederherstellung, anhang, durchgeführte maßnahmen,
    ergriffene maßnahmen, eingeleitete maßnahmen, actions prises, actions realisees,
    actions menees, acciones tomadas, acciones realizadas, acoes tomadas,
    acoes realizadas, azioni intraprese, предпринятые действия, принятые меры,
    détection, résolution, resume, reponse, retablissement, annexe,
    rilevamento, risoluzione, riepilogo, analisi, risposta, ripristino,
    detectie, oplossing, samenvatting, herstel, bijlage,
    wykrycie, rozwiązanie, podsumowanie, analiza, odpowiedź,
    обнаружени*, устранени*, решени*, причин*, резюме, анализ*, реакци*,
    восстановлен*, приложени*, виявленн*, усуненн*, рішенн*, відновленн*,
    tespit, çözüm, özet, analiz, müdahale, kurtarma
""")
"""Holds no action items on its own; as a part of an action section it does."""
