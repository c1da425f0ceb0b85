"""Each import contract is broken once on purpose: a contract that cannot fail is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = "Entry points, then the application, then documents, then the domain"
ADAPTERS = "Nobody imports an adapter: they arrive through entry points"
ONLY_DOMAIN = "Adapters and configuration see only the domain"
INDEPENDENT = "Adapters do not know each other"
PURE = "Domain and documents are pure: no I/O, clock, chance, log, process or thread"
DOMAIN = "The domain knows no third party but rapidfuzz"
DOCUMENTS = "Documents know no third party but pyromark"


class Wrong(NamedTuple):
    """An import that must not pass, and the contract that must say so."""

    module: str
    statement: str
    contract: str


WRONG = [
    Wrong("pmsync/domain/wrong.py", "import pmsync.document", LAYERS),
    Wrong("pmsync/domain/wrong.py", "import pmsync.app", LAYERS),
    Wrong("pmsync/document/wrong.py", "import pmsync.app", LAYERS),
    Wrong("pmsync/app/wrong.py", "import pmsync.cli", LAYERS),
    Wrong("pmsync/app/wrong.py", "import pmsync_config", LAYERS),
    Wrong("pmsync/document/wrong.py", "import pmsync_config", LAYERS),
    Wrong("pmsync/domain/wrong.py", "import pmsync_config", LAYERS),
    Wrong("pmsync_adapters/wrong.py", "import pmsync.app", LAYERS),
    Wrong("pmsync_adapters/wrong.py", "import pmsync.cli", LAYERS),
    Wrong("pmsync_adapters/wrong.py", "import pmsync_config", LAYERS),
    Wrong("pmsync_config/wrong.py", "import pmsync.app", LAYERS),
    Wrong("pmsync_config/wrong.py", "import pmsync.cli", LAYERS),
    Wrong("pmsync/cli/wrong.py", "import pmsync_adapters", ADAPTERS),
    Wrong("pmsync/app/wrong.py", "import pmsync_adapters", ADAPTERS),
    Wrong("pmsync_config/wrong.py", "import pmsync_adapters", ADAPTERS),
    Wrong("pmsync_adapters/wrong.py", "import pmsync.document", ONLY_DOMAIN),
    Wrong("pmsync_config/wrong.py", "import pmsync.document", ONLY_DOMAIN),
    Wrong("pmsync_adapters/wrong.py", "import pmsync_adapters.right", INDEPENDENT),
    Wrong("pmsync_adapters/atomic.py", "import pmsync_adapters.right", INDEPENDENT),
    Wrong("pmsync/domain/wrong.py", "import os", PURE),
    Wrong("pmsync/domain/wrong.py", "from time import time", PURE),
    Wrong("pmsync/document/wrong.py", "import logging", PURE),
    Wrong("pmsync/document/wrong.py", "from pathlib import Path", PURE),
    Wrong("pmsync/domain/wrong.py", "import pydantic", DOMAIN),
    Wrong("pmsync/domain/wrong.py", "import pyromark", DOMAIN),
    Wrong("pmsync/document/wrong.py", "import rapidfuzz", DOCUMENTS),
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    paths = [str(root / name) for name in ("syncer", "adapters", "config")]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the sources, with every entry point present and two more adapters."""
    for name in ("syncer", "adapters", "config"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    cli = tmp_path / "syncer/pmsync/cli/__init__.py"
    cli.parent.mkdir(exist_ok=True)
    cli.touch()
    for name in ("left", "right"):
        (tmp_path / f"adapters/pmsync_adapters/{name}.py").touch()
    return tmp_path


@pytest.mark.full
def test_the_sources_as_they_are_keep_every_contract(house: Path) -> None:
    run = lint(house)

    assert run.returncode == 0, run.stdout
    assert run.stdout.count(" KEPT") == len({wrong.contract for wrong in WRONG})


@pytest.mark.full
@pytest.mark.parametrize(
    "wrong", WRONG, ids=lambda wrong: f"{wrong.module}:{wrong.statement}"
)
def test_a_wrong_import_is_refused_by_the_contract_that_forbids_it(
    wrong: Wrong, house: Path
) -> None:
    (module,) = [
        house / top / wrong.module
        for top in ("syncer", "adapters", "config")
        if (house / top / wrong.module).parent.parent.is_dir()
        and (house / top / Path(wrong.module).parts[0]).is_dir()
    ]
    module.parent.mkdir(exist_ok=True)
    with module.open("a") as source:
        source.write(f"\n{wrong.statement}\n")

    run = lint(house)

    assert run.returncode == 1, run.stdout + run.stderr
    assert f"{wrong.contract} BROKEN" in run.stdout
