"""The pages on containers, compose, Kubernetes and systemd lead from nothing to the first
synced document: their commands, their manifests and their units, run as they stand.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.containers import IMAGE, Engine, engine, give
from support.deployed import ADDRESS, ROOT, Reader, reader, scripts
from support.pods import Pod, documents, service_arguments
from support.serving import COMMAND

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
KUBERNETES = ROOT / "config/kubernetes"
POSTMORTEMS = "https://github.com/example/postmortems.git"
LISTEN = {"PMSYNC_LISTEN": "127.0.0.1:0"}


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine(tmp_path_factory.mktemp("engine"))


@pytest.fixture
def somebody(tmp_path: Path) -> Iterator[Reader]:
    with reader(tmp_path) as one:
        yield one


def test_the_page_of_the_container_leads_to_the_first_synced_document(
    somebody: Reader, docker: Engine
) -> None:
    build, passing, daemon = scripts("container.md")
    assert build == "docker build --tag pmsync .\n"
    command = somebody.folder / "bin" / "docker"
    command.parent.mkdir()
    command.write_text(docker.as_docker())
    command.chmod(0o755)
    docker.output("tag", IMAGE, "localhost/pmsync:latest")

    somebody.run(passing, {ADDRESS: somebody.address})

    assert somebody.is_synced()
    sent = len(somebody.fake.sent)
    somebody.run("./pass")
    assert {verb for verb, _, _ in somebody.fake.sent[sent:]} == {"GET"}
    give(somebody.folder / "secrets")
    replaced = {
        ADDRESS: somebody.address,
        "--publish 127.0.0.1:8080:8080": "--env PMSYNC_LISTEN=127.0.0.1:0",
    }
    sent = len(somebody.fake.sent)
    try:
        somebody.run(daemon, replaced)
        docker.named("pmsync").until_passes(1, "done")
    finally:
        docker.run("rm", "--force", "--time=0", "pmsync")
        docker.run("volume", "rm", "pmsync")
    assert {verb for verb, _, _ in somebody.fake.sent[sent:]} == {"GET"}


def test_the_service_of_compose_leads_to_the_first_synced_document(
    somebody: Reader, docker: Engine
) -> None:
    address = "${PMSYNC_REPOSITORY:?the address of your repository}"
    (given,) = documents(ROOT / "compose.yaml", {address: somebody.address})
    (service,) = given["services"].values()
    service["environment"] |= LISTEN
    give(somebody.folder / "secrets")
    arguments = service_arguments(service, given["secrets"], somebody.folder)

    with docker.running(*arguments) as daemon:
        daemon.until_passes(1, "done")

        assert somebody.is_synced()
        took, code = daemon.end()
    assert code == 0
    assert took < 2.0


def pod_folder(somebody: Reader) -> Path:
    """Return a folder for volumes, with the secret as Kubernetes mounts it."""
    folder = somebody.folder / "volumes"
    shutil.copytree(somebody.folder / "secrets", folder / "secrets")
    give(folder / "secrets")
    return folder


def test_the_cronjob_leads_to_the_first_synced_document(
    somebody: Reader, docker: Engine
) -> None:
    (job,) = documents(KUBERNETES / "cronjob.yaml", {POSTMORTEMS: somebody.address})
    pod = Pod(job["spec"]["jobTemplate"]["spec"]["template"], pod_folder(somebody))

    pod.begin(docker, {})
    (container,) = pod.containers()
    docker.output("run", "--rm", *pod.arguments(container, {}))

    assert somebody.is_synced()


def test_each_pod_of_the_indexed_job_takes_a_repository_of_its_own(
    somebody: Reader, docker: Engine
) -> None:
    listed, job = documents(
        KUBERNETES / "indexed-job.yaml",
        {"https://github.com/example/platform.git": somebody.address},
    )
    folder = pod_folder(somebody)
    (folder / "repositories").mkdir()
    lines = listed["data"]["repositories"]
    (folder / "repositories/repositories").write_text(lines)
    assert job["spec"]["completions"] == len(lines.splitlines())
    pod = Pod(job["spec"]["template"], folder)
    index = {"JOB_COMPLETION_INDEX": "2"}

    pod.begin(docker, index)
    (container,) = pod.containers()
    docker.output("run", "--rm", *pod.arguments(container, index))

    assert somebody.is_synced()


def test_the_deployment_leads_to_the_first_synced_document(
    somebody: Reader, docker: Engine
) -> None:
    replaced = {POSTMORTEMS: somebody.address}
    deployment, service = documents(KUBERNETES / "deployment.yaml", replaced)
    template = deployment["spec"]["template"]
    chosen = service["spec"]["selector"].items()
    assert chosen <= template["metadata"]["labels"].items()
    pod = Pod(template, pod_folder(somebody))
    (container,) = pod.containers()

    with docker.running(*pod.arguments(container, LISTEN)) as daemon:
        daemon.until_passes(1, "done")

        assert somebody.is_synced()
        took, code = daemon.end()
    assert code == 0
    assert took < 2.0


@pytest.mark.parametrize("name", ["pmsync", "pmsync-serve"])
def test_the_units_of_systemd_lead_to_the_first_synced_document(
    somebody: Reader, name: str
) -> None:
    unit = Unit(ROOT / f"config/systemd/{name}.service", somebody)
    *before, last = unit.commands()
    for command in before:
        assert subprocess.run(command, **unit.how, check=False).returncode == 0
    with subprocess.Popen(last, **unit.how) as process:
        try:
            somebody.until_synced()
        finally:
            if name == "pmsync-serve":
                process.terminate()
        assert process.wait(30) == 0


class Unit:
    """A service of systemd, run without its sandbox."""

    def __init__(self, file: Path, somebody: Reader) -> None:
        self._state = somebody.folder / "state"
        (self._state / "pmsync").mkdir(parents=True)
        etc = somebody.folder / "etc"
        etc.mkdir()
        secrets = somebody.folder / "secrets"
        shutil.copy(secrets / "git-credentials", etc)
        (etc / "environment").write_text(
            f"PMSYNC_REPOSITORY={somebody.address}\n"
            f"GITHUB_TOKEN={(secrets / 'GITHUB_TOKEN').read_text()}"
        )
        self._etc = etc
        self._lines = [
            self._filled(line).partition("=")
            for line in file.read_text().splitlines()
            if "=" in line and not line.startswith("#")
        ]
        self.environment = dict(os.environ) | LISTEN
        (given,) = self._all("EnvironmentFile")
        for line in [*self._all("Environment"), *Path(given).read_text().splitlines()]:
            key, _, value = line.strip('"').partition("=")
            self.environment[key] = value
        self.environment["STATE_DIRECTORY"] = str(self._state / "pmsync")
        (folder,) = self._all("WorkingDirectory")
        self.how: Any = {"cwd": folder, "env": self.environment}

    def commands(self) -> list[list[str]]:
        """Return what is run, in order."""
        lines = [*self._all("ExecStartPre"), *self._all("ExecStart")]
        return [self._words(line) for line in lines]

    def _all(self, key: str) -> list[str]:
        return [value for name, _, value in self._lines if name == key]

    def _filled(self, line: str) -> str:
        return (
            line.replace("%S", str(self._state))
            .replace("%d", str(self._etc))
            .replace("/etc/pmsync", str(self._etc))
            .replace("/opt/pmsync/bin/pmsync", COMMAND)
        )

    def _words(self, line: str) -> list[str]:
        words: list[str] = []
        for word in shlex.split(line):
            named = word.startswith("$") and word[1:] in self.environment
            words += self.environment[word[1:]].split() if named else [word]
        return words
