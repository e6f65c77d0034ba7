"""A type → Pydantic's view of it, or what is wrong with the type and the way out."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, PydanticUserError

from ..errors import SetupError, UnsupportedTypeError
from .checking import short


def adapter_of(kind: object) -> TypeAdapter[Any]:
    """Pydantic's view of the type. UnsupportedTypeError where it has none."""
    if isinstance(kind, str | FunctionType | BaseModel | list | tuple) or kind is BaseModel:
        raise UnsupportedTypeError(f"{named(kind)} is no type; {_way(kind)}")
    try:
        adapter = TypeAdapter[Any](cast(Any, kind))
        if not adapter.pydantic_complete:
            adapter.rebuild(force=True)
        return adapter
    except ImportError as error:
        raise SetupError(f"The type needs a package: {short(str(error))}.") from None
    except PydanticUndefinedAnnotation as error:
        raise UnsupportedTypeError(_undefined(named(kind), error.name)) from None
    except (PydanticSchemaGenerationError, PydanticUserError, TypeError, NameError) as error:
        why = str(error).split("\n", 1)[0].split(". ", 1)[0]
        told = not isinstance(kind, type) or repr(kind) not in why
        said = f" ({short(why)})" if told else ""
        way = "" if told and isinstance(kind, type) else f"; {_way(kind)}"
        raise UnsupportedTypeError(f"{named(kind)} is no type that Pydantic takes{said}{way}") from error


def named(kind: object) -> str:
    """The type as its code calls it."""
    return kind.__qualname__ if isinstance(kind, type) else short(repr(kind))


def endless(kind: object) -> str:
    """What is said of a type whose parts lie deeper within one another than Python follows them."""
    name = kind.__qualname__ if isinstance(kind, type) else "The type"
    limit = sys.getrecursionlimit()
    way = f"flatten it, or let Python follow it: sys.setrecursionlimit({limit * 10})"
    return f"{name} is nested too deeply for Python's limit of {limit:,} calls within one another; {way}"


def formless(schema: Any, info: str) -> str:
    """Why a part of a type, by Pydantic's core schema of it, has no JSON Schema."""
    if schema["type"] == "is-instance":
        return f"Pydantic knows {named(schema['cls'])} only by its instances, and JSON holds none"
    if schema["type"] != "function-plain":
        return f"{info} has no JSON form"
    function = schema["function"]["function"]
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type) and any(base.__module__.startswith("pydantic.v1") for base in owner.__mro__):
        return f"{named(owner)} is a model of pydantic.v1: derive it from pydantic.BaseModel"
    name = getattr(function, "__qualname__", "") or short(repr(function))
    return f"only its function {name} knows what it reads: WithJsonSchema(…) beside it says that"


def _undefined(kind: str, name: str | None) -> str:
    way = "define it beside the class that names it, at the top level of a module: within a function it is not found"
    return f"{kind} names {name!r}, which is not defined there; {way}"


def _way(kind: object) -> str:
    if isinstance(kind, BaseModel):
        return f"it is an instance: give its class, {type(kind).__name__}"
    if isinstance(kind, list) and len(kind) == 1:
        return f"write list[{named(kind[0])}]"
    if isinstance(kind, tuple) and kind:
        return f"write tuple[{', '.join(map(named, kind))}]"
    if isinstance(kind, type):
        return "make it a BaseModel, a dataclass or a TypedDict"
    fields = "; fields in a line are schema_of('name, age int')" if isinstance(kind, str) else ""
    return f"give a type, such as list[Invoice], or a JSON Schema as a dict{fields}"
