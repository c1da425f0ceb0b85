"""Tests cannot reach, read or change anything of the machine that they run on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: never anybody's


def test_a_test_cannot_reach_the_network() -> None:
    with (
        socket.socket() as connection,
        pytest.raises(RuntimeError, match="reached for the network"),
    ):
        connection.connect((DOCUMENTATION_ADDRESS, 80))

    with pytest.raises(RuntimeError, match="reached for the network"):
        socket.getaddrinfo("example.com", 80)


def test_a_test_can_reach_its_own_servers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_a_test_cannot_read_the_tokens_or_the_home_of_whoever_runs_it(
    tmp_path: Path,
) -> None:
    inner = tmp_path / "test_inner.py"
    inner.write_text(
        "import os\ndef test_names():\n    print(sorted(os.environ.items()))"
    )
    (tmp_path / "conftest.py").write_bytes((ROOT / "tests/conftest.py").read_bytes())
    mine = {"GITHUB_TOKEN": "mine-1", "OPS_PASSWORD": "mine-2", "HOME": "/mine-3"}

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", inner],
        cwd=tmp_path,
        env={**os.environ, **mine, "GIT_DIR": "/mine-4", "PMSYNC_STATE": "mine-5"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert "PATH" in run.stdout
    assert "mine-" not in run.stdout


def test_git_sees_no_configuration_of_the_machine(repository) -> None:
    values = repository.git("config", "--list", "--show-scope").splitlines()

    assert {value.split("\t")[0] for value in values} == {"local"}
