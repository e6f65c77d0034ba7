"""From data to a type: example values or a JSON Schema → Pydantic classes, as code."""

from .inferred import Inferred, infer

__all__ = ["Inferred", "infer"]
