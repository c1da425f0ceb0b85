"""A repository on a git host and a GitHub, and jobs with pmsync's action on it."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from support.gha import Ended, run_action
from support.git_http import GitHost, git_host
from support.github_fake import TOKEN, GitHubFake, github
from support.repositories import Clone, Host, git

ACTION = Path(__file__).resolve().parents[2]
NAME = "example/payments"
DOCUMENT = "postmortems/a.md"
HEAD = (
    "# Outage\n\n## Action Items\n\n| Action | Owner | Status |\n|---|---|---|\n"
    "{rows}\n"
)
THREE = "".join(f"| Rotate key {n} | | Open |\n" for n in range(3))
CONFIG = """since = "none"
[write_back]
mode = "commit"
[trackers.code]
type = "github"
url = "{url}"
project = "example/payments"
"""


def document(rows: str = THREE) -> str:
    """A post-mortem with these rows."""
    return HEAD.format(rows=rows)


@dataclass
class Workplace:
    """What jobs run on."""

    root: Path
    fake: GitHubFake
    served: GitHost
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def host(self) -> Host:
        return Host(self.root / f"{NAME}.git")

    @property
    def env(self) -> dict[str, str]:
        """What each job finds in its environment."""
        return {
            "GITHUB_API_URL": self.fake.url,
            "GITHUB_SERVER_URL": self.served.address("").rstrip("/"),
            "GITHUB_REPOSITORY": NAME,
        }

    def clone(self, *options: str) -> Clone:
        """A new clone of a person's."""
        target = self.root / f"clone{next(self.numbers)}"
        address = self.host.root.as_uri()
        git(self.root, "clone", "--quiet", *options, address, str(target))
        return Clone(target)

    def checkout(self, *options: str) -> Clone:
        """A checkout of a job's, which keeps no credentials."""
        clone = self.clone(*options)
        address = self.served.address(f"{NAME}.git")
        clone.git("remote", "set-url", "origin", address)
        return clone

    def push(self, path: str, text: str, branch: str = "main") -> Clone:
        """Let a person push a file; return their clone."""
        clone = self.clone()
        if f"origin/{branch}" in clone.git("branch", "--remotes").split():
            clone.git("checkout", "--quiet", "--detach", f"origin/{branch}")
        clone.push(path, text.encode(), branch)
        return clone

    def sync(
        self, clone: Clone | None = None, event: str = "push", **inputs: str
    ) -> Ended:
        """Run a job for the branch ``main``."""
        return self._run(
            clone or self.checkout(),
            event,
            {"ref": "refs/heads/main"},
            {"GITHUB_REF": "refs/heads/main"},
            inputs,
        )

    def plan(
        self, branch: str, number: int, source: str = NAME, **inputs: str
    ) -> Ended:
        """Run a job for a pull request from a branch, on the merge as GitHub makes it."""
        clone = self.checkout()
        base = clone.git("rev-parse", "HEAD").strip()
        clone.git("checkout", "--quiet", "--detach")
        clone.git("merge", "--quiet", "--no-ff", "--no-edit", f"origin/{branch}")
        event: dict[str, Any] = {
            "pull_request": {
                "number": number,
                "head": {"ref": branch, "repo": {"full_name": source}},
                "base": {"sha": base, "repo": {"full_name": NAME}},
            }
        }
        env = {"GITHUB_REF": f"refs/pull/{number}/merge", "GITHUB_HEAD_REF": branch}
        return self._run(clone, "pull_request", event, env, {"mode": "plan", **inputs})

    def _run(
        self,
        clone: Clone,
        event_name: str,
        event: Mapping[str, Any],
        env: Mapping[str, str],
        inputs: Mapping[str, str],
    ) -> Ended:
        temp = self.root / f"temp{next(self.numbers)}"
        temp.mkdir()
        # What the action installs in a minute is here already.
        (temp / "pmsync").symlink_to(sys.prefix)
        return run_action(
            ACTION,
            clone.root,
            temp,
            event_name=event_name,
            event=event,
            inputs={name.replace("_", "-"): text for name, text in inputs.items()},
            env={**self.env, **env},
            token=TOKEN,
        )


@contextmanager
def workplace(
    root: Path, url: str | None = None, token: str = TOKEN
) -> Iterator[Workplace]:
    """Serve both; ``main`` has a configuration and no action item.

    ``url`` is that of another GitHub than the fake, and ``token`` what both hosts take.
    """
    bare = root / f"{NAME}.git"
    bare.mkdir(parents=True)
    git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
    git(bare, "config", "http.receivepack", "true")
    with github() as fake, git_host(root) as served:
        basic = b64encode(f"x-access-token:{token}".encode()).decode()
        served.authorization = f"Basic {basic}"
        place = Workplace(root, fake, served)
        place.push("pmsync.toml", CONFIG.format(url=url or fake.url))
        yield place
