"""A saved plan is carried out as it was shown, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pmsync.app.basis import Saved, effects_of
from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.changes import CreateTicket, Result
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.guards import Overrides
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.state import Lease, Watermark
from support.engine import Engine, creates

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"


def saved(engine: Engine) -> tuple[Saved, Report]:
    """A plan that is kept."""
    report = engine.run(dry_run=True)
    assert report.basis is not None
    return Saved(report.basis, effects_of(report.plan)), report


@pytest.fixture
def engine() -> Engine:
    """Two rows in step, one of which is then closed in its ticket; and a new row."""
    made = Engine()
    made.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|")
    made.run()
    made.project.close(made.ticket(DISK).id)
    made.write("b.md", "Cap the retries of the importer|@carol|Open|")
    return made


def effects(engine: Engine) -> tuple[object, ...]:
    return (
        len(engine.project.journal),
        engine.state.writes,
        dict(engine.documents.files),
    )


def test_what_is_carried_out_is_what_was_shown_down_to_the_keys(engine: Engine) -> None:
    plan, shown = saved(engine)

    report = engine.run(saved=plan)

    assert report.plan == shown.plan
    (create,) = creates(shown)
    ticket = engine.ticket("Cap the retries of the importer")
    assert ticket.marker is not None
    assert ticket.marker.key == create.key
    assert "| Done |" in engine.documents.files["a.md"]
    engine.assert_at_rest()


def test_the_first_plan_of_all_has_drawn_the_states_name() -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|")
    plan, shown = saved(engine)

    engine.run(saved=plan)

    (create,) = creates(shown)
    assert engine.ticket(DISK).marker == create.draft.marker
    assert engine.state.state is not None
    assert engine.state.state.id == create.draft.marker.state


def edits_document(engine: Engine) -> None:
    engine.edit("a.md", RUNBOOK, f"{RUNBOOK} soon")


def adds_document(engine: Engine) -> None:
    engine.write("c.md")


def edits_ticket(engine: Engine) -> None:
    engine.project.comment(engine.ticket(DISK).id)


def edits_other_ticket(engine: Engine) -> None:
    engine.project.edit(engine.ticket(RUNBOOK).id, {Field.STATUS: Status.BLOCKED})


def other_run(engine: Engine) -> None:
    engine.run(selected=lambda path, _tracker: path == "b.md")
    engine.documents.files["b.md"] = "gone"
    engine.write("b.md", "Cap the retries of the importer|@carol|Open|")


def moves_branch(engine: Engine) -> None:
    engine.documents.commit = "0123456789abcdef"


def edits_configuration(engine: Engine) -> None:
    engine.settings = replace(engine.settings, digest="other")


def edits_template(engine: Engine) -> None:
    engine.settings = replace(
        engine.settings, templates={"memory": lambda body: f"Do {body.title}"}
    )


@pytest.mark.parametrize(
    ("move", "named"),
    [
        (edits_document, "document a.md changed"),
        (adds_document, "document c.md changed"),
        (edits_ticket, "ticket memory:org/repo#1 changed"),
        (edits_other_ticket, "what is to be done at a.md:8 changed"),
        (other_run, "the state (another run)"),
        (moves_branch, "the branch (from none to 0123456789ab) changed"),
        (edits_configuration, "the configuration changed"),
        (edits_template, "what is to be done at b.md:7 changed"),
    ],
)
def test_a_plan_that_is_out_of_date_is_refused_with_what_moved(
    engine: Engine, move: object, named: str
) -> None:
    plan, _ = saved(engine)
    move(engine)  # type: ignore[operator]
    before = effects(engine)

    with pytest.raises(SafetyStopError) as refused:
        engine.run(saved=plan)

    assert named in refused.value.message
    assert effects(engine) == before


def test_a_run_that_only_looked_meanwhile_does_not_make_a_plan_out_of_date(
    engine: Engine,
) -> None:
    plan, _ = saved(engine)
    known = engine.state.state
    assert known is not None
    looked = Watermark("99", engine.clock.now())
    lease = Lease("another run", "there", 7, engine.clock.now() - timedelta(hours=1))
    engine.state.state = replace(known, lease=lease, watermarks={"other": looked})

    engine.run(saved=plan)

    assert "| Done |" in engine.documents.files["a.md"]


def test_a_plan_is_carried_out_only_once(engine: Engine) -> None:
    plan, _ = saved(engine)
    engine.run(saved=plan)
    before = effects(engine)

    with pytest.raises(SafetyStopError, match="nothing was written"):
        engine.run(saved=plan)

    assert effects(engine) == before


def test_an_edit_at_the_last_moment_is_not_planned_around(engine: Engine) -> None:
    plan, _ = saved(engine)
    refresh = engine.documents.refresh

    def edited_meanwhile() -> None:
        edits_document(engine)
        refresh()

    engine.documents.refresh = edited_meanwhile  # type: ignore[method-assign]
    journal = len(engine.project.journal)

    with pytest.raises(SafetyStopError, match="documents changed meanwhile"):
        engine.run(saved=plan)

    assert len(engine.project.journal) == journal


def test_what_was_done_of_a_plan_is_told_when_the_rest_cannot_be_done(
    engine: Engine,
) -> None:
    plan, _ = saved(engine)
    replace_document = engine.documents.replace

    def edited_meanwhile(path: str, expected: bytes, data: bytes) -> None:
        if path == "a.md":
            edits_document(engine)
        replace_document(path, expected, data)

    engine.documents.replace = edited_meanwhile  # type: ignore[method-assign]

    report = engine.run(saved=plan)

    assert report.exit_code is ExitCode.PART_FAILED
    assert report.failures == ()
    results = [done.result for done in report.done.values()]
    assert Result.DONE in results
    assert Result.SKIPPED in results
    assert engine.ticket("Cap the retries of the importer")


def test_f39_guards_hold_for_a_saved_plan_and_its_own_digest_overrides_them() -> None:
    engine = Engine(policy=Policy("memory", guards=Guards(max_changes=1)))
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|")
    engine.run()
    for ticket in engine.tickets:
        engine.project.close(ticket.id)
    plan, shown = saved(engine)
    assert shown.stop is not None

    with pytest.raises(SafetyStopError, match="2 of 2 linked rows"):
        engine.run(saved=plan)
    engine.run(saved=plan, overrides=Overrides(mass_change=shown.digest))

    assert engine.documents.files["a.md"].count("| Done |") == 2


def test_no_effect_is_the_same_when_only_its_texts_differ(engine: Engine) -> None:
    _, shown = saved(engine)
    (create,) = creates(shown)
    other = replace(create, draft=replace(create.draft, body="something else"))
    assert isinstance(other, CreateTicket)

    changed = replace(shown.plan, changes=(other,))
    same = replace(shown.plan, changes=(create,))

    assert effects_of(changed) != effects_of(same)


def test_f40_a_plan_after_a_changed_configuration_needs_its_own_digest(
    engine: Engine,
) -> None:
    edits_configuration(engine)
    plan, shown = saved(engine)
    assert shown.stop is not None

    with pytest.raises(SafetyStopError, match="configuration has changed"):
        engine.run(saved=plan)
    with pytest.raises(SafetyStopError):
        engine.run(saved=plan, overrides=Overrides(config_change="another"))
    engine.run(saved=plan, overrides=Overrides(config_change=shown.digest))

    assert "| Done |" in engine.documents.files["a.md"]
