"""Requests for new tickets, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from pmsync.domain.ports import Refused, Unknown
from pmsync_adapters.http import AnsweredError, HttpError, outcome_of, words_of
from pmsync_adapters.jira.client import Client
from pmsync_adapters.jira.drafting import Request

BATCH = 50
"""Tickets that ``/issue/bulk`` takes (spec)."""
Sent = str | Refused | Unknown
"""The new ticket's id, or what became of it."""


def send(client: Client, requests: Sequence[Request]) -> list[Sent]:
    """Send each request once: all of them together on Cloud, one by one elsewhere."""
    if not client.cloud:
        return [_one(client, request) for request in requests]
    body = {"issueUpdates": [request.body for request in requests]}
    try:
        answer = client.post_json("issue/bulk", body)
    except AnsweredError as error:
        # All of them failed: the answer says so one by one (spec: 400).
        if error.status == HTTPStatus.BAD_REQUEST and _failures(error.data):
            return _told(error.data, len(requests))
        return [outcome_of(error)] * len(requests)
    except HttpError as error:
        return [outcome_of(error)] * len(requests)
    return _told(answer, len(requests))


def _one(client: Client, request: Request) -> Sent:
    try:
        answer = client.post_json("issue", request.body)
    except HttpError as error:
        return _explained(outcome_of(error), error)
    match answer:
        case {"id": str(id_)}:
            return id_
        case _:
            return Unknown("the answer does not name the new ticket")


def _told(answer: object, number: int) -> list[Sent]:
    """Return what became of each; the opened ones come in the order of the request."""
    failures = _failures(answer)
    results: list[Sent] = []
    issues = answer.get("issues") if isinstance(answer, dict) else None
    opened = iter(issues if isinstance(issues, list) else ())
    for index in range(number):
        if index in failures:
            results.append(failures[index])
            continue
        issue = next(opened, None)
        id_ = issue.get("id") if isinstance(issue, dict) else None
        results.append(str(id_) if id_ else Unknown("the answer does not tell of it"))
    return results


def _failures(answer: object) -> dict[int, Refused | Unknown]:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    found: dict[int, Refused | Unknown] = {}
    for error in errors if isinstance(errors, list) else ():
        number = error.get("failedElementNumber") if isinstance(error, dict) else None
        if isinstance(number, int):
            found[number] = _failure(error)
    return found


def _failure(error: Mapping[str, Any]) -> Refused | Unknown:
    told = error.get("elementErrors")
    words = words_of(told)
    why = f"Jira refused it: {words}" if words else "Jira refused it"
    status = error.get("status")
    if isinstance(status, int) and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unknown(why)
    return Refused(why, whole_project=_of_all(told))


def _of_all(told: object) -> bool:
    """Tell whether Jira complains about what all tickets of a project have."""
    fields = told.get("errors") if isinstance(told, dict) else None
    return isinstance(fields, dict) and bool(fields.keys() & {"project", "issuetype"})


def _explained(outcome: Refused | Unknown, error: HttpError) -> Refused | Unknown:
    told = error.data if isinstance(error, AnsweredError) else None
    if isinstance(outcome, Refused) and _of_all(told):
        return replace(outcome, whole_project=True)
    return outcome
