"""Every problem is shown, all at once, where it is and with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync_config import ConfigError, ConfigProblem, load
from pmsync_config.explain import TABLES


def problems(root: Path, text: str, name: str = "pmsync.toml") -> list[str]:
    (root / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(root)
    assert str(caught.value).splitlines() == [p.text for p in caught.value.problems]
    return str(caught.value).splitlines()


def test_a_problem_is_one_line_with_file_line_key_and_hint() -> None:
    problem = ConfigProblem(
        "pmsync.toml", 12, "trackers.ops.typ", "unknown key", 'did you mean "type"?'
    )

    assert problem.text == (
        'pmsync.toml:12: trackers.ops.typ: unknown key. hint: did you mean "type"?'
    )


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
documents = "postmortems/*.md"
forms = ["tabel"]
due_from_horizon = 1

[columns]
ownr = ["Wer"]

[trackers.ops]
type = "jira"
statuses = { dne = "Closed" }
concurrency = "3"

[trackers.code]
type = "gitlub"

[trackers.none]

[[routes]]
match = { ownr = "@a" }
tracker = "opps"

[guards]
max_creates = 0
max_changes_percent = 101

[state]
grace = "15 minutes"
"""
    assert problems(tmp_path, text) == [
        'pmsync.toml:1: documents: must be an array. hint: put it in brackets: ["…"]',
        (
            'pmsync.toml:2: forms[0]: must be one of "table", "checklist", "bullet". '
            'hint: did you mean "table"?'
        ),
        (
            "pmsync.toml:3: due_from_horizon: must be true or false. "
            "hint: write it without quotes"
        ),
        'pmsync.toml:6: columns.ownr: unknown key. hint: did you mean "owner"?',
        (
            "pmsync.toml:8: trackers.ops.project: is missing. "
            "hint: add project to this table"
        ),
        "pmsync.toml:8: trackers.ops.url: is missing. hint: add url to this table",
        (
            "pmsync.toml:10: trackers.ops.statuses.dne: unknown key. "
            'hint: did you mean "done"?'
        ),
        (
            "pmsync.toml:11: trackers.ops.concurrency: must be a whole number. "
            "hint: write it without quotes: 5"
        ),
        (
            'pmsync.toml:14: trackers.code.type: must be one of "github", "gitlab", '
            '"jira", "beads", "embedded". hint: did you mean "gitlab"?'
        ),
        (
            "pmsync.toml:16: trackers.none.type: is missing. hint: add type with one of "
            '"github", "gitlab", "jira", "beads", "embedded"'
        ),
        (
            "pmsync.toml:19: routes[0].match.ownr: unknown key. "
            'hint: did you mean "owner"?'
        ),
        (
            "pmsync.toml:20: routes[0].tracker: is no configured tracker. "
            'hint: did you mean "ops"?'
        ),
        "pmsync.toml:23: guards.max_creates: must be at least 1",
        "pmsync.toml:24: guards.max_changes_percent: must be at most 100",
        (
            "pmsync.toml:27: state.grace: is not a duration. "
            "hint: write a whole number and s, m, h or d: 15m"
        ),
    ]


