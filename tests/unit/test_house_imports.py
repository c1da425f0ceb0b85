"""Imports: the contracts cover the whole house, and the locks hold what is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {c["name"]: c for c in PYPROJECT["tool"]["importlinter"]["contracts"]}
PACKAGES = {
    "pmsync": ROOT / "syncer/pmsync",
    "pmsync_adapters": ROOT / "adapters/pmsync_adapters",
    "pmsync_config": ROOT / "config/pmsync_config",
}
PIN = re.compile(r"^([\w.-]+)==([^ ;]+)", re.MULTILINE)


def only_contract(kind: str) -> dict[str, list[str]]:
    (found,) = [c for c in CONTRACTS.values() if c["type"] == kind]
    return found


def children(package: Path) -> set[str]:
    """Names of the modules and packages directly in a package."""
    modules = {file.stem for file in package.glob("*.py")} - {"__init__"}
    return modules | {file.parent.name for file in package.glob("*/__init__.py")}


def distributions(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def third_party_imports() -> dict[str, str]:
    """Top-level names that the sources import, with one place for each."""
    found = {}
    for package in PACKAGES.values():
        for file in package.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [str(node.module)]
                for name in names:
                    found[name.partition(".")[0]] = f"{file.name}:{node.lineno}"
    ours = sys.stdlib_module_names | PACKAGES.keys()
    return {name: place for name, place in found.items() if name not in ours}


def declared() -> set[str]:
    """Distributions that the project depends on, extras included."""
    project = PYPROJECT["project"]
    extras = project.get("optional-dependencies", {}).values()
    return distributions([*project["dependencies"], *(r for e in extras for r in e)])


def import_names(distribution: str) -> set[str]:
    return {
        name
        for name, providers in packages_distributions().items()
        if distribution in {canonicalize_name(provider) for provider in providers}
        and not name.startswith("_")
    }


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def test_a_new_package_of_pmsync_cannot_escape_the_layers() -> None:
    layers = only_contract("layers")["layers"]
    named = {name.strip(" ()") for layer in layers for name in layer.split("|")}

    present = {f"pmsync.{child}" for child in children(PACKAGES["pmsync"])}

    assert present - named == set()


def test_a_new_adapter_cannot_escape_the_independence_of_adapters() -> None:
    independence = only_contract("independence")

    assert independence["modules"] == ["pmsync_adapters.*"]
    importers = {entry.split(" -> ")[0] for entry in independence["ignore_imports"]}
    assert importers == {"pmsync_adapters.**"}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_source_root_is_linted_type_checked_and_shipped(package: str) -> None:
    tool = PYPROJECT["tool"]

    assert package in tool["importlinter"]["root_packages"]
    assert package in tool["mypy"]["packages"]
    wheel = tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert str(PACKAGES[package].relative_to(ROOT)) in wheel


@pytest.mark.parametrize(
    ("contract", "allowed"),
    [
        ("The domain knows no third party but rapidfuzz", "rapidfuzz"),
        ("Documents know no third party but pyromark", "pyromark"),
    ],
)
def test_a_new_dependency_is_kept_out_of_the_pure_core(
    contract: str, allowed: str
) -> None:
    names = {name for distribution in declared() for name in import_names(distribution)}

    assert set(CONTRACTS[contract]["forbidden_modules"]) == names - {allowed}


def test_no_module_that_is_imported_is_missing_from_an_installation() -> None:
    names = {name for distribution in declared() for name in import_names(distribution)}

    missing = {n: place for n, place in third_party_imports().items() if n not in names}

    assert missing == {}


def test_nobody_has_to_install_or_review_a_dependency_that_is_not_used() -> None:
    used = third_party_imports().keys()

    unused = {name for name in declared() if not import_names(name) & used}

    assert unused == set()


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", PYPROJECT["project"]["dependencies"]),
        ("requirements-build.lock", PYPROJECT["build-system"]["requires"]),
        (
            "requirements-dev.lock",
            [r for r in PYPROJECT["dependency-groups"]["dev"] if isinstance(r, str)],
        ),
    ],
)
def test_each_lock_holds_what_is_declared(lock: str, requirements: list[str]) -> None:
    locked = pins(lock)

    for requirement in map(Requirement, requirements):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_tests_run_against_the_versions_that_users_get() -> None:
    shipped = pins("requirements.lock") | pins("requirements-build.lock")

    assert shipped.items() <= pins("requirements-dev.lock").items()
    assert declared() <= pins("requirements-dev.lock").keys()


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"]
)
def test_nothing_is_installed_without_a_hash_or_from_a_named_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    for entry in re.split(r"\n(?=\S)", text.rstrip()):
        assert PIN.match(entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert not re.search(r"://|--index|--extra|--find-links|--trusted", text)
