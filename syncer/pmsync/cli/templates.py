"""Ticket bodies by Jinja2: a template of the repository, in a sandbox."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import SandboxedEnvironment
from typing_extensions import override

from pmsync.domain.body import Body
from pmsync.domain.errors import UsageError

NAMES = tuple(field.name for field in fields(Body))
"""What a template may use."""


def body_template(root: Path, path: str) -> Callable[[Body], str]:
    """Compile the template at ``path``, from the root, and return what fills it in.

    Both raise ``UsageError`` with file and line for what is wrong in the template.
    """
    environment = SandboxedEnvironment(
        loader=_Inside(root),
        undefined=StrictUndefined,
        autoescape=False,  # each tracker escapes in its own way
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        template = environment.get_template(path)
    except TemplateNotFound:
        raise UsageError(
            f"{path}: there is no such template", hint="it is looked for from the root"
        ) from None
    except (TemplateError, UnicodeDecodeError, OSError) as error:
        raise _refused(path, error) from error

    def render(body: Body) -> str:
        values = {name: getattr(body, name) for name in NAMES}
        try:
            return template.render(values)
        except Exception as error:  # a template can raise whatever Python can
            raise _refused(path, error) from error

    return render


class _Inside(FileSystemLoader):
    """Templates of the repository, never behind a link.

    Whoever writes a template would otherwise have any file of the machine written
    into tickets, its tokens among them.
    """

    @override
    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return text and file of a template; raises ``TemplateNotFound``."""
        text, file, is_current = super().get_source(environment, template)
        (root,) = (Path(path).resolve() for path in self.searchpath)
        if Path(file).resolve() != root.joinpath(*template.split("/")):
            raise TemplateNotFound(template)
        return text, file, is_current


def _refused(path: str, error: Exception) -> UsageError:
    line = getattr(error, "lineno", None) or next(
        (
            frame.lineno
            for frame in reversed(traceback.extract_tb(error.__traceback__))
            if frame.filename.endswith(path)
        ),
        1,
    )
    message = getattr(error, "message", None) or str(error)
    return UsageError(
        f"{path}:{line}: {message}", hint=f"a template knows {', '.join(NAMES)}"
    )
