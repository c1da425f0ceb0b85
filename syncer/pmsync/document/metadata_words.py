"""The names of metadata fields, and of the sections at the head of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Name(StrEnum):
    """A field of a document's head."""

    INCIDENT_ID = "incident_id"
    DATE = "date"
    DETECTED = "detected"
    """When it was noticed: the date only where no other is given."""
    SEVERITY = "severity"
    STATUS = "status"
    PARENT = "parent"
    TITLE = "title"
    TEMPLATE = "template"
    DRAFT = "draft"
    SUMMARY = "summary"


_WORDS: Mapping[Name, str] = {
    Name.INCIDENT_ID: """
        incident id, incident, incident number, incident no, incident no., incident #,
        incident ref, incident reference, incident key, id, doc id, document id, pm id,
        postmortem id, post-mortem id, post mortem id, report id, inc, case id,
        インシデントid, インシデント番号, 障害番号, 事件编号, 事故编号, 编号, 事故id, 事件id, 編號, 事件編號,
        id del incidente, número de incidente, id do incidente, número do incidente,
        vorfall-id, vorfallsnummer, incident-id, id de l'incident, numéro d'incident,
        id incidente, incidentnummer, id incydentu, numer incydentu, id инцидента,
        номер инцидента, id інциденту, номер інциденту, 장애 id, 사고 번호, 인시던트 id,
        olay no, olay id""",
    Name.DATE: """
        date, incident date, date of incident, date of the incident, outage date,
        occurred, occurred on, occurred at, date occurred, start, start date, started,
        started at, start time, incident start, date & time, date and time, when,
        date/time, incident date/time, begin, began, impact start, dates,
        発生日, 発生日時, 日付, 日時, 障害発生日, 障害発生日時, 開始日時, 日期, 发生日期, 发生时间, 时间,
        首次发生时间, 事故日期, 事故时间, 開始時間, 發生時間, 發生日期, 发现日期,
        fecha, fecha del incidente, fecha y hora, inicio, fecha de inicio, data,
        data do incidente, data e hora, início, datum, datum des vorfalls, beginn,
        vorfallsdatum, date de l'incident, début, date et heure, data dell'incidente,
        data e ora, inizio, datum incident, data incydentu, data zdarzenia, дата,
        дата инцидента, дата и время, начало, дата інциденту, дата і час, початок,
        날짜, 발생일, 발생일시, 발생 일시, tarih, olay tarihi, dato, päivämäärä""",
    Name.DETECTED: """
        detected, detected at, detected on, date detected, discovered, discovered on,
        reported, reported on, 検知日時, 検知日, 首次发现时间, 发现时间, 發現時間, detectado,
        erkannt, détecté, rilevato, обнаружено, виявлено, 감지 일시""",
    Name.SEVERITY: """
        severity, sev, severity level, incident severity, sev level, impact level,
        incident level, 重大度, 重要度, 深刻度, 影響度, 严重级别, 严重程度, 严重性, 等级, 级别, 事故等级,
        事故级别, 嚴重程度, 嚴重等級, severidad, gravedad, nivel de severidad, severidade,
        gravidade, schweregrad, schwere, sévérité, gravité, gravità, severità, ernst,
        dotkliwość, poziom, серьёзность, серьезность, критичность, уровень,
        критичність, серйозність, рівень, 심각도, 등급, önem, önem derecesi, alvarlighetsgrad""",
    Name.STATUS: """
        status, document status, doc status, postmortem status, post-mortem status,
        report status, incident status, state, ステータス, 状態, 状况, 状态, 狀態, estado,
        situação, statut, état, stato, stan, статус, состояние, стан, durum, 상태, stav""",
    Name.PARENT: """
        beads issue, beads, bead, beads id, tracking issue, tracking ticket, tracking,
        tracker, tracked by, tracked in, tracking bug, ticket, tickets, jira,
        jira ticket, jira issue, jira epic, epic, issue, issue link, github issue,
        gitlab issue, linear, linear issue, incident ticket, incident issue, bug,
        related issue, related ticket, parent, parent issue, parent ticket, ticket link,
        beads_issue, チケット, 課題, 関連チケット, 追跡チケット, 工单, 跟踪单, 关联工单, 關聯工單,
        ticket de seguimiento, tíquet, tíquete, chamado, ticket de acompanhamento,
        zgłoszenie, тикет, задача, тікет, 티켓, 이슈, talep""",
    Name.TITLE: """
        title, incident title, タイトル, 件名, 标题, 標題, título, titel, titre, titolo,
        tytuł, заголовок, название, назва, 제목, başlık""",
    Name.TEMPLATE: "template",
    Name.DRAFT: "draft",
    Name.SUMMARY: """
        one-line summary, one line summary, summary line, summary, tl;dr, tldr,
        サマリー, サマリ, 概要, 摘要, 概述, resumen, resumo, zusammenfassung, résumé, riepilogo,
        samenvatting, podsumowanie, резюме, özet, 요약""",
}
NAMES: Mapping[str, Name] = {
    " ".join(word.split()): name
    for name, words in _WORDS.items()
    for word in words.split(",")
}

