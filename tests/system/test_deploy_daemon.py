"""The page of the daemon leads from nothing to the first synced document."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmsync.daemon.metrics import Metrics
from support.deployed import ADDRESS, DOCS, Reader, reader, scripts


@pytest.fixture
def somebody(tmp_path: Path) -> Iterator[Reader]:
    with reader(tmp_path) as one:
        yield one


def test_the_page_of_the_daemon_leads_to_the_first_synced_document(
    somebody: Reader,
) -> None:
    install, serve = scripts("daemon.md")
    assert install == "pip install '.[daemon]'\n"
    script = somebody.put_in(
        serve, {ADDRESS: somebody.address, "pmsync serve": "exec pmsync serve"}
    )
    log = somebody.folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=somebody.folder,
            env=os.environ | somebody.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            somebody.until_synced()
        finally:
            process.terminate()
        assert process.wait(20) == 0
    told = log.read_text()
    assert '"event": "a pass has ended"' in told
    for name in ("GITHUB_TOKEN", "PMSYNC_WEBHOOKS__GITHUB__SECRET"):
        assert (somebody.folder / "secrets" / name).read_text().strip() not in told


def test_the_page_of_the_daemon_names_every_figure() -> None:
    page = (DOCS / "daemon.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(pmsync_\w+)` \|", page, re.MULTILINE))
    shown = re.findall(r"^# TYPE (\w+) ", Metrics().page().decode(), re.MULTILINE)

    assert named == {name for name in shown if not name.endswith("_created")}
