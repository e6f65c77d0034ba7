"""A type → its source schema: Pydantic's JSON Schema of what the type reads, with what Pydantic leaves out put back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from inspect import isabstract
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError
from pydantic.json_schema import CoreModeRef, CoreRef, DefsRef, GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import (
    core_schema,
    to_jsonable_python,
)

from ..errors import UnsupportedTypeError
from . import patterns
from .adapting import formless, named
from .aliases import alias_path, nest, plain_names
from .bounds import BOUNDS, SPANS, as_url, bounded, dated, with_words
from .choices import SCALARS, as_numbers, unreachable
from .defaults import takes_default
from .drafts import look_at
from .fhir import checked, hidden, said
from .form import ABSTRACT, ALSO, TOLD, Json
from .known import initiated, known

_PLAIN_WORDS = {"pydantic_js_updates", "pydantic_js_extra"}
_TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")
_AROUND = {"nullable", "function-after"}
_NUMBER_KEY = r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"
_KEYS = {"int": "[0-9]+", "decimal": _NUMBER_KEY, "float": f"({_NUMBER_KEY}|inf|nan)"}
_NO_TEXT = {"none", "tuple", "list", "set", "frozenset", "dict", "model", "dataclass", "typed-dict", "named-tuple"}
_STEPS = {"str": "string", "int": "integer", "float": "number"}
_HELD = ("anyOf", "oneOf", "items", "prefixItems", "additionalProperties")


class _Methods(dict[Any, Callable[[Any], JsonSchemaValue]]):
    """The generator's method for each kind of core schema, looked up when it is first met."""

    def __init__(self, generator: GenerateJsonSchema) -> None:
        super().__init__()
        self._generator = generator

    def __missing__(self, kind: str) -> Callable[[Any], JsonSchemaValue]:
        method: Callable[[Any], JsonSchemaValue] = getattr(self._generator, kind.replace("-", "_") + "_schema")
        self[kind] = method
        return method


