"""Schema, example and documentation say the same as the program does."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from pmsync.cli.config import config
from pmsync.domain.model import Column, Status
from pmsync_config import ConfigError, Settings, load
from pmsync_config.explain import TABLES
from pmsync_config.models import Match, Route
from pmsync_config.schema import descriptions, json_schema
from pmsync_config.trackers import TRACKERS, GitHub, GitLab, Jira
from pmsync_config.values import write_duration

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "pmsync.example.toml"
PAGE = (ROOT / "docs" / "configuration.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
VALIDATOR = Draft202012Validator(json_schema())
STATUSES = [status for status in Status if status is not Status.UNKNOWN]


def violations(toml: str) -> list[str]:
    # Through JSON, because TOML's dates are text for JSON Schema.
    read = json.loads(json.dumps(tomllib.loads(toml), default=str))
    return [error.message for error in VALIDATOR.iter_errors(read)]


def test_the_command_prints_a_schema_of_draft_2020_12() -> None:
    result = CliRunner().invoke(config, ["schema"])

    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(printed)
    assert printed == json_schema()


def test_the_example_is_valid_for_the_program_and_for_the_schema(
    tmp_path: Path,
) -> None:
    assert load(tmp_path, EXAMPLE).settings.default_tracker == "ops"
    assert violations(EXAMPLE.read_text()) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_documentation_works(tmp_path: Path, example: str) -> None:
    (tmp_path / "pmsync.toml").write_text(example)

    load(tmp_path)
    assert violations(example) == []


@pytest.mark.parametrize(
    "toml",
    [
        "lables = []",
        "labels = 'x'",
        "labels = ['']",
        "forms = ['tabel']",
        "version = 2",
        "trackers = { a = {} }",
        "trackers = { a = { type = 'memory' } }",
        "trackers = { a = { type = 'jira', project = 'A' } }",
        "trackers = { a = { type = 'github', project = 'a' } }",
        "trackers = { a = { type = 'github', project = 'a/b', issue_type = 'x' } }",
        "trackers = { 'a b' = { type = 'beads' } }",
        "trackers = { a = { type = 'jira', project = 'A', url = 'ftp://x.com' } }",
        "columns = { ownr = ['x'] }",
        "statuses = { unknown = ['x'] }",
        "routes = [{ match = {} }]",
        "guards = { max_creates = 0 }",
        "guards = { max_changes_percent = 101 }",
        "state = { grace = '15' }",
        "daemon = { schedule = 'hourly' }",
        "authority = { title = 'newest' }",
        "due_from_horizon = 1",
    ],
)
def test_an_editor_marks_what_the_program_refuses(tmp_path: Path, toml: str) -> None:
    (tmp_path / "pmsync.toml").write_text(toml)

    with pytest.raises(ConfigError, match=r"pmsync\.toml:1"):
        load(tmp_path)
    assert violations(toml)


def objects(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    yield from schema["$defs"].values()


def test_every_key_of_the_schema_has_a_title_and_a_description() -> None:
    keys = [
        (name, key)
        for each in objects(json_schema())
        for name, key in each.get("properties", {}).items()
    ]

    assert len(keys) > 50
    assert [name for name, key in keys if not key.get("description")] == []
    assert [n for n, key in keys if "$ref" not in key and not key.get("title")] == []


def test_defaults_in_the_schema_are_what_one_would_write(tmp_path: Path) -> None:
    schema = json_schema()
    state = schema["$defs"]["StateSettings"]["properties"]

    assert state["lease"]["default"] == "15m"
    assert state["verify"]["default"] == "1d"
    assert "default" not in state["ref"]
    assert schema["properties"]["forms"]["default"] == ["table", "checklist"]
    for each in objects(schema):
        for key in each.get("properties", {}).values():
            assert key.get("default", "") is not None
    (tmp_path / "pmsync.toml").write_text("")
    assert violations("") == []


def test_descriptions_are_read_from_every_class() -> None:
    for kind in (Settings, Route, Match, *TABLES.values(), *TRACKERS.values()):
        assert set(descriptions()[kind.__name__]) == {key.name for key in fields(kind)}


def sections() -> dict[str, str]:
    """The documentation's sections by the table that their heading names."""
    parts = re.split(r"^#{2,3} (.*)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> dict[str, list[str]]:
    """The rows of a section's tables: key, then type, default and meaning."""
    found = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", text, re.MULTILINE)
    return {key: re.split(r"(?<!\\) \| ", rest) for key, rest in found}


def written(default: object) -> str:
    match default:
        case timedelta():
            return json.dumps(write_duration(default))
        case tuple():
            return json.dumps(list(default))
        case _:
            return json.dumps(default)


ELSEWHERE = {"documents", "branch", "since", "body", "project", "ref", "match"}
ELSEWHERE |= {"owner", "section", "severity", "path"}
"""Keys whose default is a sentence and not a value."""


def check(kind: type, table: Mapping[str, list[str]], keys: set[str]) -> None:
    assert set(table) == keys
    by_name: dict[str, Field[Any]] = {key.name: key for key in fields(kind)}
    for name, (_type, default, meaning) in table.items():
        key = by_name[name]
        assert meaning.endswith(".")
        if key.default is MISSING and key.default_factory is MISSING:
            assert default == "required"
        elif name == "verify":
            assert default == '`"24h"`'
        elif key.default_factory is not MISSING:
            assert default == "`{}`"
        elif key.default is not None and name not in ELSEWHERE:
            assert default == f"`{written(key.default)}`"
        else:
            assert default
            assert default != "required"


def test_the_documentation_has_every_general_key_with_its_default() -> None:
    tables = {"columns", "statuses", "owners", "trackers", "routes", *TABLES}
    keys = {key.name for key in fields(Settings)}

    check(Settings, rows(sections()["General keys"]), keys - tables)
    headings = " ".join(sections())
    for table in tables:
        assert re.search(rf"`\[+{table}[].]", headings)


@pytest.mark.parametrize("table", TABLES)
def test_the_documentation_has_every_key_of_a_table_with_its_default(
    table: str,
) -> None:
    kind = TABLES[table]

    check(kind, rows(sections()[f"`[{table}]`"]), {key.name for key in fields(kind)})


def test_the_documentation_has_every_column_and_status() -> None:
    assert set(rows(sections()["`[columns]`"])) == set(Column)
    assert set(rows(sections()["`[statuses]`"])) == set(STATUSES)


def test_the_documentation_has_every_key_of_routes() -> None:
    text = rows(sections()["`[[routes]]`"])
    keys = {key.name for key in fields(Match)}

    check(Route, {k: v for k, v in text.items() if k not in keys}, {"match", "tracker"})
    check(Match, {k: v for k, v in text.items() if k in keys}, keys)


@pytest.mark.parametrize("name", TRACKERS)
def test_the_documentation_has_every_key_of_a_tracker(name: str) -> None:
    kind = TRACKERS[name]
    general = rows(sections()["`[trackers.NAME]`"])
    if not issubclass(kind, GitHub | GitLab | Jira):
        del general["concurrency"]
    own = rows(sections()[f'`type = "{name}"`'])

    check(kind, {**general, **own}, {key.name for key in fields(kind)})


def test_the_example_has_every_key() -> None:
    text = EXAMPLE.read_text()
    kinds = (Settings, Match, Route, *TABLES.values(), *TRACKERS.values())
    keys = {key.name for kind in kinds for key in fields(kind)}

    for key in keys:
        assert re.search(rf"(^|[\[{{ ]){key}( =|\]|\.)", text, re.MULTILINE), key


def test_the_example_uses_the_defaults_where_it_shows_one_value() -> None:
    settings = Settings()
    shown = load(ROOT, EXAMPLE).settings

    for name in ("guards", "write_back", "daemon", "authority"):
        assert is_dataclass(getattr(shown, name))
        assert getattr(shown, name) == getattr(settings, name)
