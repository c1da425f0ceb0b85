"""The way out of a safety stop is in its message; and a killed run leaves no double."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Repository

PATH = "postmortems/a.md"
TICKETS = ".pmsync/tickets.jsonl"


def write_rows(repository: Repository, count: int) -> None:
    rows = "".join(f"| Do thing {n} | @a | Open | |\n" for n in range(count))
    table = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n"
    repository.write(PATH, f"# P\n\n## Action Items\n\n{table}{rows}")


def tickets(repository: Repository) -> list[dict[str, str]]:
    return [json.loads(line) for line in repository.read(TICKETS).splitlines()]


def close_all(repository: Repository) -> None:
    changed = [ticket | {"status": "closed"} for ticket in tickets(repository)]
    repository.write(TICKETS, "".join(f"{json.dumps(t)}\n" for t in changed))


def way_out(stderr: str) -> list[str]:
    (flags,) = re.findall(r"hint: .*?(--allow-[a-z-]+ [0-9a-f]+)", stderr)
    return flags.split()


def test_a_mass_change_is_carried_out_with_the_flag_that_the_refusal_names(
    repository: Repository,
) -> None:
    write_rows(repository, 30)
    repository.pmsync("sync")
    close_all(repository)
    before = repository.read(PATH)

    refused = repository.pmsync("sync")

    assert refused.returncode == 4
    assert "30 of 30 linked rows would change" in refused.stderr
    assert repository.read(PATH) == before
    done = repository.pmsync("sync", "-q", *way_out(refused.stderr))
    assert (done.returncode, done.stdout) == (0, "Done: 30 rows edited.\n")


def test_a_flag_for_one_plan_does_not_let_another_through(
    repository: Repository,
) -> None:
    write_rows(repository, 30)
    repository.pmsync("sync")
    close_all(repository)
    flags = way_out(repository.pmsync("sync").stderr)
    repository.write(PATH, repository.read(PATH).replace("Do thing 7 ", "Do that "))

    assert repository.pmsync("sync", *flags).returncode == 4


def test_a_changed_configuration_is_followed_only_when_somebody_says_so(
    repository: Repository,
) -> None:
    write_rows(repository, 3)
    repository.pmsync("sync")
    repository.write("pmsync.toml", '[statuses]\ndone = ["open"]\n')

    refused = repository.pmsync("sync")

    assert refused.returncode == 4
    assert "the configuration has changed" in refused.stderr
    assert {ticket["status"] for ticket in tickets(repository)} == {"open"}
    done = repository.pmsync("sync", "-q", *way_out(refused.stderr))
    assert (done.returncode, done.stdout) == (0, "Done: 3 closed.\n")


def test_a_run_that_is_terminated_leaves_nothing_double_and_nothing_out(
    repository: Repository,
) -> None:
    write_rows(repository, 400)
    with subprocess.Popen(
        [sys.executable, "-m", "pmsync", "sync", "-q", "--max-creates", "400"],
        cwd=repository.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        while run.poll() is None and not (repository.root / TICKETS).exists():
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=60)
    assert run.returncode in (143, 0)

    again = repository.pmsync("sync", "--max-creates", "400")

    assert again.returncode == 0
    titles = Counter(ticket["title"] for ticket in tickets(repository))
    assert titles == {f"Do thing {n}": 1 for n in range(400)}
    cited = Counter(re.findall(r"bd-[0-9a-z]+", repository.read(PATH)))
    assert cited == {ticket["id"]: 1 for ticket in tickets(repository)}
    assert repository.pmsync("sync", "-q").stdout == "Done: nothing to do.\n"
