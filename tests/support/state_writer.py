"""A run that does nothing but swap the state, in a process of its own.

Called with the settings as JSON, a name and a number: it counts up ``config`` so often,
each time from what it has just read, and prints how often somebody else was faster.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import entry_points

from pmsync.domain.errors import StateChangedError
from pmsync.domain.settings import StateSettings
from pmsync.domain.state import State

STORES = "pmsync.states"


def start(
    store: str, settings: StateSettings, name: str, times: int
) -> subprocess.Popen[str]:
    """Start one."""
    arguments = [store, json.dumps(asdict(settings)), name, str(times)]
    return subprocess.Popen(
        [sys.executable, "-W", "error", __file__, *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )


def main(arguments: Sequence[str]) -> None:
    kind, settings, name, times = arguments
    (found,) = entry_points(group=STORES, name=kind)
    store = found.load()(StateSettings(**json.loads(settings)))
    lost = done = 0
    while done < int(times):
        state, version = store.read()
        before = state or State("s1", config="0")
        after = replace(before, config=str(int(before.config) + 1))
        try:
            store.compare_and_swap(version, after, f"{name} writes {after.config}")
        except StateChangedError:
            lost += 1
        else:
            done += 1
    print(lost)


if __name__ == "__main__":
    main(sys.argv[1:])
