"""Tokens are found where people put them, and never shown."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from pmsync.domain.errors import UsageError
from pmsync_config.secrets import Credentials, credentials, github_app
from pmsync_config.trackers import GitHub, GitLab, Jira

GITHUB = GitHub(type="github", project="a/b")
GITLAB = GitLab(type="gitlab", project="a/b")
CLOUD = Jira(type="jira", project="A", url="https://example.atlassian.net")
DATA_CENTER = Jira(type="jira", project="A", url="https://jira.example.com")
SECRET = "hunter2-0123456789"


def token(
    environment: Mapping[str, str], tracker: GitHub | GitLab | Jira = GITHUB
) -> str:
    return credentials("ops", tracker, environment).token.get_secret_value()


@pytest.mark.parametrize(
    ("tracker", "general"),
    [
        (GITHUB, "GITHUB_TOKEN"),
        (GITLAB, "GITLAB_TOKEN"),
        (DATA_CENTER, "JIRA_API_TOKEN"),
    ],
)
def test_a_trackers_own_variable_wins_over_that_of_its_type(
    tracker: GitHub | GitLab | Jira, general: str
) -> None:
    both = {"PMSYNC_TRACKERS__OPS__TOKEN": "own", general: "general"}

    assert token(both, tracker) == "own"
    assert token({general: "general"}, tracker) == "general"


def test_a_name_with_a_hyphen_is_looked_up_with_an_underscore() -> None:
    found = credentials("ops-eu", GITHUB, {"PMSYNC_TRACKERS__OPS_EU__TOKEN": "x"})

    assert found.token.get_secret_value() == "x"


@pytest.mark.parametrize("text", ["0123", "1e5", "true", "null", '"x"', "{}", "0x10"])
def test_a_token_that_looks_like_something_else_stays_text(text: str) -> None:
    assert token({"GITHUB_TOKEN": text}) == text


def test_a_token_comes_from_a_file_that_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123\n")

    assert token({"GITHUB_TOKEN_FILE": str(tmp_path / "token")}) == "0123"


def test_a_token_comes_from_the_secrets_directory(tmp_path: Path) -> None:
    (tmp_path / "GITLAB_TOKEN").write_text("0123\n")

    assert token({"PMSYNC_SECRETS_DIR": str(tmp_path)}, GITLAB) == "0123"


def test_a_token_meant_for_the_tracker_is_not_passed_over_for_a_general_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "PMSYNC_TRACKERS__OPS__TOKEN").write_text("own")
    environment = {"GITHUB_TOKEN": "general", "PMSYNC_SECRETS_DIR": str(tmp_path)}

    assert token(environment) == "own"


def test_an_empty_variable_counts_as_absent() -> None:
    environment = {"PMSYNC_TRACKERS__OPS__TOKEN": " ", "GITHUB_TOKEN": "general"}

    assert token(environment) == "general"


def test_jira_cloud_wants_an_account_and_data_center_does_not() -> None:
    only_token = {"JIRA_API_TOKEN": "t"}
    both = {**only_token, "JIRA_USER": "me@example.com"}

    found = credentials("ops", CLOUD, both)
    assert found.user is not None
    assert found.user.get_secret_value() == "me@example.com"
    assert credentials("ops", DATA_CENTER, only_token).user is None
    with pytest.raises(UsageError, match="no user in PMSYNC_TRACKERS__OPS__USER"):
        credentials("ops", CLOUD, only_token)


def test_a_missing_token_names_all_that_was_tried() -> None:
    with pytest.raises(UsageError) as caught:
        token({})

    assert caught.value.message == (
        "tracker ops: no token in PMSYNC_TRACKERS__OPS__TOKEN, "
        "PMSYNC_TRACKERS__OPS__TOKEN_FILE, GITHUB_TOKEN or GITHUB_TOKEN_FILE, "
        "nor in a file of PMSYNC_SECRETS_DIR"
    )
    assert caught.value.hint == "set PMSYNC_TRACKERS__OPS__TOKEN"


@pytest.mark.parametrize(
    "environment",
    [
        {"GITHUB_TOKEN_FILE": "/nonexistent/token"},
        {"GITHUB_TOKEN_FILE": "/"},
        {"PMSYNC_SECRETS_DIR": "/nonexistent"},
    ],
)
def test_a_secret_that_cannot_be_read_is_said_and_not_passed_over(
    environment: dict[str, str],
) -> None:
    with pytest.raises(UsageError, match=next(iter(environment))):
        token(environment)


def test_a_file_too_large_for_a_token_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"x" * 65_537)

    with pytest.raises(UsageError, match="larger than 65536 bytes"):
        token({"GITHUB_TOKEN_FILE": str(tmp_path / "token")})


@pytest.mark.parametrize(
    "text", [f"{SECRET}\nX: y", f"a {SECRET}", f"{SECRET}é", f"{SECRET}\x00"]
)
def test_a_token_that_would_break_a_header_is_refused_without_showing_it(
    text: str,
) -> None:
    with pytest.raises(UsageError) as caught:
        token({"GITHUB_TOKEN": text})

    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_s21_credentials_never_show_what_they_hold() -> None:
    environment = {"JIRA_API_TOKEN": SECRET, "JIRA_USER": f"{SECRET}@example.com"}

    found: Credentials = credentials("ops", CLOUD, environment)

    assert SECRET not in f"{found!r} {found} {found.token} {found.user!r}"


PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"
APP = {
    "GITHUB_APP_ID": "12",
    "GITHUB_APP_INSTALLATION_ID": "34",
    "GITHUB_APP_PRIVATE_KEY": PEM,
}


@pytest.mark.parametrize("pem", [PEM, PEM.replace("\n", "\\n")], ids=["lines", "one"])
def test_an_app_is_found_whether_or_not_its_key_kept_its_line_ends(pem: str) -> None:
    found = github_app("ops", {**APP, "GITHUB_APP_PRIVATE_KEY": pem})

    assert found is not None
    assert (found.id, found.installation) == ("12", "34")
    assert found.key.get_secret_value() == PEM
    assert "MIIB" not in f"{found!r}"


def test_an_apps_key_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    environment = {
        **{f"PMSYNC_TRACKERS__OPS__{name[7:]}": value for name, value in APP.items()},
        "PMSYNC_TRACKERS__OPS__APP_PRIVATE_KEY_FILE": str(tmp_path / "key.pem"),
    }
    del environment["PMSYNC_TRACKERS__OPS__APP_PRIVATE_KEY"]

    found = github_app("ops", environment)

    assert found is not None
    assert found.key.get_secret_value() == PEM


def test_a_trackers_own_token_comes_before_an_app_and_a_general_one_after_it() -> None:
    own = {"PMSYNC_TRACKERS__OPS__TOKEN": "own"}

    assert github_app("ops", {**APP, **own}) is None
    assert github_app("ops", {**APP, "GITHUB_TOKEN": "general"}) is not None
    assert github_app("ops", {"GITHUB_TOKEN": "general"}) is None


@pytest.mark.parametrize("missing", APP)
def test_a_part_of_an_app_is_refused_with_what_is_missing(missing: str) -> None:
    part = {name: value for name, value in APP.items() if name != missing}

    with pytest.raises(UsageError, match=missing) as caught:
        github_app("ops", {**part, "GITHUB_TOKEN": "general"})

    assert "MIIB" not in "".join(traceback.format_exception(caught.value))


def test_what_is_no_private_key_is_refused_without_showing_it() -> None:
    with pytest.raises(UsageError, match="no private key in PEM") as caught:
        github_app("ops", {**APP, "GITHUB_APP_PRIVATE_KEY": SECRET})

    assert SECRET not in "".join(traceback.format_exception(caught.value))
