"""GitLab's runner for the jobs of pmsync's template, on a GitLab of our own.

Sources: GitLab docs "Predefined CI/CD variables", "CI/CD YAML syntax reference"
(``extends``, ``script``, ``artifacts``) and "CI/CD job token" (how a job clones).
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from support.git_http import GitHost, git_host
from support.gitlab_fake import TOKEN, GitLabFake, gitlab
from support.repositories import Clone, Host, git

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "docs/deploy/gitlab-ci.yml"
NAME = "example/payments"
CONFIG = """since = "none"
[write_back]
mode = "commit"
[trackers.code]
type = "gitlab"
url = "{url}"
project = "example/payments"
"""


class Ended(NamedTuple):
    """What a job came to."""

    code: int
    log: str
    artifacts: Mapping[str, str]


@dataclass
class Project:
    """A project on GitLab, and its jobs."""

    root: Path
    fake: GitLabFake
    served: GitHost
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        """Where repositories and API are."""
        return self.served.address("").rstrip("/")

    @property
    def host(self) -> Host:
        return Host(self.root / f"{NAME}.git")

    def clone(self) -> Clone:
        """A new clone of a person's."""
        target = self.root / f"clone{next(self.numbers)}"
        git(self.root, "clone", "--quiet", self.host.root.as_uri(), str(target))
        return Clone(target)

    def push(self, path: str, text: str, branch: str = "main") -> None:
        """Let a person push a file."""
        clone = self.clone()
        if f"origin/{branch}" in clone.git("branch", "--remotes").split():
            clone.git("checkout", "--quiet", "--detach", f"origin/{branch}")
        clone.push(path, text.encode(), branch)

    def sync(self, **variables: str) -> Ended:
        """Run the job of a branch pipeline on ``main``."""
        return self._run("pmsync-sync", "main", {"CI_COMMIT_BRANCH": "main"}, variables)

    def plan(
        self, branch: str, iid: int, source: int | None = None, **variables: str
    ) -> Ended:
        """Run the job of a pipeline for a merge request."""
        here = self.fake.project.id
        base = git(self.host.root, "merge-base", "main", branch).strip()
        given = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": str(iid),
            "CI_MERGE_REQUEST_PROJECT_ID": str(here),
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(source or here),
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        }
        return self._run("pmsync-plan", branch, given, variables)

    def _run(
        self,
        name: str,
        branch: str,
        given: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> Ended:
        template: Any = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
        job = {**template[template[name]["extends"]], **template[name]}
        clone = self.clone()
        clone.git("checkout", "--quiet", "--detach", f"origin/{branch}")
        scheme, _, rest = self.url.partition("://")
        address = f"{scheme}://gitlab-ci-token:of-the-job@{rest}/{NAME}.git"
        clone.git("remote", "set-url", "origin", address)
        done = subprocess.run(
            ["sh", "-e", "-c", "\n".join(job["script"])],
            cwd=clone.root,
            env={
                **os.environ,
                "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
                "CI": "true",
                "GITLAB_CI": "true",
                "CI_SERVER_URL": self.url,
                "CI_PROJECT_PATH": NAME,
                "CI_DEFAULT_BRANCH": "main",
                **given,
                **job["variables"],
                **variables,
            },
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        kept = {
            path: (clone.root / path).read_text(encoding="utf-8")
            for path in job.get("artifacts", {}).get("paths", [])
            if (clone.root / path).exists()
        }
        return Ended(done.returncode, done.stdout + done.stderr, kept)


@contextmanager
def project(root: Path) -> Iterator[Project]:
    """Serve both; ``main`` has a configuration and no action item."""
    bare = root / f"{NAME}.git"
    bare.mkdir(parents=True)
    git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
    git(bare, "config", "http.receivepack", "true")
    with gitlab() as fake, git_host(root) as served:
        served.api = fake.url
        basic = b64encode(f"oauth2:{TOKEN}".encode()).decode()
        served.authorization = f"Basic {basic}"
        made = Project(root, fake, served)
        made.push("pmsync.toml", CONFIG.format(url=made.url))
        yield made
