"""Headers that people write: a column that is not understood is a field that is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.document.columns import Meaning
from pmsync.document.headings import Family, family
from pmsync.document.vocabulary import DEFAULT
from pmsync.domain.model import Column

HEADERS = {
    Column.TITLE: "📝 Action|Action Item #1|Action Item(s)|What needs to be done|Recommended fix"
    "|Proposed solution|Corrective/Preventive action|To-Do|Next step|Ação proposta"
    "|Medida correctiva|Maßnahmenbeschreibung|Was ist zu tun|Action à réaliser|対策内容"
    "|改进措施内容|조치사항|Planowane działanie|Что нужно сделать|Aksiyon maddesi|الإجراء"
    "|Correction|Deliverable|Initiative",
    Column.OWNER: "👤 Owner|Owner(s)|Assigned To / Team|Resp.|Verantw.|Accountable|DRI(s)|Who?"
    "|Team/Owner|Owning Squad|Responsável pela ação|Asignatario|Zuständigkeit|负责人/团队"
    "|对接人|担当チーム|담당 부서|Kto odpowiada|Ответственное лицо|Sorumlu Kişi|المسؤول"
    "|Odpovědná osoba|Pilote de l'action|Person in charge",
    Column.DUE: "📅 Due|Due<br>Date|ETA (UTC)|Target resolution date|Est. completion|Expected by"
    "|By when?|Needed by|Fecha de compromiso|Para cuándo|Prazo final|Para quando|Umsetzungsfrist"
    "|Date butoir|対応期限|完了予定日|完成时限|预计完成日期|마감 기한|데드라인|Termin końcowy"
    "|Крайний срок|Son Tarih|الموعد النهائي|By",
    Column.STATUS: "✅ Status|Done (Y/N)|Is it done?|State/Progress|Status (as of 2026-01-01)"
    "|Andamento|Situación|Statut actuel|対応状況|落实情况|진행 여부|Stan realizacji"
    "|Статус выполнения|Durumu|الحالة",
    Column.TICKET: "🎫 Ticket|Ticket #|Link to ticket|JIRA #|Issue/PR|Tracker Link|Epic|GH Issue"
    "|工单编号|Jira 链接|チケットURL|관련 티켓|Chamado|Vorgangsnr.|Задача Jira|Zgłoszenie",
    Column.PRIORITY: "Priority (P0-P3)|🔥 Prio|優先度|优先级|우선순위|Prioridade|Priorität|الأولوية",
    Column.ID: "#|No.|Action #|AI#|Action ID|ActionItem-ID|Task Nr.|Aufgaben-Nr.|Maßnahmen-ID"
    "|ID da ação|Nº de acción|N° d'action|ID действия|タスクID|対策番号|アクションNo."
    "|任务 ID|行动编号|问题编号|작업 번호|작업 ID|Finding ID|Gap-ID",
}
OTHERS = (
    "Time|Event|Notes|Comment|Risk|Severity|Cause|Date|Component|Metric|Value|Service|Impact"
    "|Duration|Issue|Bug|Type|Category|Description|Name|What|Who|When|Details|x|"
)
ALL = [word for words in (*HEADERS.values(), OTHERS) for word in words.split("|")]
OF_ACTIONS = (
    "How we'll stop this from happening again|Preventing a repeat|Where do we go from here?"
    "|Permanent fix|Countermeasures|What needs to be done?|Corrections|O que vamos fazer"
    "|Como evitar que se repita|Encaminhamentos|Qué vamos a hacer|Plan de mejora"
    "|Weitere Schritte|Was wir ändern|Comment éviter que cela se reproduise|Cosa faremo"
    "|Co dalej?|Что дальше|Як запобігти|Aksiyon listesi|是正|次のステップ|避免复发的系统性措施"
    "|后续行动|향후 대응|후속 과제|خطة العمل|التوصيات"
)
OF_SOMETHING_ELSE = (
    "Risks and mitigations|リスクと対策|风险管理|리스크 관리|과거 장애 사례|過去の障害"
    "|الجدول الزمني|Past incidents"
)


@pytest.mark.parametrize("column", HEADERS)
def test_a_header_in_anybodys_words_keeps_its_column(column: Column) -> None:
    read = {
        header: DEFAULT.headers.meaning(header) for header in HEADERS[column].split("|")
    }

    assert {
        header: meaning
        for header, meaning in read.items()
        if not isinstance(meaning, Meaning) or meaning.column is not column
    } == {}


@pytest.mark.parametrize(
    "header",
    [
        "Aufgaben-Nr.|Beschreibung|Zuständig|Frist",
        "タスクID|タスク内容|担当|期限",
        "任务 ID|任务名称|负责人|截止时间",
        "Action #|Details|Owner|Due",
    ],
)
def test_the_number_of_an_action_is_not_its_title(header: str) -> None:
    layout = DEFAULT.headers.layout(header.split("|"), Family.NEUTRAL)

    assert layout is not None
    assert (layout.row_id, layout.title) == (0, 1)


def test_a_table_that_names_its_actions_by_number_only_is_read() -> None:
    layout = DEFAULT.headers.layout(["Action #", "Owner", "Due"], Family.NEUTRAL)

    assert layout is not None
    assert layout.title == 0


def test_a_section_of_actions_in_anybodys_words_keeps_its_checklists() -> None:
    others = [each for each in OF_ACTIONS.split("|") if family(each) != Family.ACTION]

    assert others == []


def test_a_section_of_risks_or_history_opens_no_tickets() -> None:
    others = [
        each for each in OF_SOMETHING_ELSE.split("|") if family(each) != Family.OTHER
    ]

    assert others == []


@given(st.lists(st.sampled_from(ALL), max_size=6), st.sampled_from(Family))
def test_no_table_is_lost_because_only_other_places_would_take_it(
    header: list[str], place: Family
) -> None:
    if DEFAULT.headers.layout(header, place) is not None:
        assert DEFAULT.headers.layout(header, Family.ACTION) is not None
