"""Keys that contradict each other, each of them right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmsync_config.explain import Finding, closest
from pmsync_config.trackers import TRACKERS
from pmsync_config.values import variable


def contradictions(
    raw: Mapping[str, Any], kinds: Mapping[str, object]
) -> Iterator[Finding]:
    """Find contradictions in what ``tomllib`` read, which may be wrong otherwise too.

    ``kinds`` has the type of each tracker by its name.
    """
    yield from _trackers_with_one_variable(kinds)
    yield from _routes_to_nowhere(raw, kinds)
    yield from _accounts_of_nothing(raw, kinds)
    yield from _words_with_two_meanings(raw, "columns")
    yield from _words_with_two_meanings(raw, "statuses")
    yield from _branch_with_two_uses(raw)
    if (
        _table(raw, "write_back").get("mode") == "pull-request"
        and "embedded" in kinds.values()
    ):
        yield Finding(
            ("write_back", "mode"),
            "does not go with the embedded tracker, whose tickets move with the branch",
            'take "none", and commit documents and .pmsync/ together',
        )


def _trackers_with_one_variable(kinds: Mapping[str, object]) -> Iterator[Finding]:
    names: dict[str, str] = {}
    for name in kinds:
        first = names.setdefault(variable(name, "TOKEN"), name)
        if first != name:
            yield Finding(
                ("trackers", name),
                f"takes its token from the same variable as {first}",
                "choose a name that differs in more than case, - and _",
            )


def _routes_to_nowhere(
    raw: Mapping[str, Any], kinds: Mapping[str, object]
) -> Iterator[Finding]:
    routes = raw.get("routes")
    for index, route in enumerate(routes if isinstance(routes, list) else ()):
        tracker = route.get("tracker") if isinstance(route, dict) else None
        if isinstance(tracker, str) and tracker not in kinds:
            path = ("routes", index, "tracker")
            yield Finding(path, "is no configured tracker", closest(tracker, kinds))


def _accounts_of_nothing(
    raw: Mapping[str, Any], kinds: Mapping[str, object]
) -> Iterator[Finding]:
    for owner, accounts in _table(raw, "owners").items():
        for tracker in accounts if isinstance(accounts, dict) else ():
            if tracker not in kinds and tracker not in TRACKERS:
                yield Finding(
                    ("owners", owner, tracker),
                    "is neither a configured tracker nor a type of tracker",
                    closest(tracker, {**kinds, **TRACKERS}),
                )


def _words_with_two_meanings(raw: Mapping[str, Any], table: str) -> Iterator[Finding]:
    meanings: dict[str, str] = {}
    for meaning, words in _table(raw, table).items():
        for index, word in enumerate(words if isinstance(words, list) else ()):
            folded = " ".join(str(word).split()).casefold()
            first = meanings.setdefault(folded, meaning)
            if first != meaning:
                yield Finding(
                    (table, meaning, index),
                    f"the same word stands under {first}",
                    "keep it in one of the two",
                )


def _branch_with_two_uses(raw: Mapping[str, Any]) -> Iterator[Finding]:
    ref = _table(raw, "state").get("ref")
    proposals = _table(raw, "write_back").get("branch", "pmsync/update")
    uses = {"branch": raw.get("branch"), "write_back.branch": proposals}
    for key, branch in uses.items():
        if isinstance(ref, str) and ref == branch:
            yield Finding(
                ("state", "ref"),
                f"is the branch of {key}, too",
                'give the state a branch of its own: "pmsync-state"',
            )


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name)
    return table if isinstance(table, dict) else {}
