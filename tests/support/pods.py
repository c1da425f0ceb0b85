"""Manifests of Kubernetes and services of compose, as a container engine would run them.

Only what the project's own files say is understood; anything else is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from support.containers import IMAGE, Engine, mounted, variables

_CONFINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def documents(file: Path, replaced: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read a file of YAML, with a reader's own names put in."""
    text = file.read_text("utf-8")
    for before, after in replaced.items():
        assert before in text, before
        text = text.replace(before, after)
    return list(yaml.safe_load_all(text))


class Pod:
    """A pod template on one machine; its volumes are folders."""

    def __init__(self, template: Mapping[str, Any], folder: Path) -> None:
        """``folder`` has a folder for each volume; empty ones may be missing."""
        self._spec = template["spec"]
        self._folder = folder
        assert self._spec["securityContext"]["runAsNonRoot"]
        assert self._spec["automountServiceAccountToken"] is False
        for volume in self._spec["volumes"]:
            place = folder / volume["name"]
            place.mkdir(exist_ok=True)
            if "emptyDir" in volume:  # the kubelet lets every user write there
                place.chmod(0o777)

    def begin(self, engine: Engine, more: Mapping[str, str]) -> None:
        """Run the containers that come first, each to its end."""
        for container in self._spec.get("initContainers", []):
            engine.output("run", "--rm", *self.arguments(container, more))

    def containers(self) -> Iterator[dict[str, Any]]:
        """Return the containers proper."""
        yield from self._spec["containers"]

    def arguments(
        self, container: Mapping[str, Any], more: Mapping[str, str]
    ) -> list[str]:
        """Return options, image and arguments for the engine."""
        assert container["securityContext"] == _CONFINED
        user = self._spec["securityContext"]
        given = {each["name"]: each["value"] for each in container.get("env", [])}
        options = [
            "--network=host",
            "--read-only",
            "--read-only-tmpfs=false",  # Kubernetes has nothing of the kind
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            f"--user={user['runAsUser']}:{user['runAsGroup']}",
            *variables(given | dict(more)),
            *(
                mounted(
                    self._folder / each["name"],
                    each["mountPath"],
                    writable=not each.get("readOnly", False),
                )
                for each in container["volumeMounts"]
            ),
        ]
        if "command" in container:
            options.append(f"--entrypoint={json.dumps(container['command'])}")
        return [*options, IMAGE, *container.get("args", [])]


def service_arguments(
    service: Mapping[str, Any], secrets: Mapping[str, Any], folder: Path
) -> list[str]:
    """Return what the engine is told for a service of compose."""
    assert service["read_only"]
    options = ["--network=host", "--read-only"]
    options += [f"--cap-drop={each}" for each in service["cap_drop"]]
    options += [f"--security-opt={each}" for each in service["security_opt"]]
    options += [f"--tmpfs={each}" for each in service["tmpfs"]]
    # A volume of a name of its own would stay behind.
    options += [f"--volume={each.partition(':')[2]}" for each in service["volumes"]]
    options += variables(service["environment"])
    options += [
        mounted(folder / secrets[each]["file"], f"/run/secrets/{each}")
        for each in service["secrets"]
    ]
    return [*options, IMAGE, *service["command"]]
