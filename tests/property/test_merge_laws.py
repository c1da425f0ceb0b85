"""The merge never overwrites what a person wrote, and comes to rest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pmsync.domain.merge import Action, Authority, Decision, Facts, Side, merge
from pmsync.domain.model import Field, Status
from pmsync.domain.state import Closer, Pair

# Four values find collisions that a large alphabet never shows.
WORDS = st.sampled_from([None, "a", "b", "c"])
STATUSES = st.sampled_from([str(status) for status in Status])
KNOWN = st.sampled_from([str(s) for s in Status if s is not Status.UNKNOWN])


def shown(status: str | None, *, lossy: bool) -> str | None:
    """What a side shows that knows only done and not done."""
    if not lossy or status is None or Status(status) is Status.UNKNOWN:
        return status
    return str(Status.DONE if Status(status).terminal else Status.OPEN)


@st.composite
def text_facts(draw: st.DrawFn) -> Facts:
    document, tracker = draw(WORDS), draw(WORDS)
    return Facts(
        field=draw(st.sampled_from([Field.TITLE, Field.OWNER, Field.DUE])),
        document=document,
        tracker=tracker,
        base=draw(st.none() | st.builds(Pair, WORDS, WORDS)),
        as_ticket=document,
        as_row=tracker,
        translatable=draw(st.booleans()),
        writable=draw(st.booleans()),
        authority=draw(st.sampled_from(Authority)),
    )


@st.composite
def status_facts(draw: st.DrawFn) -> Facts:
    lossy_row, lossy_ticket = draw(st.booleans()), draw(st.booleans())
    document = shown(draw(STATUSES), lossy=lossy_row)
    tracker = shown(draw(KNOWN), lossy=lossy_ticket)
    pairs = st.builds(
        Pair,
        STATUSES.map(lambda s: shown(s, lossy=lossy_row)),
        KNOWN.map(lambda s: shown(s, lossy=lossy_ticket)),
    )
    return Facts(
        field=Field.STATUS,
        document=document,
        tracker=tracker,
        base=draw(st.none() | pairs),
        as_ticket=shown(document, lossy=lossy_ticket),
        as_row=shown(tracker, lossy=lossy_row),
        authority=draw(st.sampled_from(Authority)),
        closed_by=draw(st.sampled_from([None, *Closer])),
    )


FACTS = text_facts() | status_facts()
RARE = settings(suppress_health_check=[HealthCheck.filter_too_much])
"""For laws about cases that most random facts are not."""


def after(facts: Facts, decision: Decision) -> Facts:
    """What is known in the next run, when the decision was carried out."""
    match decision.action:
        case Action.TO_TICKET:
            known = replace(facts, tracker=facts.as_ticket)
        case Action.TO_ROW:
            known = replace(facts, document=facts.as_row)
        case Action.AGREE:
            known = facts
        case Action.NOTHING | Action.CONFLICT:
            return facts
    return replace(known, base=Pair(known.document, known.tracker))


@given(FACTS)
def test_two_sides_that_did_not_change_are_left_alone(facts: Facts) -> None:
    still = replace(facts, base=Pair(facts.document, facts.tracker))

    assert merge(still).action is Action.NOTHING


@RARE
@given(FACTS)
def test_two_different_edits_are_never_decided_by_the_program(facts: Facts) -> None:
    assume(facts.base is not None and facts.authority is Authority.MERGE)
    assert facts.base is not None
    assume(facts.document != facts.base.document)
    assume(facts.tracker != facts.base.tracker)
    assume(not facts.equal)

    assert merge(facts).action is Action.CONFLICT


@RARE
@given(FACTS)
def test_a_side_that_a_person_changed_is_not_overwritten_with_the_other(
    facts: Facts,
) -> None:
    assume(facts.base is not None and facts.authority is Authority.MERGE)
    assert facts.base is not None

    match merge(facts).action:
        case Action.TO_ROW:
            assert facts.document == facts.base.document
        case Action.TO_TICKET:
            assert facts.tracker == facts.base.tracker
        case _:
            pass


@given(FACTS)
def test_a_first_meeting_fills_blanks_and_overwrites_nothing_but_a_status(
    facts: Facts,
) -> None:
    first = replace(facts, base=None, authority=Authority.MERGE)

    match merge(first).action:
        case Action.TO_ROW:
            assert first.document is None or first.field is Field.STATUS
        case Action.TO_TICKET:
            assert first.tracker is None
        case _:
            pass


@RARE
@given(FACTS)
def test_what_was_carried_out_is_not_done_again(facts: Facts) -> None:
    decision = merge(facts)
    assume(decision.action not in (Action.CONFLICT, Action.NOTHING))

    assert merge(after(facts, decision)).action is Action.NOTHING


@RARE
@given(status_facts())
def test_a_ticket_that_a_person_closed_is_never_reopened(facts: Facts) -> None:
    assume(facts.closed_by is not Closer.PMSYNC and facts.base is not None)
    assert facts.tracker is not None
    assert facts.as_ticket is not None

    if merge(facts).action is Action.TO_TICKET:
        assert not (
            Status(facts.tracker).terminal and not Status(facts.as_ticket).terminal
        )


@RARE
@given(status_facts())
def test_a_status_that_is_not_understood_is_never_sent(facts: Facts) -> None:
    assume(facts.document == Status.UNKNOWN)

    assert merge(facts).action is not Action.TO_TICKET


@RARE
@given(text_facts())
def test_an_owner_whom_the_tracker_does_not_know_is_never_sent(facts: Facts) -> None:
    assume(not facts.translatable)

    assert merge(facts).action is not Action.TO_TICKET


@RARE
@given(FACTS, st.sampled_from(Side))
def test_a_persons_decision_ends_a_conflict_wherever_the_tracker_has_the_word(
    facts: Facts, side: Side
) -> None:
    assume(merge(facts).action is Action.CONFLICT)
    assume(facts.sendable or side is Side.TRACKER)

    decision = merge(replace(facts, take=side))

    assert decision.action is not Action.CONFLICT
    assert merge(after(facts, decision)).action is Action.NOTHING


@given(FACTS, st.sampled_from(Side))
def test_a_persons_decision_changes_nothing_but_conflicts(
    facts: Facts, side: Side
) -> None:
    assume(merge(facts).action is not Action.CONFLICT)

    assert merge(replace(facts, take=side)) == merge(facts)