class _Generator(GenerateJsonSchema):
    """Pydantic's own, with short names of definitions, no titles of fields, and a way past its slower parts.

    Told besides: decimals as text, the schemes of URLs, names of tuple fields, nested shapes of alias paths.
    Types that have no JSON form are marked, for the compiler to say where they stand. A definition that only
    ``SkipValidation`` refers to is not kept by Pydantic, and any JSON is taken there.
    """

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._met: Counter[str] = Counter()
        self._names: set[str] = set()
        self._made: set[str] = set()
        self.lazy = False

    def build_schema_type_to_method(self) -> _Methods:
        self._methods = _Methods(self)
        return self._methods

    @property
    def mode(self) -> JsonSchemaMode:
        return "validation"

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        root = self.generate_inner(schema)
        for lost in sorted(self._names - self.definitions.keys()):
            self.definitions[DefsRef(lost)] = {}
        for made in sorted(self._made & self.definitions.keys()):
            self.definitions[DefsRef(made)].pop(ABSTRACT, None)
        name = str(root.get("$ref", "")).removeprefix("#/$defs/")
        if len(root) == 1 and self._met[name] == 1:
            root = self.definitions.pop(DefsRef(name))
        return {**root, "$defs": self.definitions} if self.definitions else root

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        """The bare name of the class, and a number where another has it."""
        stem = re.sub(r"\W+", "_", re.sub(r"[\w.]+\.|:\d+|<locals>", "", core_mode_ref[0])).strip("_")[:48] or "Def"
        name, count = stem, 1
        while name in self._names:
            count += 1
            name = f"{stem}{count}"
        self._names.add(name)
        return DefsRef(name)

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        metadata = schema.get("metadata") or {}
        if "ref" in schema or schema["type"] == "definition-ref":
            found = super().generate_inner(schema)
            self._met[str(found.get("$ref", "")).removeprefix("#/$defs/")] += 1
            return found
        if not metadata.keys() <= _PLAIN_WORDS or callable(metadata.get("pydantic_js_extra")):
            return bounded(super().generate_inner(schema))
        found = self._methods[schema["type"]](schema)
        if metadata:
            found = bounded(with_words(found, _own_words(metadata.get("pydantic_js_updates"))))
        extra = metadata.get("pydantic_js_extra")
        return with_words(found, _own_words(to_jsonable_python(extra))) if extra else found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def encode_default(self, dft: Any) -> Any:
        if type(dft) in (list, dict) and not dft:
            return type(dft)()
        return dft if type(dft) in SCALARS else super().encode_default(dft)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if inner.keys() == {"anyOf"}:
            inner = {"anyOf": [*inner["anyOf"], {"type": "null"}]} if {"type": "null"} not in inner["anyOf"] else inner
            return inner
        return inner if inner == {"type": "null"} else {"anyOf": [inner, {"type": "null"}]}

    def p_arguments_schema(
        self, arguments: list[core_schema.ArgumentsParameter], var_args_schema: Any
    ) -> JsonSchemaValue:
        return _named(super().p_arguments_schema(arguments, var_args_schema), arguments)

    def named_tuple_schema(self, schema: Any) -> JsonSchemaValue:
        """From Pydantic 2.14 on; before, named tuples come as the arguments of a call."""
        return _named(super().named_tuple_schema(schema), schema["fields"])

    def model_fields_schema(self, schema: core_schema.ModelFieldsSchema) -> JsonSchemaValue:
        found = super().model_fields_schema(schema)
        for name, field in schema["fields"].items():
            path = alias_path(field.get("validation_alias"))
            if path and name in found["properties"]:
                rule = found["properties"].pop(name)
                needed = name in found.get("required", [])
                found["required"] = [key for key in found.get("required", []) if key != name]
                nest(found, path, rule, needed)
        if len(found["properties"]) < len(schema["fields"]):
            self._tell_hidden(found, schema["fields"])
        return self._with_names(found, schema["fields"].items())

    def dataclass_args_schema(self, schema: core_schema.DataclassArgsSchema) -> JsonSchemaValue:
        return self._with_names(super().dataclass_args_schema(schema), ((one["name"], one) for one in schema["fields"]))

    def _with_names(self, found: JsonSchemaValue, fields: Iterable[tuple[str, Any]]) -> JsonSchemaValue:
        """With the names by which Pydantic reads a field beside the one that is shown."""
        by_name = self._config.populate_by_name or self._config.validate_by_name
        also: dict[str, str] = {}
        for name, field in fields:
            names = [*plain_names(field.get("validation_alias")), *([name] if by_name else [])]
            also |= {one: names[0] for one in names[1:] if one not in found["properties"]}
        return {**found, ALSO: also} if also else found

    def field_is_required(self, field: Any, total: bool) -> bool:
        return super().field_is_required(field, total) or self._is_refused(field["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        return {key: found[key] for key in found if key != "default"} if self._is_refused(schema) else found

    def _is_refused(self, schema: Any) -> bool:
        """Whether a default is validated and is none that the type takes, so that the field has to be stated."""
        if schema["type"] != "default" or not schema.get("validate_default", self._config.validate_default):
            return False
        return not takes_default(schema)

    def _tell_hidden(self, found: JsonSchemaValue, fields: Mapping[str, core_schema.ModelField]) -> None:
        """Required fields that are kept out of the schema, so that no answer could be right."""
        for name, field in fields.items():
            shown = name in found["properties"] or "validation_alias" in field
            if not shown and self.field_is_required(field, total=True):
                found["properties"][name] = {"$unsupported": "it is kept out of the JSON Schema"}
                found["required"] = [*found.get("required", []), name]

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        values = [member.value for member in schema["members"]]
        return as_numbers(schema, values) or unreachable(schema, values) or super().enum_schema(schema)

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        return unreachable(schema, schema["expected"]) or super().literal_schema(schema)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        kind = _bare(schema.get("keys_schema"))
        if kind in _NO_TEXT:
            return {"$unsupported": f"the keys of a JSON object are texts, which Pydantic reads as no {kind}"}
        found = super().dict_schema(schema)
        return found if "propertyNames" in found else {**found, **_key_rule(schema.get("keys_schema"))}

    def generator_schema(self, schema: core_schema.GeneratorSchema) -> JsonSchemaValue:
        self.lazy = True
        return super().generator_schema(schema)

    def is_subclass_schema(self, schema: core_schema.IsSubclassSchema) -> JsonSchemaValue:
        return self.handle_invalid_for_json_schema(schema, f"core_schema.IsSubclassSchema ({schema['cls']})")

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        number = {"type": "number"} | {word: float(schema[key]) for key, word in BOUNDS.items() if key in schema}  # type: ignore[literal-required]
        return {"anyOf": [number, {"type": "string", "format": "decimal", "pattern": patterns.decimal(schema)}]}

    def url_schema(self, schema: core_schema.UrlSchema) -> JsonSchemaValue:
        return as_url(super().url_schema(schema), schema)

    def multi_host_url_schema(self, schema: core_schema.MultiHostUrlSchema) -> JsonSchemaValue:
        return as_url(super().multi_host_url_schema(schema), schema)

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        """The format has an offset, so that it does not hold the text of a time without one."""
        local = schema.get("tz_constraint") == "naive"
        return dated({"type": "string", "format": "date-time-local" if local else "date-time"}, schema)

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        return dated(super().date_schema(schema), schema)

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        return dated(super().time_schema(schema), schema)

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        return dated(super().timedelta_schema(schema), schema, SPANS)

    def chain_schema(self, schema: core_schema.ChainSchema) -> JsonSchemaValue:
        """What the first step reads, within the bounds that the next ones of its kind set, as Pydantic chains them."""
        found = super().chain_schema(schema)
        for step in map(_unwrapped, schema["steps"][1:]):
            kind = _STEPS.get(step["type"], False)
            if found.get("type", kind) == kind and ("type" in found or "anyOf" in found):
                inner = self.generate_inner(step)
                bounds = {key: inner[key] for key in inner if key != "type"}
                found = {"allOf": [found, bounds]} if bounds.keys() & found.keys() else {**bounds, **found}
        return found

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        if schema.get("custom_init") and not schema.get("root_model"):
            found = initiated(found, schema["cls"])
        return {**found, ABSTRACT: schema["cls"].__name__} if isabstract(schema["cls"]) else found

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        function, inner = schema["function"]["function"], schema["schema"]
        found = known(function, super().function_after_schema(schema))
        return checked(function, inner["cls"], found) if inner["type"] == "model" else found

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        function = schema["function"]["function"]
        return self._behind(said(function, known(function, super().function_before_schema(schema))))

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> JsonSchemaValue:
        found = hidden(schema["function"]["function"])
        if isinstance(found, type):
            return self._of_class(found)
        return self._behind(found or super().function_wrap_schema(schema))

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        return known(schema["function"]["function"], super().function_plain_schema(schema))

    def _of_class(self, kind: type[BaseModel]) -> JsonSchemaValue:
        """The definition of a class that no core schema refers to."""
        core = kind.__pydantic_core_schema__
        name, reference = self.get_cache_defs_ref_schema(CoreRef(core.get("ref") or f"{kind.__qualname__}:{id(kind)}"))
        self._met[name] += 1
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.generate_inner({key: core[key] for key in core if key != "ref"})
        return reference

    def _behind(self, found: JsonSchemaValue) -> JsonSchemaValue:
        """What a function may make of something else, so that it may be of an abstract class."""
        self._made.update(_refs(found))
        return {key: value for key, value in found.items() if key != ABSTRACT}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        return {"$unsupported": formless(schema, error_info)}


def _refs(rule: object) -> Iterator[str]:
    """The names of the definitions that a value of the schema cannot do without."""
    if isinstance(rule, list):
        for inner in rule:
            yield from _refs(inner)
    if not isinstance(rule, dict):
        return
    if isinstance(rule.get("$ref"), str):
        yield rule["$ref"].removeprefix("#/$defs/")
    needed = [rule["properties"][key] for key in rule.get("required", ()) if key in rule.get("properties", ())]
    yield from _refs([needed, *(rule[key] for key in _HELD if key in rule)])


def _named(found: JsonSchemaValue, fields: Iterable[Any]) -> JsonSchemaValue:
    items = found.get("prefixItems", [])
    return {**found, "prefixItems": [{**item, "title": one["name"]} for item, one in zip(items, fields, strict=False)]}


def _unwrapped(step: Any) -> Any:
    return _unwrapped(step["schema"]) if step["type"] == "function-wrap" else step


def _own_words(words: Any) -> dict[str, Any]:
    """A user's own words for a schema, but for a ``type`` that JSON does not know. A format is but told by them."""
    told = {key: value for key, value in words.items() if key != "type" or value in _TYPES} if words else {}
    return {**told, TOLD: True} if "format" in told else told


def _sign(schema: Any) -> str:
    least = max((schema[key] for key in ("ge", "gt") if key in schema), default=None)
    return "" if least is not None and least >= 0 else "-?"


def _key_rule(schema: Any) -> JsonSchemaValue:
    """What the texts of keys must be that are read as numbers or booleans, of which Pydantic's schema is silent."""
    schema, kind = _within(schema), _bare(schema)
    if kind == "bool":
        return {"propertyNames": {"enum": ["true", "false"]}}
    if kind == "int" and schema.keys() & BOUNDS.keys():
        return {"propertyNames": {"pattern": patterns.decimal({**schema, "decimal_places": 0})}}
    return {"propertyNames": {"pattern": f"^{_sign(schema)}{_KEYS[kind]}$"}} if kind in _KEYS else {}


def _within(schema: Any) -> Any:
    while schema and schema["type"] in _AROUND:
        schema = schema["schema"]
    return schema


def _bare(schema: Any) -> str:
    """The kind of a schema, whatever is wrapped around it."""
    inner = _within(schema)
    return str(inner["type"]) if inner else "any"


def source_of(adapter: TypeAdapter[Any], kind: object) -> tuple[Json, bool]:
    """The JSON Schema of what the type reads, by validation alias, and whether Pydantic leaves items of it unread."""
    made: list[_Generator] = []

    def generator(*args: Any, **options: Any) -> _Generator:
        made.append(_Generator(*args, **options))
        return made[-1]

    try:
        found = adapter.json_schema(by_alias=True, schema_generator=cast(Any, generator), mode="validation")
    except (PydanticInvalidForJsonSchema, PydanticUserError) as error:
        why = str(error).split("\n", 1)[0]
        raise UnsupportedTypeError(f"{named(kind)} has no JSON Schema: {why}", path="$") from error
    return found, any(one.lazy for one in made)


def listed(source: Mapping[str, object]) -> Set[str]:
    """The names of the properties of a source schema's root."""
    ref = source.get("$ref")
    root = look_at(source, ref) if isinstance(ref, str) else source
    found = root.get("properties") if isinstance(root, dict) else None
    return frozenset(found) if isinstance(found, dict) else frozenset()


def name_of(source: Mapping[str, object], kind: object) -> str:
    """The name of the schema: its title, else the type's."""
    title = source.get("title") or (None if isinstance(kind, Mapping) else getattr(kind, "__name__", None))
    ref = source.get("$ref")
    if isinstance(ref, str) and ref.startswith("#/$defs/"):
        title = ref.rsplit("/", 1)[-1]
    return re.sub(r"[^a-zA-Z0-9_-]+", "_", str(title or "answer")).strip("_")[:64] or "answer"
