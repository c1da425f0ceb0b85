"""Which file is taken, what stands in for none, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from pmsync.domain.errors import UsageError
from pmsync.domain.model import Column, Form, Status
from pmsync_config import ConfigError, Loaded, Settings, load
from pmsync_config.loading import SIZE_LIMIT
from pmsync_config.models import Match, Route
from pmsync_config.trackers import Beads, Embedded, Jira

JIRA = """
[trackers.ops]
type = "jira"
url = "https://example.atlassian.net/"
project = "OPS"
"""


def given(root: Path, text: str, name: str = "pmsync.toml") -> Loaded:
    (root / name).write_text(text)
    return load(root)


def refusal(root: Path, explicit: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(root, explicit)
    return str(caught.value)


def test_without_a_file_the_usual_directories_and_the_embedded_tracker(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path)

    assert loaded.path is None
    assert loaded.settings.trackers == {"tickets": Embedded(type="embedded")}
    assert loaded.settings.default_tracker == "tickets"
    assert "docs/postmortems/**/*.md" in loaded.settings.documents
    assert "artifacts/**/*.markdown" in loaded.settings.documents


def test_a_beads_workspace_is_used_and_not_the_embedded_tracker(
    tmp_path: Path,
) -> None:
    (tmp_path / ".beads").mkdir()

    assert load(tmp_path).settings.trackers == {"tickets": Beads(type="beads")}
    loaded = given(tmp_path, 'labels = ["x"]')
    assert loaded.settings.trackers == {"tickets": Beads(type="beads")}


def test_an_empty_file_gives_the_same_settings_as_none(tmp_path: Path) -> None:
    without = load(tmp_path)
    loaded = given(tmp_path, "")

    assert loaded.settings == without.settings
    assert loaded.digest == without.digest
    assert loaded.path == tmp_path / "pmsync.toml"


def test_values_arrive_as_their_types(tmp_path: Path) -> None:
    settings = given(
        tmp_path,
        """
