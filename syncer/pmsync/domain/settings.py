"""What an adapter is given to start with; entry points fill it from configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pmsync.domain.model import Status
from pmsync.domain.ports import StateStore, Tracker
from pmsync.domain.repository import Forge, Repository
from pmsync.domain.traffic import Traffic


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App's installation, which tokens are asked for."""

    id: str
    installation: str
    key: Callable[[], str]
    """Returns the private key, in PEM."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """The settings of one configured tracker, as far as its adapter needs them."""

    name: str
    """The configured name (``ops``)."""
    type: str
    """The entry point that was chosen (``jira``)."""
    root: str
    """The repository's root, an absolute path of the file system."""
    url: str | None = None
    """Base address; None for the adapter's default."""
    project: str | None = None
    """``owner/repo``, a GitLab path, a Jira key, a Beads prefix; None for the
    adapter's default."""
    token: Callable[[], str] | None = None
    """Returns the secret when it is needed, so that nothing else ever holds it."""
    user: Callable[[], str] | None = None
    """Returns the account that belongs to the token; empty where the tracker can do
    without one and none was given."""
    app: Callable[[], App | None] | None = None
    """Returns the app to act for in place of a token, None where there is none."""
    labels: frozenset[str] = frozenset()
    """Labels of the tickets opened here; their drafts bear them already, and an
    adapter may narrow its lists by them."""
    issue_type: str | None = None
    """The tracker's type of new tickets; None for the adapter's default."""
    statuses: Mapping[Status, str] = field(default_factory=dict)
    """The tracker's own word for a status, where the usual one does not fit."""
    priorities: Mapping[str, str] = field(default_factory=dict)
    """The label of a priority, by ``0`` (highest) to ``4``, where a tracker has no
    priorities of its own."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Values for further fields of new tickets, by the tracker's field id."""
    owners: frozenset[str] = frozenset()
    """The accounts that the configuration names, as it writes them; an adapter whose
    accounts have several names shows these."""
    concurrency: int = 1
    """How many requests may be under way at the same time."""
    traffic: Traffic = field(default_factory=Traffic)
    """Where the adapter counts its requests."""
    pause: Callable[[float], None] | None = None
    """Waits so many seconds, or less when the run is asked to stop; None for a plain
    wait."""


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """How documents are read, and how edited ones go back."""

    root: str
    """Absolute path of the repository, or of the directory."""
    documents: tuple[str, ...]
    """Globs as in ``.gitignore``."""
    paths: tuple[str, ...] = ()
    """Files and directories that a person named."""
    follows: bool = False
    """True when the state belongs to a branch; else the files are what they are."""
    branch: str | None = None
    """The tracked branch; None for the one that origin shows first."""
    mode: str = "none"
    """``none``, ``commit`` or ``pull-request``."""
    proposal_branch: str = "pmsync/update"
    skip_ci: bool = False
    forge: Callable[[str], Forge] | None = None
    """Opens the host of pull requests at the address of ``origin``."""
    effects: bool = True
    """False when nothing will be written: any branch may be looked at."""
    proposed: bool = False
    """True to look at what is checked out as if the tracked branch held it."""


class ForgeFactory(Protocol):
    """What an entry point of the group ``pmsync.forges`` names."""

    def __call__(self, settings: TrackerSettings) -> Forge:
        """Return the host of pull requests; nothing is asked yet.

        ``settings.url`` and ``project`` are as for a tracker of the same type.
        """


class RepositoryFactory(Protocol):
    """What the entry point of the group ``pmsync.repositories`` names."""

    def __call__(self, settings: RepositorySettings) -> Repository:
        """Return the repository; nothing is written yet.

        Raises ``UsageError`` for settings that it cannot honour, and
        ``RepositoryError`` when git does not answer.
        """


@dataclass(frozen=True, slots=True)
class StateSettings:
    """Where the state is kept."""

    root: str
    """Absolute path of the repository, or of the directory."""
    name: str = "default"
    """Tells apart several states of one repository."""
    ref: str | None = None
    """A branch that holds the state; None for a ref that is no branch."""
    shared: bool = True
    """False to keep it in this clone, even where there is a remote."""


class StateFactory(Protocol):
    """What an entry point of the group ``pmsync.states`` names."""

    def __call__(self, settings: StateSettings) -> StateStore:
        """Return the store; nothing is read or written yet.

        Raises ``StateUnavailableError`` when it cannot be told where the state is.
        """


class TrackerFactory(Protocol):
    """What an entry point of the group ``pmsync.trackers`` names.

    Importing it must be cheap: clients and other heavy things are imported when
    they are first used.
    """

    def from_settings(self, settings: TrackerSettings) -> Tracker:
        """Return the tracker; nothing is read or sent yet.

        Raises ``UsageError`` for a setting that this tracker cannot honour.
        """
