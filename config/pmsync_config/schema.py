"""The JSON Schema of ``pmsync.toml``, for editors and other checkers."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from pmsync_config import models, trackers
from pmsync_config.validate import adapter
from pmsync_config.values import write_duration


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    schema = adapter().json_schema(schema_generator=_Generator)
    tables = {"Settings": schema, **schema["$defs"]}
    for name, keys in descriptions().items():
        for key, text in keys.items():
            if name in tables:
                tables[name]["properties"][key]["description"] = text
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **schema,
        "title": "pmsync.toml",
    }


def descriptions() -> Mapping[str, Mapping[str, str]]:
    """Return the text under each key of the models, by class and key."""
    own: dict[str, dict[str, str]] = {}
    source = inspect.getsource(trackers) + inspect.getsource(models)
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        keys: dict[str, str] = {}
        for base in node.bases:
            keys |= own.get(getattr(base, "id", ""), {})
        for key, text in zip(node.body, node.body[1:], strict=False):
            match key, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(written))),
                ):
                    keys[name] = " ".join(written.split())
                case _:
                    pass
        own[node.name] = keys
    return own


class _Generator(GenerateJsonSchema):
    """JSON Schema for a file without nulls and with our own durations."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:  # type: ignore[explicit-override]
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: Any) -> JsonSchemaValue:  # type: ignore[explicit-override]
        described = super().dict_schema(schema)
        if "patternProperties" in described:
            described["additionalProperties"] = False
        return described

    def encode_default(self, dft: Any) -> Any:  # type: ignore[explicit-override]
        if isinstance(dft, timedelta):
            return write_duration(dft)
        return {} if is_dataclass(dft) else super().encode_default(dft)

    def default_schema(self, schema: Any) -> JsonSchemaValue:  # type: ignore[explicit-override]
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described