forms = ["table", "bullet"]
since = "90d"
[columns]
owner = ["Verantwortlich"]
[statuses]
done = ["shipped", "rolled out"]
[state]
grace = "90s"
verify = "24h"
[[routes]]
match = { owner = "@platform-*" }
tracker = "ops"
"""
        + JIRA
        + 'statuses = { wont_do = "Rejected" }\nfields = { customfield_1 = [1.5] }',
    ).settings

    assert settings.forms == (Form.TABLE, Form.BULLET)
    assert settings.since == timedelta(days=90)
    assert settings.columns == {Column.OWNER: ("Verantwortlich",)}
    assert settings.statuses == {Status.DONE: ("shipped", "rolled out")}
    assert settings.state.grace == timedelta(seconds=90)
    assert settings.state.verify == timedelta(hours=24)
    assert settings.routes == (Route(tracker="ops", match=Match(owner="@platform-*")),)
    assert settings.trackers == {
        "ops": Jira(
            type="jira",
            url="https://example.atlassian.net",
            project="OPS",
            statuses={Status.WONT_DO: "Rejected"},
            fields={"customfield_1": [1.5]},
        )
    }
    assert all(isinstance(status, Status) for status in settings.statuses)


@pytest.mark.parametrize(
    ("written", "since"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ('"2026-01-31"', date(2026, 1, 31)),
        ('"none"', "none"),
        ('"12h"', timedelta(hours=12)),
    ],
)
def test_since_is_a_date_a_duration_or_none(
    tmp_path: Path, written: str, since: object
) -> None:
    assert given(tmp_path, f"since = {written}").settings.since == since


def test_since_left_out_is_left_to_the_kind_of_tracker(tmp_path: Path) -> None:
    assert given(tmp_path, "").settings.since is None


def test_the_first_tracker_of_the_file_takes_what_no_route_takes(
    tmp_path: Path,
) -> None:
    text = '[trackers.z]\ntype = "beads"\n[trackers.a]\ntype = "embedded"\n'

    assert given(tmp_path, text).settings.default_tracker == "z"


def test_the_table_of_pyproject_is_read(tmp_path: Path) -> None:
    loaded = given(tmp_path, '[tool.pmsync]\nlabels = ["x"]\n', "pyproject.toml")

    assert loaded.settings.labels == ("x",)
    assert loaded.path == tmp_path / "pyproject.toml"


def test_a_pyproject_that_only_mentions_pmsync_is_no_configuration(
    tmp_path: Path,
) -> None:
    loaded = given(tmp_path, '[project]\nname = "pmsync"\n', "pyproject.toml")

    assert loaded.path is None


def test_a_broken_pyproject_of_somebody_else_does_not_matter(tmp_path: Path) -> None:
    assert given(tmp_path, "[project\n", "pyproject.toml").path is None


def test_two_configurations_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pmsync]\n")
    (tmp_path / "pmsync.toml").write_text("")

    assert refusal(tmp_path) == (
        "pmsync.toml: is not the only configuration: pyproject.toml has "
        "[tool.pmsync]. hint: keep one of the two"
    )


def test_a_file_that_was_asked_for_wins_over_both(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pmsync]\n")
    (tmp_path / "pmsync.toml").write_text("")
    (tmp_path / "other.toml").write_text('labels = ["x"]')

    loaded = load(tmp_path, tmp_path / "other.toml")

    assert loaded.settings.labels == ("x",)


def test_a_pyproject_that_was_asked_for_must_have_the_table(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.other]\n")

    assert "has no table [tool.pmsync]" in refusal(tmp_path, file)


def test_a_file_that_was_asked_for_and_is_missing_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "pmsync.toml"

    assert refusal(tmp_path, missing) == (
        f"{missing}: cannot be read: No such file or directory. hint: check the path"
    )


def test_a_link_to_nowhere_is_not_taken_for_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "pmsync.toml").symlink_to(tmp_path / "moved.toml")

    assert refusal(tmp_path).startswith("pmsync.toml: cannot be read: No such file")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"labels = [\n  1\n\n", "pmsync.toml:4: is not TOML: "),
        (b"\nlabels = \n", "pmsync.toml:2: is not TOML: "),
        (b"a = 1\nb = 1\na = 2\n", "pmsync.toml:3: is not TOML: "),
        (b"\n\nlabels = ['\xff']", "pmsync.toml:3: is not UTF-8"),
        (b"a = " + b"[" * 100_000, "pmsync.toml: is nested too deeply"),
        (b"a = " + b"9" * 5_000, "pmsync.toml:1: is not TOML: "),
        (b"#" * (SIZE_LIMIT + 1), f"pmsync.toml: is larger than {SIZE_LIMIT} bytes"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(
    tmp_path: Path, text: bytes, where: str
) -> None:
    (tmp_path / "pmsync.toml").write_bytes(text)

    message = refusal(tmp_path)

    assert message.startswith(where)
    assert "\n" not in message


def test_deep_values_are_refused_and_do_not_end_in_a_traceback(tmp_path: Path) -> None:
    for depth in (50, 150, 300, 450):
        deep = "[" * depth + "]" * depth
        (tmp_path / "pmsync.toml").write_text(f"{JIRA}fields = {{ a = {deep} }}")
        try:
            load(tmp_path)
        except ConfigError as error:
            assert len(error.problems) == 1  # noqa: PT017


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbflabels = ["x"]\r\n\r\ntyp = 1\r\n'
    (tmp_path / "pmsync.toml").write_bytes(text)

    assert refusal(tmp_path).startswith("pmsync.toml:3: typ: unknown key")


def test_a_configuration_problem_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "pmsync.toml").write_text("typ = 1")

    with pytest.raises(UsageError):
        load(tmp_path)


BASE = 'documents = ["a/*.md"]\n[trackers.ops]\ntype = "embedded"\n'


@pytest.mark.parametrize(
    "changed",
    [
        'documents = ["b/*.md"]\n[trackers.ops]\ntype = "embedded"\n',
        BASE + 'statuses = { done = "Fixed" }\n',
        BASE + '[statuses]\ndone = ["Fixed"]\n',
        BASE + '[columns]\nowner = ["Wer"]\n',
        BASE + '[[routes]]\ntracker = "ops"\n',
        BASE + '[trackers.second]\ntype = "beads"\n',
        BASE + 'project = "x"\n',
        BASE + '[authority]\nstatus = "tracker"\n',
        'date_formats = ["%d/%m/%Y"]\n' + BASE,
    ],
)
def test_the_digest_notices_what_could_change_many_tickets(
    tmp_path: Path, changed: str
) -> None:
    assert given(tmp_path, BASE).digest != given(tmp_path, changed).digest


@pytest.mark.parametrize(
    "changed",
    [
        "# a comment\n" + BASE,
        'parent = "link"\n' + BASE + '[daemon]\nlisten = "[::1]:80"\n',
        BASE + "[columns]\nowner = []\n",
        BASE + '[guards]\nmax_creates = 1\n[state]\nlease = "2m"\n',
    ],
)
def test_the_digest_stays_when_no_ticket_could_change(
    tmp_path: Path, changed: str
) -> None:
    assert given(tmp_path, BASE).digest == given(tmp_path, changed).digest


def test_the_digest_notices_another_order_of_trackers(tmp_path: Path) -> None:
    one, two = '[trackers.a]\ntype = "beads"\n', '[trackers.b]\ntype = "embedded"\n'

    assert given(tmp_path, one + two).digest != given(tmp_path, two + one).digest


def test_the_digest_does_not_notice_concurrency(tmp_path: Path) -> None:
    faster = given(tmp_path, JIRA + "concurrency = 4")

    assert faster.digest == given(tmp_path, JIRA).digest


def imported(code: str, directory: Path) -> set[str]:
    code += "\nimport sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=directory,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


LOAD = "from pathlib import Path; import pmsync_config; pmsync_config.load(Path.cwd())"


def test_without_a_file_pydantic_is_never_imported(tmp_path: Path) -> None:
    modules = imported(LOAD, tmp_path)

    assert not {"pydantic", "pydantic_core", "tomllib", "difflib"} & modules


def test_with_a_file_pydantic_settings_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "pmsync.toml").write_text(JIRA)

    modules = imported(LOAD, tmp_path)

    assert "pydantic" in modules
    assert not {"pydantic_settings", "pmsync_config.secrets", "difflib"} & modules


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings: Settings = load(tmp_path).settings

    with pytest.raises(AttributeError):
        settings.branch = "x"  # type: ignore[misc]
