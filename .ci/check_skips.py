"""Print every skipped test, refuse those that are not on the list, and count.

    check_skips.py LIST REPORT...

LIST has one permitted skip a line: a pattern for the test, two colons, a pattern for
the reason. REPORTs are pytest's JUnit files; a test that any of them ran is no skip.
Neither is one that ran and failed as tests/contract/GAPS.md says: pytest itself fails it
when it passes.
"""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree as ET


def main() -> int:
    """Compare reports with the list; 1 for a skip or failure too many, or no test."""
    permitted, reports = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    ran: set[str] = set()
    failed: set[str] = set()
    expected: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for report in filter(Path.exists, reports):
        for case in ET.parse(report).iter("testcase"):
            test = f"{case.get('classname')}.{case.get('name')}"
            skip = case.find("skipped")
            if skip is None:
                ran.add(test)
            elif skip.get("type") == "pytest.xfail":
                expected[test] = skip.get("message", "")
            else:
                skipped[test] = skip.get("message", "")
            if case.find("failure") is not None or case.find("error") is not None:
                failed.add(test)
    tried = ran | expected.keys()
    skipped = {test: reason for test, reason in skipped.items() if test not in tried}
    for test, reason in sorted(expected.items()):
        print(f"failed as expected: {test}: {reason}")
    refused = 0
    for test, reason in sorted(skipped.items()):
        known = is_permitted(test, reason, permitted.read_text(encoding="utf-8"))
        refused += not known
        print(f"{'skipped' if known else 'SKIPPED, NOT ON THE LIST'}: {test}: {reason}")
    if refused:
        print(f"{refused} skips are not on {permitted}: make them run, or list them.")
    passed = len(ran - failed)
    print(
        f"{passed} passed, {len(failed)} failed, {len(expected)} failed as expected, "
        f"{len(skipped)} skipped"
    )
    return 1 if refused or failed or not passed else 0


def is_permitted(test: str, reason: str, lines: str) -> bool:
    """Whether one of the list's lines permits this skip."""
    for line in lines.splitlines():
        name, _, why = line.partition(" :: ")
        if why and fnmatchcase(test, name) and fnmatchcase(reason, why):
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
