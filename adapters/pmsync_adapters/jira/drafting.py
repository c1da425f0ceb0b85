"""Drafts into requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pmsync.domain.model import Field
from pmsync.domain.neutral import readable
from pmsync.domain.ports import Draft, Refused
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.jira import adf, wiki
from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.mapping import marker_property
from pmsync_adapters.jira.metadata import CreateScreen, shaped
from pmsync_adapters.jira.queries import LABEL
from pmsync_adapters.jira.values import Values, label, one_line

DEFAULT_TYPE = "Task"
_OF_THE_ROW = frozenset({"assignee", "duedate", "priority", "parent"})


@dataclass(frozen=True, slots=True)
class Request:
    """A draft as Jira is asked to open it."""

    draft: Draft
    body: Mapping[str, Any]
    parent_link: str | None
    """Key of a parent that cannot be one by its type, to be linked instead."""


class Drafting:
    """How new tickets of one project are written."""

    def __init__(
        self,
        client: Client,
        settings: TrackerSettings,
        project: str,
        screen: CreateScreen,
        values: Values,
    ) -> None:
        self._client = client
        self._settings = settings
        self._project = project
        self._screen = screen
        self._values = values

    def request(self, draft: Draft, parent_level: int | None) -> Request | Refused:
        """Return the request for a draft, or why there can be none.

        ``parent_level`` is the place of the parent's type in the hierarchy. Raises
        ``TrackerError``.
        """
        title = one_line(draft.title)
        if not title:
            return Refused("a ticket needs a title")
        level = self._screen.level
        above = level is not None and parent_level == level + 1
        child = draft.parent is not None and above and self._screen.takes("parent")
        fields = {
            name: value
            for name, value in self._all_values(draft, title).items()
            if value is not None and self._screen.takes(name)
        }
        if child:
            fields["parent"] = {"key": draft.parent}
        refused = self._unknown() or self._missing(fields)
        if refused is not None:
            return refused
        body: dict[str, Any] = {"fields": {**self._fixed(), **fields, "summary": title}}
        if self._client.cloud:
            body["properties"] = [marker_property(draft.marker)]
        elif "description" not in fields:
            return Refused(
                f"{self._project} takes no description for a new {self._type_name}, and "
                "without one a ticket cannot be found again",
                whole_project=True,
            )
        return Request(draft, body, None if child else draft.parent)

    @property
    def _type_name(self) -> str:
        return self._settings.issue_type or DEFAULT_TYPE

    def _fixed(self) -> dict[str, Any]:
        known = self._screen.type_id
        type_ = {"id": known} if known else {"name": self._type_name}
        return {"project": {"key": self._project}, "issuetype": type_}

    def _all_values(self, draft: Draft, title: str) -> dict[str, Any]:
        cloud = self._client.cloud
        told = self._screen.fields or {}
        configured = {
            name: shaped(value, told.get(name, {}), cloud=cloud)
            for name, value in self._settings.fields.items()
        }
        text = readable(draft.body)
        labels = sorted({LABEL, *map(label, draft.labels)} - {""})
        ours = {
            "description": adf.document(adf.panel(text))
            if cloud
            else wiki.body(draft.marker, text),
            "labels": labels,
        }
        values = {
            name: value
            for field in (Field.OWNER, Field.DUE, Field.PRIORITY)
            if (given := draft.fields.get(field)) is not None
            for name, value in self._values.written(field, given).items()
        }
        return {**configured, **ours, **values, "summary": title}

    def _unknown(self) -> Refused | None:
        """Refuse configured fields that do not exist; some are for transitions alone."""
        elsewhere = [f for f in self._settings.fields if not self._screen.takes(f)]
        unknown = sorted(set(elsewhere) - self._known) if elsewhere else ()
        if not unknown:
            return None
        return Refused(
            f"Jira has no field {', '.join(unknown)}: take it out of fields in "
            f"[trackers.{self._client.name}]",
            whole_project=True,
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        answer = self._client.get("field")
        with reading(self._client.name):
            return frozenset(str(field["id"]) for field in answer)

    def _missing(self, fields: Mapping[str, Any]) -> Refused | None:
        missing = self._screen.missing(fields)
        if not missing:
            return None
        told = ", ".join(map(self._screen.called, missing))
        given = [name for name in missing if name in _OF_THE_ROW]
        if given:
            return Refused(f"{self._project} requires {told}, and the row has none")
        choices = self._screen.choices(missing[0])
        example = choices[0] if choices else "…"
        return Refused(
            f"{self._project} requires {told} of a new {self._type_name}: set fields = "
            f'{{ {missing[0]} = "{example}" }} in [trackers.{self._client.name}]',
            whole_project=True,
        )
