"""What a step tells its runner is data: no text of a document becomes a command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.action.git_access import git_access
from pmsync.action.inputs import read_inputs, review_of
from pmsync.action.runner import SHOWN, Annotation, Runner
from pmsync.domain.errors import UsageError
from support.gha import parse_outputs


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r"))
)
def test_s12_no_value_sets_another_output(text: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "output"
        Runner({"GITHUB_OUTPUT": str(file)}, print).outputs(
            {"first": f"{text}\nend\nevil=1\nEOF", "second": "2"}
        )
        found = parse_outputs(file.read_bytes().decode())

    assert found == {"first": f"{text}\nend\nevil=1\nEOF", "second": "2"}


@pytest.mark.parametrize(
    "text",
    [
        "::error::x",
        "a\n::set-output name=a::b",
        "  ::add-mask::x",
        "##[error]x",
        "\r::x",
    ],
)
def test_s11_a_log_line_is_never_a_command(text: str) -> None:
    lines: list[str] = []

    Runner({}, lines.append).log(text)

    assert all("\x1b" not in line for line in lines)
    assert not any(line.startswith("::") or "##[" in line for line in lines)


def test_s11_an_annotation_holds_its_text_and_nothing_more() -> None:
    lines: list[str] = []
    hostile = Annotation(
        "warning", "a,b:c%.md", 3, "T::error::,x=1", "one\n::error::two\r%0A"
    )

    Runner({"GITHUB_ACTIONS": "true"}, lines.append).annotate([hostile])

    assert lines == [
        "::warning file=a%2Cb%3Ac%25.md,line=3,title=T%3A%3Aerror%3A%3A%2Cx=1"
        "::one%0A::error::two%0D%250A"
    ]


def test_no_more_annotations_are_sent_than_a_step_shows() -> None:
    lines: list[str] = []
    many = [Annotation("error", "a.md", n, "t", "m") for n in range(25)]

    hidden = Runner({"GITHUB_ACTIONS": "true"}, lines.append).annotate(many)

    assert len(lines) == SHOWN
    assert hidden == 25 - SHOWN


def test_a_summary_is_cut_before_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "summary"

    Runner({"GITHUB_STEP_SUMMARY": str(file)}, print).summary("é" * 1_000_000)

    assert file.stat().st_size < 1024 * 1024
    assert file.read_text().endswith("… and more.\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MODE", "apply"),
        ("MAX_CREATES", "-1"),
        ("MAX_CREATES", "many"),
        ("LEASE_WAIT", "soon"),
        ("FAIL_ON_CONFLICT", "perhaps"),
    ],
)
def test_an_input_that_is_wrong_is_named(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=re.escape(text)) as caught:
        read_inputs({f"PMSYNC_ACTION_{name}": text})

    assert caught.value.hint


def test_s16_a_change_from_a_fork_is_known_as_one(tmp_path: Path) -> None:
    for source, foreign in (("a/b", False), ("stranger/b", True), (None, True)):
        repo = {"full_name": source} if source else None
        event = {
            "pull_request": {
                "number": 7,
                "head": {"repo": repo},
                "base": {"sha": "abc", "repo": {"full_name": "a/b"}},
            }
        }
        file = tmp_path / "event.json"
        file.write_text(json.dumps(event))

        review = review_of({"GITHUB_EVENT_PATH": str(file)})

        assert review is not None
        assert (review.number, review.base, review.foreign) == ("7", "abc", foreign)


def test_a_push_is_no_review(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"ref": "refs/heads/main"}')

    assert review_of({"GITHUB_EVENT_PATH": str(file)}) is None
    assert review_of({}) is None


def test_s21_git_shows_the_token_to_the_host_of_the_job_and_to_no_other(
    tmp_path: Path,
) -> None:
    given = {
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_TOKEN": "ghp_secret",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }

    def header(url: str) -> str:
        asked = ["git", "config", "--get-urlmatch", "http.extraHeader", url]
        env = {**os.environ, **given, **git_access(given)}
        return subprocess.run(
            asked, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        ).stdout

    assert header("https://github.example.com/a/b.git").startswith("Authorization: ")
    for other in ("https://example.com/a.git", "http://github.example.com/a/b.git"):
        assert header(other) == ""
    assert git_access({**given, "GITHUB_TOKEN": ""}) == {}
