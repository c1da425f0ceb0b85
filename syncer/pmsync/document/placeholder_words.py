"""Words of templates, in several languages."""

# punctuation and words of several scripts

from __future__ import annotations

import re

from pmsync.document import status_vocabulary, statuses

COUNTED = (
    r"(?:action item|action|item|task|todo|follow[- ]?up|step|measure|improvement|factor"
    r"|recommendation|ai|アクション(?:アイテム)?|対応|項目|タスク|行动项?|措施|任务|事项|改进措施"
    r"|行動項目|预防措施|纠正措施|对策|再発防止策|acci[oó]n(?: correctiva| preventiva| inmediata)?|tarea|medida|a[cç][aã]o(?: corretiva| preventiva| imediata)?"
    r"|melhoria|mejora|projeto|proyecto|am[eé]lioration|verbesserung"
    r"|tarefa|ma(?:ß|ss)nahme|aufgabe|t[aâ]che|azione|attivit[aà]|actie|taak|dzia[lł]anie"
    r"|zadanie|действие|задача|мероприятие|дія|завдання|예방 조치|개선 사항|조치|대책|작업|할 일|eylem|g[oö]rev)"
)
"""What templates number: ``Action item 1``."""
EXAMPLE = re.compile(
    r"e\.? ?g\.|z\. ?b\.|ex\.?:|(?:example|exemplo|ejemplo|exemple|esempio|beispiel"
    r"|voorbeeld|przykład|пример|приклад|örnek|例|예|예시)\s?[:：]"
)
BETWEEN = re.compile(r"\s[—–-]\s")
AROUND = " .*_:："
"""Signs around a text that say nothing."""
FREE = status_vocabulary.words(
    "immediate short medium mid long term sofort kurzfristig mittelfristig langfristig "
    "curto médio longo prazo corto mediano medio largo plazo court moyen long terme 短期 中期 "
    "长期 長期 "
    "pr mr ticket issue 期限 担当 担当者 负责人 截止 截止日期 담당 담당자 기한 "
    "by or and e g eg ex example the a of in on to from due owner date until postmortem "
    "post mortem incident inc pm report rca pir n a na x bis por até à le до incidente "
    "title"
)
"""Words that do not make a text real beside placeholders: ``by <date>``."""
PHRASES = frozenset(
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
"""Texts that a template has where a person is to write."""
STATUSES = statuses.status_words()
PAIRS = ({"yes", "no"}, {"y", "n"}, {"name", "team"}, {"owner", "team"})
LEVELS = status_vocabulary.words(
    "critical highest high medium low lowest urgent blocker major minor normal trivial "
    "draft final complete completed approved review published prevent detect mitigate "
    "process yes no na other alta media média baja baixa hoch mittel niedrig haute "
    "moyenne basse élevée faible 高 中 低 высокий средний низкий высокая средняя низкая "
    "resolved monitoring investigating mitigated"
) | {"in review", "in progress", "n/a", "under review"}
DATE_WORDS = status_vocabulary.words(
    "dd mm aa jj tt dj дд мм gg xx nn tbd tbc lorem ipsum yy iso"
)
