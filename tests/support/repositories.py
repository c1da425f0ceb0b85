"""Real git repositories with a remote, and a host of pull requests in memory."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from pmsync.domain.repository import Proposal, ProposalState

TABLE = (
    b"# Outage\n\n## Action Items\n\n| Action | Status | Ticket |\n|---|---|---|\n"
    b"| Alert early | Open | |\n"
)
LINKED = TABLE.replace(b"Open | |", b"Open | OPS-1 |")
DONE = TABLE.replace(b"Open | |", b"Done | OPS-1 |")


def git(directory: Path, *arguments: str) -> str:
    """Run git as a person does; return what it prints."""
    return subprocess.run(
        ["git", *arguments], cwd=directory, check=True, capture_output=True, text=True
    ).stdout


@dataclass(frozen=True)
class Clone:
    """A work tree of a person or a runner."""

    root: Path

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    def write(self, path: str, data: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)

    def push(self, path: str, data: bytes, branch: str = "main") -> str:
        """Commit one file and push it; return the commit."""
        self.write(path, data)
        self.git("add", path)
        self.git("commit", "--quiet", "--message", f"Edit {path}")
        self.git("push", "--quiet", "origin", f"HEAD:{branch}")
        return self.git("rev-parse", "HEAD").strip()


@dataclass(frozen=True)
class Host:
    """A bare repository that clones come from."""

    root: Path

    @classmethod
    def new(cls, directory: Path) -> Host:
        """Make one with a post-mortem on ``main``."""
        host = cls(directory / "host.git")
        host.root.mkdir()
        git(host.root, "init", "--quiet", "--bare", "--initial-branch=main")
        host.clone("first").push("postmortems/a.md", TABLE)
        return host

    def clone(self, name: str, *options: str) -> Clone:
        target = self.root.parent / name
        address = self.root.as_uri()
        git(self.root.parent, "clone", "--quiet", *options, address, str(target))
        return Clone(target)

    def show(self, path: str, branch: str = "main") -> bytes:
        return subprocess.run(
            ["git", "show", f"{branch}:{path}"],
            cwd=self.root,
            check=True,
            capture_output=True,
        ).stdout

    def log(self, branch: str = "main", form: str = "%s") -> list[str]:
        return git(self.root, "log", f"--format={form}", branch).splitlines()

    def branches(self) -> list[str]:
        listed = git(self.root, "for-each-ref", "--format=%(refname:short)")
        return listed.split()

    def refuse(self, ref: str) -> None:
        """Let the host decline every push to a ref."""
        hook = self.root / "hooks" / "pre-receive"
        hook.write_text(
            f'#!/bin/sh\nwhile read -r a b ref; do [ "$ref" = {ref} ] && '
            '{ echo "protected branch" >&2; exit 1; }; done; exit 0\n'
        )
        hook.chmod(0o755)


@dataclass
class MemoryForge:
    """Pull requests as their host keeps them; people act on ``proposals`` too."""

    host: Host
    proposals: list[Proposal] = field(default_factory=list)
    words: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Title and text by id."""

    def latest(self, branch: str) -> Proposal | None:  # noqa: ARG002 there is one branch
        return self.proposals[-1] if self.proposals else None

    def propose(self, branch: str, base: str, title: str, text: str) -> Proposal:  # noqa: ARG002
        commit = git(self.host.root, "rev-parse", branch).strip()
        if not self.proposals or self.proposals[-1].state is not ProposalState.OPEN:
            number = str(len(self.proposals) + 1)
            url = f"https://git.example.com/pulls/{number}"
            self.proposals.append(Proposal(number, url, ProposalState.OPEN, commit))
        self.proposals[-1] = self.proposals[-1]._replace(commit=commit)
        self.words[self.proposals[-1].id] = (title, text)
        return self.proposals[-1]

    def withdraw(self, proposal: Proposal, why: str) -> None:  # noqa: ARG002
        self.ends(ProposalState.WITHDRAWN)

    def ends(self, state: ProposalState) -> None:
        """Merge or close the last one."""
        self.proposals[-1] = self.proposals[-1]._replace(state=state)
