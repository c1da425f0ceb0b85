"""What pmsync asks GitHub is in GitHub's own whole descriptions, as npm has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch
from pmsync_adapters.github import queries
from support.emulated import MODULES
from support.github_fake import GitHubFake, github
from support.github_graphql import schema_of
from support.github_place import PRIORITIES, connect
from support.request_validation import mistakes

pytestmark = pytest.mark.full
SCHEMA = MODULES / "node_modules/@octokit/graphql-schema/schema.graphql"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    if not SCHEMA.exists():
        pytest.skip("GitHub's descriptions are not installed: make test-all")
    # GitHub's own file has fields that graphql-core does not accept.
    text = SCHEMA.read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)


QUERIES = {
    "by id": queries.BY_ID,
    "by number": queries.by_number([1, 2]),
    "people": queries.assignable(2),
    "viewer": "query { viewer { login } }",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_fits_githubs_schema(query: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(query)) == []


def test_a_query_that_does_not_fit_is_noticed(schema: GraphQLSchema) -> None:
    wrong = queries.BY_ID.replace("nameWithOwner", "nameAndOwner")

    assert validate(schema, parse(wrong)) != []


def test_the_fake_answers_with_what_the_schema_has(schema: GraphQLSchema) -> None:
    for name, ours in schema_of().type_map.items():
        theirs = schema.type_map.get(name)
        assert theirs is not None, name
        for part in ("fields", "values"):
            known = set(getattr(theirs, part, ()))
            assert set(getattr(ours, part, ())) <= known, name


@pytest.fixture
def used() -> Iterator[GitHubFake]:
    """A GitHub that was asked everything that pmsync ever asks."""
    with github(graphql=False) as fake:
        tracker = connect(fake, priorities=PRIORITIES, labels=frozenset({"sre"}))
        parent, child = (
            _opened(tracker.create([_draft(f"k{n}", None if n else "a")]))
            for n in (0, 1)
        )
        nested = Draft(Marker("k2", "s"), "T", "B", parent=parent.ref.key)
        tracker.create([nested])
        statuses = (Status.BLOCKED, Status.DONE, Status.WONT_DO, Status.OPEN)
        for status in statuses:
            patch = Patch(child, {Field.STATUS: status, Field.PRIORITY: "1"})
            child = _opened([tracker.update(patch)])
        tracker.update(Patch(child, {Field.OWNER: None, Field.TITLE: "U"}, body="V"))
        twin = tracker.fetch([Lookup("example/payments#3")])["example/payments#3"]
        assert isinstance(twin, Ticket)
        tracker.update(Patch(twin, duplicate_of=parent.ref.key))
        tracker.users(["alice", "Alice Wonder", "alice@example.com"])
        for since in (None, parent.created_at):
            tracker.marked(since)
        tracker.changed(tracker.changed(None).watermark)
        yield fake


def _draft(key: str, owner: str | None) -> Draft:
    fields = {Field.OWNER: "alice" if owner else None, Field.PRIORITY: "0"}
    return Draft(Marker(key, "s"), "Title", "Body", fields, frozenset({"sre"}))


def _opened(outcomes: object) -> Ticket:
    assert isinstance(outcomes, list)
    (outcome,) = outcomes
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def test_every_request_is_in_githubs_whole_description(used: GitHubFake) -> None:
    if not SCHEMA.exists():
        pytest.skip("GitHub's descriptions are not installed: make test-all")
    sent = [(m, url, body) for m, url, body in used.sent if url != "/graphql"]
    kinds = {(m, url.partition("?")[0].rpartition("/")[2]) for m, url, _ in sent}

    assert len(kinds) > 10
    wrong = [one for sending in sent for one in mistakes("github-whole", *sending)]
    assert wrong == []
