"""GitHub's GraphQL as far as pmsync asks it, with the names of GitHub's own schema.

What the schema (npm @octokit/graphql-schema) does not have is refused as GitHub refuses
it: with an error and without data.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from support.github_site import Event, Issue, Repository, Site, User

SDL = """
scalar DateTime
enum IssueState { OPEN CLOSED }
enum PullRequestState { OPEN CLOSED MERGED }
enum IssueStateReason { COMPLETED DUPLICATE NOT_PLANNED REOPENED }
enum IssueTimelineItemsItemType {
  ISSUE_COMMENT ASSIGNED_EVENT UNASSIGNED_EVENT CLOSED_EVENT REOPENED_EVENT
  RENAMED_TITLE_EVENT LABELED_EVENT UNLABELED_EVENT MILESTONED_EVENT DEMILESTONED_EVENT
  LOCKED_EVENT TRANSFERRED_EVENT MARKED_AS_DUPLICATE_EVENT PARENT_ISSUE_ADDED_EVENT
  SUB_ISSUE_ADDED_EVENT
}
interface Actor { login: String! }
type User implements Actor { login: String! name: String }
type Bot implements Actor { login: String! }
type UserConnection { nodes: [User] totalCount: Int! }
type Label { name: String! }
type LabelConnection { nodes: [Label] totalCount: Int! }
type IssueCommentConnection { totalCount: Int! }
type UserContentEdit { editor: Actor }
type UserContentEditConnection { nodes: [UserContentEdit] totalCount: Int! }
type IssueComment { author: Actor }
%(events)s
union IssueTimelineItems = IssueComment | %(union)s
type IssueTimelineItemsConnection { nodes: [IssueTimelineItems] totalCount: Int! }
interface Node { id: ID! }
type Issue implements Node {
  id: ID! number: Int! title: String! body: String! createdAt: DateTime!
  updatedAt: DateTime! databaseId: Int author: Actor repository: Repository!
  comments(first: Int): IssueCommentConnection! labels(first: Int): LabelConnection
  assignees(first: Int): UserConnection! state: IssueState!
  stateReason(enableDuplicate: Boolean = false): IssueStateReason parent: Issue
  userContentEdits(first: Int): UserContentEditConnection
  timelineItems(first: Int, last: Int, itemTypes: [IssueTimelineItemsItemType!]):
    IssueTimelineItemsConnection!
}
type PullRequest implements Node {
  id: ID! number: Int! title: String! body: String! createdAt: DateTime!
  updatedAt: DateTime! databaseId: Int author: Actor repository: Repository!
  comments(first: Int): IssueCommentConnection! labels(first: Int): LabelConnection
  assignees(first: Int): UserConnection! state: PullRequestState!
}
union IssueOrPullRequest = Issue | PullRequest
type Repository {
  nameWithOwner: String! isArchived: Boolean!
  issueOrPullRequest(number: Int!): IssueOrPullRequest
  assignableUsers(first: Int, query: String): UserConnection!
}
type Query {
  viewer: User!
  nodes(ids: [ID!]!): [Node]!
  repository(owner: String!, name: String!): Repository
}
"""
EVENTS = [
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
]
MOST = 100
"""GraphQL reference, "Node limit": first and last are at most 100."""


def answer(site: Site, user: User, query: str, variables: dict[str, Any]) -> Any:
    """Carry out a query; return the answer's JSON."""
    if len(variables.get("ids", ())) > MOST:
        return {"errors": [{"type": "ARGUMENT_LIMIT", "message": "too many ids"}]}
    result = graphql_sync(
        schema_of(),
        query,
        context_value=(site, user),
        variable_values=variables,
        field_resolver=_resolve,
        type_resolver=lambda value, *_: _type(value),
    )
    errors = [_told(error) for error in result.errors or ()]
    if result.data is None:
        return {"errors": errors}
    return {"data": result.data, **({"errors": errors} if errors else {})}


@cache
def schema_of() -> GraphQLSchema:
    """Return the part of GitHub's schema that is answered here."""
    events = "\n".join(f"type {name} {{ actor: Actor }}" for name in EVENTS)
    return build_schema(SDL % {"events": events, "union": " | ".join(EVENTS)})