ONE_LINE = re.compile(r"(?i)one[- ]line|tl;?dr|in short|一句话|一言|in breve|kurz")
SUMMARY = re.compile(
    r"(?i)\W*(?:\d+[.)、]?\s*)?(?:one[- ]line(?:r| summary)?|(?:executive |incident |issue |"
    r"quick |short |brief )?summary|summary of (?:the )?incident|tl;?dr|overview|abstract|"
    r"in short|概要|要約|サマリー?|エグゼクティブサマリー|摘要|概述|事件概述|事故概述|一句话结论|一句话总结|"
    r"resumen(?: ejecutivo| del incidente)?|resumo(?: executivo| do incidente)?|"
    r"(?:kurz)?zusammenfassung|überblick|résumé(?: exécutif)?|riepilogo|sommario|"
    r"samenvatting|podsumowanie|streszczenie|резюме|кратко|краткое описание|"
    r"короткий опис|підсумок|özet|요약)\W*"
)
"""Headings under which the first paragraph says what happened."""
ABOUT = re.compile(
    r"(?i)\W*(?:\d+[.)、]?\s*)?(?:metadata|meta|details|incident(?: details| information|"
    r" info| report| metadata| overview)?|information|info|basic info(?:rmation)?|general"
    r"(?: information)?|about|header|at a glance|post-?mortem(?: metadata)?|facts|"
    r"メタデータ|基本情報|インシデント情報|基本信息|事故信息|事件信息|元数据|基本資訊|detalles|datos|"
    r"información(?: general)?|detalhes|informações(?: gerais)?|dados|metadaten|"
    r"allgemein(?:es)?|steckbrief|eckdaten|métadonnées|informations|dati|informazioni|"
    r"gegevens|metadane|informacje|метаданные|общая информация|загальна інформація|"
    r"метадані|기본 정보|메타데이터|genel bilgiler)\W*"
)
"""Headings under which metadata stand."""
DRAFT = re.compile(
    r"(?i)\b(?:draft|wip|work in progress|borrador|rascunho|entwurf|brouillon|bozza|"
    r"concept|szkic|черновик|чернетка|taslak|utkast|luonnos|koncept)\b"
    r"|草稿|草案|下書き|ドラフト|초안"
)
TEMPLATE = re.compile(
    r"(?i)^\W*(?:template|plantilla|modèle|modelo|vorlage|szablon|шаблон|sjabloon|mall)"
    r"(?:\s+(?:de|del|do|d|for|für|pour|voor|för))?\W+(?:post|p[oó]s-?mort|incident|rca|inform|"
    r"rapport|rel[aá]t|raport|zdarz|отч[её]т|пост|инцид|інцид|звіт|vorfall)"
    r"|(?:post[- ]?mortem|incident|report|review|rca|analysis|retrospective|vorfall|"
    r"постмортем|инцидент)[\w ]{0,3}[- ]+(?:template|vorlage|şablonu|mall)\W*(?:[(（].*)?$"
    r"|(?:post[- ]?mortem|report|rca|ポストモーテム|障害報告書?|レポート|複盤|复盘|复盘报告|故障报告|事故报告"
    r"|报告|보고서|포스트모템|회고록?)\s*(?:テンプレート|雛形|ひな形|模板|範本|템플릿|양식)\W*(?:[(（].*)?$"
)
"""Titles that say of a document that it is a template."""
TEMPLATE_WORDS = (
    "template", "plantilla", "modèle", "modelo", "vorlage", "szablon", "шаблон",
    "sjabloon", "mall", "şablonu", "テンプレート", "雛形", "ひな形", "模板", "範本",
    "템플릿", "양식",
)  # fmt: skip
"""What such a title cannot be without; cheaper to look for."""
