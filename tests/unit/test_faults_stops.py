"""A mass change or a new configuration waits until somebody gives its digest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.guards import Overrides
from pmsync.domain.policy import Guards, Policy
from support.beginnings import linked
from support.faults import World, assert_settles, document

NAMES = tuple(f"Alert on queue {n}" for n in range(24))


def test_f39_a_mass_change_is_carried_out_only_with_its_digest() -> None:
    world = linked(*NAMES)
    for name in NAMES:
        world.project.close(world.key(name))
    before = world.everything()

    with pytest.raises(SafetyStopError, match="24 of 24 linked rows") as refused:
        world.run()

    assert world.everything() == before
    assert refused.value.hint is not None
    with pytest.raises(SafetyStopError):
        world.run(overrides=Overrides(mass_change="0123456789ab"))
    digest = world.run(dry_run=True).digest
    assert f"--allow-mass-change {digest}" in refused.value.hint
    report = world.run(overrides=Overrides(mass_change=digest))
    assert report.exit_code is ExitCode.DONE
    assert world.folder.text().count("| Done |") == 24


def test_f39_twenty_rows_or_a_quarter_are_no_mass_change() -> None:
    world = linked(*NAMES)
    for name in NAMES[:20]:
        world.project.close(world.key(name))

    assert world.run().exit_code is ExitCode.DONE


def test_f39_more_than_twenty_rows_of_a_hundred_are_no_mass_change() -> None:
    names = [f"Alert on queue {n}" for n in range(100)]
    world = World({"a.md": document(*names)})
    world.settings = replace(
        world.settings, policy=Policy("ops", guards=Guards(max_creates=100))
    )
    world.run()
    for name in names[:24]:
        world.project.close(world.key(name))

    assert world.run().exit_code is ExitCode.DONE


def test_f39_neither_new_tickets_nor_links_that_are_still_to_be_written_count() -> None:
    world = World({"a.md": document(*NAMES)}, mode="pull-request")
    world.run()
    world.folder.proposal = None
    new = [f"Rehearse the failover of region {n}" for n in range(24)]
    world.folder.write(document(*new), "b.md")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert world.sent("create") == len(NAMES) + len(new)


def test_f40_a_changed_configuration_only_plans_until_somebody_says_so() -> None:
    world = linked("One")
    world.folder.write(document("Two"), "b.md")
    before = world.everything()

    with pytest.raises(SafetyStopError, match="configuration has changed"):
        world.run(digest="another")
    with pytest.raises(SafetyStopError, match="configuration has changed"):
        world.run(digest="another", overrides=Overrides(config_change="0123456789ab"))

    assert world.everything() == before
    digest = world.run(digest="another", dry_run=True).digest
    world.run(digest="another", overrides=Overrides(config_change=digest))
    world.settings = replace(world.settings, digest="another")
    assert_settles(world, "One", "Two", minutes=0)
