"""The host of pull requests is the one that origin is on, and no token goes elsewhere."""

from __future__ import annotations

import pytest

from pmsync.cli.forges import host_and_project, open_forge
from pmsync.domain.errors import UsageError
from pmsync_config import Settings


@pytest.mark.parametrize(
    ("address", "host", "project"),
    [
        ("https://github.com/acme/pay.git", "github.com", "acme/pay"),
        ("https://x:secret@github.com/acme/pay", "github.com", "acme/pay"),
        ("git@github.com:acme/pay.git", "github.com", "acme/pay"),
        ("ssh://git@git.example.com:2222/a/b/c.git", "git.example.com", "a/b/c"),
        ("http://127.0.0.1:4000/acme/pay.git/", "127.0.0.1:4000", "acme/pay"),
        ("GitHub.com:acme/pay", "github.com", "acme/pay"),
    ],
)
def test_an_address_gives_host_and_project(
    address: str, host: str, project: str
) -> None:
    assert host_and_project(address) == (host, project)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com.evil.example/acme/pay",
        "https://git.example.com/acme/pay",
        "/srv/git/pay.git",
        "file:///srv/git/pay.git",
    ],
)
def test_an_unknown_host_gets_no_token(address: str) -> None:
    environment = {"GITHUB_TOKEN": "t0ken-t0ken", "GITLAB_TOKEN": "t0ken-t0ken"}

    with pytest.raises(UsageError, match="nobody says") as caught:
        open_forge(address, Settings(), environment)

    assert "t0ken" not in str(caught.value)


def test_a_missing_token_names_the_variables() -> None:
    with pytest.raises(UsageError, match="PMSYNC_WRITE_BACK__TOKEN or GITLAB_TOKEN"):
        open_forge("https://gitlab.com/a/b", Settings(), {})