def test_keys_of_pyproject_are_named_as_they_stand_there(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\n\n[tool.pmsync.guards]\nmax_create = 1\n"

    assert problems(tmp_path, text, "pyproject.toml") == [
        (
            "pyproject.toml:5: tool.pmsync.guards.max_create: unknown key. "
            'hint: did you mean "max_creates"?'
        )
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '[trackers.ops]\nproject = "OPS"\ntyp = "jira"',
            '3: trackers.ops.typ: unknown key. hint: did you mean "type"?',
        ),
        ("lables = []", '1: lables: unknown key. hint: did you mean "labels"?'),
        (
            "max_creates = 5",
            "1: max_creates: unknown key. hint: it belongs into [guards]",
        ),
        (
            "[guards]\nlabels = []",
            (
                "2: guards.labels: unknown key. hint: it belongs to the top of the file, "
                "above the first [table]"
            ),
        ),
        (
            "[daemon]\nzzz = 1",
            '2: daemon.zzz: unknown key. hint: known are "schedule", "listen"',
        ),
        (
            '[trackers.a]\ntype = "embedded"\nissue_typ = "x"',
            (
                "3: trackers.a.issue_typ: unknown key. hint: "
                'known are "labels", "statuses", "body", "type", "project"'
            ),
        ),
        (
            '[trackers.a-b]\ntype = "beads"\ntoken = "ghp_hunter2"',
            (
                "3: trackers.a-b.token: unknown key. hint: secrets come from the "
                "environment: PMSYNC_TRACKERS__A_B__TOKEN"
            ),
        ),
        (
            '[trackers.a]\ntype = "memory"',
            (
                '2: trackers.a.type: must be one of "github", "gitlab", "jira", "beads", '
                '"embedded"'
            ),
        ),
        (
            "[trackers.a]\ntype = ['beads']",
            (
                '2: trackers.a.type: must be one of "github", "gitlab", "jira", "beads", '
                '"embedded". hint: did you mean "beads"?'
            ),
        ),
        (
            '[trackers."a b"]\ntype = "beads"',
            (
                '1: trackers."a b": is not a tracker name. hint: take letters, digits, - '
                "and _, a letter first"
            ),
        ),
        (
            '[trackers.a-b]\ntype = "beads"\n[trackers.A_B]\ntype = "beads"',
            (
                "3: trackers.A_B: takes its token from the same variable as a-b. hint: "
                "choose a name that differs in more than case, - and _"
            ),
        ),
        (
            "trackers = 1",
            "1: trackers: must be a table. hint: give it keys: { key = … }",
        ),
        ("guards = 1", "1: guards: must be a table. hint: give it keys: { key = … }"),
        (
            "routes = [\n1,\n]",
            "2: routes[0]: must be a table. hint: give it keys: { key = … }",
        ),
        ("branch = 1", '1: branch: must be text. hint: put it in quotes: "…"'),
        (
            'labels = ["a", ""]',
            "1: labels[1]: is blank. hint: write it out, or leave the key out",
        ),
        (
            '[statuses]\ndone = ["Fixed"]\nwont_do = [\n"x",\n"fixed ",\n]',
            (
                "5: statuses.wont_do[1]: the same word stands under done. hint: "
                "keep it in one of the two"
            ),
        ),
        (
            '[columns]\nowner = ["Wer"]\ndue = ["WER"]',
            (
                "3: columns.due[0]: the same word stands under owner. hint: "
                "keep it in one of the two"
            ),
        ),
        (
            '[statuses]\nunknown = ["?"]',
            (
                "2: statuses.unknown: unknown key. hint: known are "
                '"open", "in_progress", "blocked", "done", "wont_do"'
            ),
        ),
        (
            '[owners]\n"@a" = { githb = "a" }',
            (
                '2: owners."@a".githb: is neither a configured tracker nor a type of '
                'tracker. hint: did you mean "github"?'
            ),
        ),
        (
            '[write_back]\nmode = "pull_request"',
            (
                '2: write_back.mode: must be one of "none", "commit", "pull-request". '
                'hint: did you mean "pull-request"?'
            ),
        ),
        (
            "version = 2\nnew_key = 1",
            "1: version: is 2, and this pmsync reads 1. hint: install a newer pmsync",
        ),
        ("version = 0", "1: version: must be at least 1"),
        (
            '[state]\nlease = "60s"',
            "2: state.lease: is too short a lease. hint: take more than 60s: 15m",
        ),
        (
            '[daemon]\nschedule = "hourly"',
            (
                "2: daemon.schedule: is not a cron "
                "expression. hint: write minute, hour, day, month and weekday: "
                '"*/10 * * * *"'
            ),
        ),
        (
            'date_formats = ["%d/%m"]',
            (
                "1: date_formats[0]: does not give a whole date."
                ' hint: name day, month and year: "%d/%m/%Y"'
            ),
        ),
    ],
)
def test_a_mistake_and_its_remedy(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [f"pmsync.toml:{problem}"]


PULL_REQUEST = '[write_back]\nmode = "pull-request"\n'


@pytest.mark.parametrize(
    "trackers", ["", '[trackers.a]\ntype = "beads"\n[trackers.b]\ntype = "embedded"']
)
def test_tickets_of_the_embedded_tracker_never_part_from_a_pull_request(
    tmp_path: Path, trackers: str
) -> None:
    assert problems(tmp_path, PULL_REQUEST + trackers) == [
        (
            "pmsync.toml:2: write_back.mode: does not go with the embedded tracker, whose "
            'tickets move with the branch. hint: take "none", and commit '
            "documents and .pmsync/ together"
        )
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('branch = "main"\n[state]\nref = "main"\n', "branch"),
        ('\n[state]\nref = "pmsync/update"\n', "write_back.branch"),
    ],
)
def test_the_state_never_shares_a_branch_with_documents(
    tmp_path: Path, text: str, key: str
) -> None:
    assert problems(tmp_path, text) == [
        (
            f"pmsync.toml:3: state.ref: is the branch of {key}, too. "
            'hint: give the state a branch of its own: "pmsync-state"'
        )
    ]


def test_pull_requests_go_with_a_beads_workspace(tmp_path: Path) -> None:
    (tmp_path / ".beads").mkdir()
    (tmp_path / "pmsync.toml").write_text(PULL_REQUEST)

    assert load(tmp_path).settings.write_back.mode == "pull-request"


@pytest.mark.parametrize(
    "text",
    [
        '[trackers.a]\ntype = "github"\nproject = "a/b"\ntoken = "hunter2"',
        '[trackers.a]\ntype = "github"\nproject = "hunter2 hunter2"',
        '[trackers.a]\ntype = "jira"\nproject = "A"\nurl = "https://me:hunter2@x.com"',
        '[trackers.a]\ntype = "jira"\nproject = "A"\nurl = "https://x.com?t=hunter2"',
        'since = "hunter2"',
        'forms = ["hunter2"]',
        'labels = "hunter2"',
        "branch = 'hunter2 hunter2'",
        "state = 'hunter2'",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    assert "hunter2" not in "\n".join(problems(tmp_path, text))


def test_keys_cannot_talk_to_the_terminal(tmp_path: Path) -> None:
    text = r'"\u001b[31m\u202e\n" = 1'

    [problem] = problems(tmp_path, text)

    assert problem.startswith(r'pmsync.toml:1: "\u001b[31m\u202e\n": unknown key')
    assert all(char.isprintable() for char in problem)


def test_the_tables_with_fixed_keys_are_those_of_the_file_format() -> None:
    assert set(TABLES) == {"authority", "guards", "state", "write_back", "daemon"}