def _told(error: GraphQLError) -> dict[str, Any]:
    if error.path is None:
        code = (
            "argumentNotAccepted" if "argument" in error.message else "undefinedField"
        )
        return {"message": error.message, "extensions": {"code": code}}
    return {"type": "NOT_FOUND", "path": error.path, "message": error.message}


def _type(value: Any) -> str:
    match value:
        case User(bot=True):
            return "Bot"
        case User():
            return "User"
        case Issue(pull_request=True):
            return "PullRequest"
        case Issue():
            return "Issue"
        case Event(kind=kind):
            return kind
        case _:
            raise TypeError(value)


def _resolve(source: Any, info: Any, **given: Any) -> Any:  # noqa: C901, PLR0912 one line for each field
    site, viewer = info.context
    match source, info.field_name:
        case None, "viewer":
            return viewer
        case None, "nodes":
            missing = GraphQLError("Could not resolve to a node with the global id")
            return [site.by_node(one, viewer) or missing for one in given["ids"]]
        case None, "repository":
            return _repository(site, viewer, f"{given['owner']}/{given['name']}")
        case User(), "login":
            # GraphQL shows the login of a bot without the suffix that REST has; only
            # the viewer keeps it.
            whole = info.path.prev is not None and info.path.prev.key == "viewer"
            return source.login if whole else source.login.removesuffix("[bot]")
        case Repository(), "issueOrPullRequest":
            found = source.issues.get(given["number"])
            if found is None:
                raise GraphQLError("Could not resolve to an issue or pull request")
            return found
        case Repository(), "assignableUsers":
            return _page(_matching(source, given["query"]), given)
        case Repository(), "nameWithOwner":
            return source.name
        case Repository(), "isArchived":
            return source.archived
        case Issue(), name:
            return _of_issue(source, name, given)
        case Event(), "actor" | "author":
            return source.actor
        case dict(), name:
            return source[name]
        case _, name:
            return getattr(source, name)


def _of_issue(issue: Issue, name: str, given: dict[str, Any]) -> Any:  # noqa: C901 one line for each field
    match name:
        case "id":
            return issue.node_id
        case "databaseId":
            return issue.id
        case "createdAt" | "updatedAt":
            time = issue.created if name == "createdAt" else issue.updated
            return time.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "state":
            return "OPEN" if issue.closed is None else "CLOSED"
        case "stateReason":
            reason = (issue.reason or "").upper() or None
            hidden = reason == "DUPLICATE" and not given["enableDuplicate"]
            return "NOT_PLANNED" if hidden else reason
        case "comments":
            return {"totalCount": len(issue.comments)}
        case "labels":
            return _page([{"name": label} for label in issue.labels], given)
        case "assignees":
            return _page(issue.assignees, given)
        case "userContentEdits":
            return _page([{"editor": user} for user in issue.editors], given)
        case "timelineItems":
            wanted = {kind.replace("_", "") for kind in given["itemTypes"]}
            kept = [e for e in issue.events if e.kind.upper() in wanted]
            return _page(kept, given)
        case _:
            return getattr(issue, name)


def _repository(site: Site, viewer: User, name: str) -> Repository | None:
    return next(
        (
            one
            for one in site.repositories.values()
            if one.name.lower() == name.lower() and viewer in one.people
        ),
        site.renamed.get(name.lower()),
    )


def _matching(repository: Repository, query: str) -> list[User]:
    """Schema: "Filters users with query on user name and login"."""
    word = query.lower()
    return [
        user
        for user in repository.people
        if not user.bot and (word in user.login.lower() or word in user.name.lower())
    ]


def _page(items: Sequence[Any], given: dict[str, Any]) -> dict[str, Any]:
    first, last = given.get("first"), given.get("last")
    if max(first or 0, last or 0) > MOST:
        raise GraphQLError("first and last are at most 100")
    kept = items[:first] if first is not None else items[-last:] if last else items
    return {"nodes": list(kept), "totalCount": len(items)}
