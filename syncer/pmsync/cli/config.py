"""``pmsync config``: what can be configured."""

from __future__ import annotations

import click


@click.group()
def config() -> None:
    """Show what can be configured."""


@config.command()
def schema() -> None:
    """Print the JSON Schema of pmsync.toml, for editors."""
    import json  # noqa: PLC0415

    from pmsync_config.schema import json_schema  # noqa: PLC0415

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
