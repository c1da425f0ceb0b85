"""Find the configuration file and read it. Nothing else here reads files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmsync_config.defaults import defaults
from pmsync_config.errors import ConfigError, ConfigProblem
from pmsync_config.models import Settings

if TYPE_CHECKING:
    from pmsync_config.explain import Finding
    from pmsync_config.lines import KeyPath

OWN_FILE = "pmsync.toml"
SHARED_FILE = "pyproject.toml"
SHARED_TABLE = ("tool", "pmsync")
SIZE_LIMIT = 1_000_000
"""Bytes; a larger file is no configuration."""

_TOO_DEEP = ("is nested too deeply", "flatten it")
_EFFECTIVE = (
    "documents",
    "forms",
    "date_formats",
    "due_from_horizon",
    "authority",
    "columns",
    "statuses",
    "trackers",
    "routes",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where they come from, and what they mean for tickets."""

    settings: Settings
    path: Path | None
    """The file, None without one."""

    @property
    def digest(self) -> str:
        """Of the settings that decide what rows and tickets mean, see ``digest``."""
        return digest(self.settings)


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    name: str
    text: str
    table: tuple[str, ...]
    """Where the settings stand in the file."""
    raw: Mapping[str, Any]


def load(root: Path, explicit: Path | None = None) -> Loaded:
    """Read the configuration of the repository at ``root``.

    It is the file ``explicit`` (``--config``) if given, else ``pmsync.toml`` or the
    table ``[tool.pmsync]`` of ``pyproject.toml`` in the root, else the defaults.
    Raises ``ConfigError`` with all problems at once.
    """
    source = _find(root) if explicit is None else _given(root, explicit)
    beads_directory = (root / ".beads").is_dir()
    if source is None:
        return Loaded(defaults(beads_directory=beads_directory), None)
    from pmsync_config.validate import validate  # noqa: PLC0415 not without a file

    try:
        read, findings = validate(source.raw, beads_directory=beads_directory)
        if read is None:
            raise _refused_for(source, findings)
    except RecursionError:
        raise _refused(source.name, *_TOO_DEEP) from None
    return Loaded(read, source.path)


def digest(settings: Settings) -> str:
    """Return the SHA-256 of the settings that decide what rows and tickets mean.

    A run whose digest differs from the last one's could change many tickets without
    anybody having edited anything. Empty values do not count, so that a key of a
    later version changes nothing until it is used.
    """
    everything = asdict(settings)
    for tracker in everything["trackers"].values():
        tracker.pop("concurrency", None)
    effective = {key: everything[key] for key in _EFFECTIVE}
    effective["default_tracker"] = settings.default_tracker
    written = json.dumps(_without_empty(effective), sort_keys=True)
    from hashlib import sha256  # noqa: PLC0415

    return sha256(written.encode()).hexdigest()


def _without_empty(value: object) -> object:
    if not isinstance(value, dict):
        return value
    kept = ((key, _without_empty(each)) for key, each in value.items())
    return {key: each for key, each in kept if each not in (None, (), {}, [])}


def _find(root: Path) -> _Source | None:
    own = root / OWN_FILE
    shared = root / SHARED_FILE
    # A link to nowhere is a mistake, and not a repository without configuration.
    source = _read(root, own) if own.exists() or own.is_symlink() else None
    if not shared.is_file() or b"pmsync" not in shared.read_bytes():
        return source
    other = _read(root, shared, SHARED_TABLE)
    if source is not None and other is not None:
        raise _refused(
            OWN_FILE,
            "is not the only configuration: pyproject.toml has [tool.pmsync]",
            "keep one of the two",
        )
    return source or other


def _given(root: Path, path: Path) -> _Source:
    table = SHARED_TABLE if path.name == SHARED_FILE else ()
    source = _read(root, path, table)
    if source is None:
        raise _refused(str(path), "has no table [tool.pmsync]", "add it")
    return source


def _read(root: Path, path: Path, table: tuple[str, ...] = ()) -> _Source | None:
    """Read ``table`` of a file; None if the file has no such table."""
    import tomllib  # noqa: PLC0415

    name = path.name if path.parent == root else str(path)
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refused(name, f"cannot be read: {reason}", "check the path") from error
    if len(data) > SIZE_LIMIT:
        raise _refused(name, f"is larger than {SIZE_LIMIT} bytes", "check the path")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(name, "is not UTF-8", "save it as UTF-8", line=line) from None
    try:
        raw: Any = tomllib.loads(text)
    except RecursionError:
        raise _refused(name, *_TOO_DEEP) from None
    except ValueError as error:
        raise _syntax_error(name, text, str(error)) from None
    for part in table:
        raw = raw.get(part)
        if not isinstance(raw, dict):
            return None
    return _Source(path, name, text, table, raw)


def _syntax_error(name: str, text: str, message: str) -> ConfigError:
    found = re.search(r" \(at line ([0-9]+), column [0-9]+\)$", message)
    if found:
        line, message = int(found[1]), message[: found.start()]
    else:
        line, message = (
            text.count("\n") + 1,
            message.removesuffix(" (at end of document)"),
        )
    hint = "see https://toml.io/en/v1.0.0"
    return _refused(name, f"is not TOML: {message}", hint, line=line)


def _refused(
    name: str, message: str, hint: str, *, line: int | None = None
) -> ConfigError:
    return ConfigError((ConfigProblem(name, line, "", message, hint),))


def _refused_for(source: _Source, findings: Iterable[Finding]) -> ConfigError:
    from pmsync_config.lines import find_lines  # noqa: PLC0415

    lines = find_lines(source.text)
    problems = []
    for finding in findings:
        path: KeyPath = (*source.table, *finding.path)
        known = [path[:n] for n in range(len(path), 0, -1) if path[:n] in lines]
        line = lines[known[0]] if known else 1
        message, hint = finding.message, finding.hint
        problems.append(ConfigProblem(source.name, line, _dotted(path), message, hint))
    return ConfigError(tuple(sorted(problems, key=lambda each: each.line or 0)))


def _dotted(path: KeyPath) -> str:
    """Write a path as TOML would; whatever a terminal could act on is escaped."""
    dotted = ""
    for part in path:
        if isinstance(part, int):
            dotted += f"[{part}]"
        else:
            bare = re.fullmatch("[A-Za-z0-9_-]+", part, re.ASCII)
            dotted += ("." if dotted else "") + (part if bare else json.dumps(part))
    return dotted
