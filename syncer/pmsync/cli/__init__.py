"""The command line. A command's module is imported only when that command runs."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pmsync.domain.errors import UsageError

COMMANDS = {
    "items": "List action items as they are read from tables and checklists.",
    "sync": "Bring action items and their tickets in step.",
    "plan": "Show what a run would do, and save it with --out.",
    "apply": "Carry out a plan that 'pmsync plan --out FILE' saved.",
    "status": "Show what is open, overdue, in conflict, or waits for something.",
    "resolve": "Decide one row that pmsync leaves to a person.",
    "state": "Show, verify or unlock what pmsync remembers between runs.",
    "config": "Show what can be configured.",
    "demo": "Show the main job on example post-mortems.",
    "serve": "Keep repositories in step: on a schedule, and soon after a webhook.",
}
"""Name of each command, which is that of its module and of the function there."""
ELSEWHERE = {"serve": "pmsync.daemon.command"}
"""Modules of commands that are entry points of their own."""

INTERRUPTED = 130
COLLECT_AFTER = (100_000, 20, 100)
"""Most of what a run builds lives to its end: looking through it for cycles as often
as Python does by itself takes a third of the time that large documents need."""


def main() -> None:
    """Run the command that was called and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error ends here."""
    gc.set_threshold(*COLLECT_AFTER)
    _prepare_streams()
    try:
        _stand_somewhere()
        code = group(_called(arguments)).main(
            list(arguments) or ["--help"], prog_name="pmsync", standalone_mode=False
        )
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001
        from pmsync.cli.errors import explain  # noqa: PLC0415

        return explain(error, verbose="-v" in arguments or "--verbose" in arguments)
    return code if isinstance(code, int) else 0


def _prepare_streams() -> None:
    """Make sure that what is printed cannot end a run."""
    if sys.stdout is None:  # closed by the caller: pmsync sync >&-
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # The terminal's encoding may lack a letter of a title.
            stream.reconfigure(errors="backslashreplace")


def _stand_somewhere() -> None:
    """Raise ``UsageError`` where every relative path would lead nowhere."""
    try:
        os.getcwd()  # noqa: PTH109 pathlib is not needed for help
    except FileNotFoundError as error:
        raise UsageError(
            "the present directory is gone", hint="change to one that exists"
        ) from error


def group(called: str | None) -> click.Group:
    """Return all commands; only the one that is called is more than its name."""
    for name, text in COMMANDS.items():
        if name == called:
            module = import_module(ELSEWHERE.get(name, f"pmsync.cli.{name}"))
            pmsync.add_command(getattr(module, name))
        else:
            pmsync.add_command(click.Command(name, short_help=text))
    return pmsync


def _called(arguments: Sequence[str]) -> str | None:
    name = next((each for each in arguments if not each.startswith("-")), None)
    if name is None or name in COMMANDS:
        return name
    from difflib import get_close_matches  # noqa: PLC0415

    similar = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {similar[0]!r}?" if similar else None
    raise UsageError(f"there is no command {name!r}", hint=hint)


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        click.echo(f"pmsync {version('pmsync')}")
        ctx.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="Exit codes: 0 done and in sync; 1 part failed, run it again; 2 usage, "
    "configuration or authentication; 3 a conflict needs a person; 4 safety stop, "
    "nothing was written; 5 another run is at work; 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def pmsync() -> None:
    """Keep the action items of post-mortems and their tickets the same thing.

    pmsync reads the tables and checklists of Markdown post-mortems, opens and
    updates a ticket for each action item, and writes link and status back into the
    very cells. To see what it would do here: pmsync sync --dry-run
    """
