"""What GraphQL is asked: a hundred issues in a request, with who did what to them."""

from __future__ import annotations

from collections.abc import Sequence

VIEWER = "query { viewer { login } }"
BATCH = 100
"""Nodes in one query (docs: Rate limits and query limits for the GraphQL API)."""
EVENTS = 30
"""Events of one issue that are looked at; who has more was not pmsync alone."""

_ACTOR = "actor { __typename login }"
# The types of events that change an issue or add to it (GraphQL reference, union
# IssueTimelineItems); mentions and subscriptions do not.
_EVENTS = (
    "AssignedEvent",
    "UnassignedEvent",
    "ClosedEvent",
    "ReopenedEvent",
    "RenamedTitleEvent",
    "LabeledEvent",
    "UnlabeledEvent",
    "MilestonedEvent",
    "DemilestonedEvent",
    "LockedEvent",
    "TransferredEvent",
    "MarkedAsDuplicateEvent",
    "ParentIssueAddedEvent",
    "SubIssueAddedEvent",
)


def _enum(name: str) -> str:
    """Return an event's type as an argument: ``ClosedEvent`` as ``CLOSED_EVENT``."""
    return "".join(f"_{c}" if c.isupper() else c.upper() for c in name).lstrip("_")


_TYPES = ", ".join(["ISSUE_COMMENT", *map(_enum, _EVENTS)])
_EVENT = " ".join(f"... on {name} {{ {_ACTOR} }}" for name in _EVENTS)
_COMMON = """
  __typename id number title body createdAt updatedAt databaseId
  author { __typename login }
  repository { nameWithOwner isArchived }
  comments { totalCount }
  labels(first: 100) { nodes { name } }
  assignees(first: 10) { nodes { login } }
"""
FRAGMENTS = f"""
fragment issue on Issue {{
  {_COMMON}
  state
  stateReason(enableDuplicate: true)
  parent {{ number repository {{ nameWithOwner }} }}
  edits: userContentEdits(first: {EVENTS}) {{
    totalCount nodes {{ editor {{ __typename login }} }}
  }}
  events: timelineItems(first: {EVENTS}, itemTypes: [{_TYPES}]) {{
    totalCount
    nodes {{ __typename ... on IssueComment {{ author {{ __typename login }} }} {_EVENT} }}
  }}
  closings: timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {{
    nodes {{ ... on ClosedEvent {{ {_ACTOR} }} }}
  }}
}}
# Two types of states cannot have one name.
fragment pull on PullRequest {{ {_COMMON} pullState: state }}
"""
BY_ID = "query($ids: [ID!]!) { nodes(ids: $ids) { ...issue ...pull } }" + FRAGMENTS


def by_number(numbers: Sequence[int]) -> str:
    """Return the query for issues of one repository; each is named ``n12``."""
    asked = " ".join(
        f"n{number}: issueOrPullRequest(number: {number}) {{ ...issue ...pull }}"
        for number in numbers
    )
    return (
        "query($owner: String!, $name: String!) "
        f"{{ repository(owner: $owner, name: $name) {{ {asked} }} }}" + FRAGMENTS
    )


def assignable(count: int) -> str:
    """Return the query for those who can be assigned, by words ``$q0`` and on."""
    words = "".join(f", $q{n}: String!" for n in range(count))
    asked = " ".join(
        f"u{n}: assignableUsers(first: 10, query: $q{n}) {{ nodes {{ login name }} }}"
        for n in range(count)
    )
    return (
        f"query($owner: String!, $name: String!{words}) "
        f"{{ repository(owner: $owner, name: $name) {{ {asked} }} }}"
    )
