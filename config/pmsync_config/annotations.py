"""How pydantic reads values that are written as text, and which numbers it takes.

pydantic is imported only when it asks for a schema: settings made of defaults
alone do not need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Union

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue


class UnreadableError(ValueError):
    """A text is not what its key needs; ``hint`` says what would be."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Text:
    """Annotates a value that ``read`` makes from text.

    ``pattern`` is for JSON Schema: it may accept more than ``read``, never less.
    """

    read: Callable[[str], object]
    pattern: str = r"\S"

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> Any:
        from pydantic import AfterValidator  # noqa: PLC0415

        return handler.generate_schema(Annotated[str, AfterValidator(self.read)])

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": self.pattern}


@dataclass(frozen=True)
class Between:
    """Annotates a whole number: at least ``low``, and at most ``high`` if given."""

    low: int
    high: int | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> Any:
        from pydantic import Field  # noqa: PLC0415

        return handler.generate_schema(Annotated[int, Field(ge=self.low, le=self.high)])


@dataclass(frozen=True)
class ByType:
    """Annotates a table whose ``type`` says which of ``choices`` it is."""

    choices: Mapping[str, type]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> Any:
        from pydantic import Field  # noqa: PLC0415

        return handler.generate_schema(
            Annotated[Union[*self.choices.values()], Field(discriminator="type")]
        )
