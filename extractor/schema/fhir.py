"""What fhir.resources hides from Pydantic: classes that its validators look up when called, and checks of its own.

Read by the names of ``fhir_core``: https://hl7.org/fhir/formats.html#choice says what a choice of fields is,
https://hl7.org/fhir/datatypes.html which texts its dates, times and numbers are.
"""

from __future__ import annotations

from typing import Any

from .exclusive import stated
from .form import EXCLUSIVE, Json
from .marks import TAG

_HOME = "fhir_core."
_HIDING = "FhirBase.__get_pydantic_core_schema__.<locals>._validate"
_CHECKING = "FHIRAbstractModel.validate_after_model_construction"
_SAYING = "FHIRPrimitiveExtension.validate_extension_or_fhir_comment_required"
_ANY_RESOURCE: Json = {
    "type": "object",
    "properties": {"resourceType": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"}},
    "required": ["resourceType"],
    "additionalProperties": True,
}
_MONTH: Json = {"type": "string", "pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]))?$"}
_DATE: Json = {"type": "string", "format": "date"}
_TIME: Json = {"type": "string", "format": "date-time"}
_TEXTS: dict[str, list[Json]] = {"Date": [_DATE, _MONTH], "DateTime": [_TIME, _DATE, _MONTH], "Instant": [_TIME]}
_CLOCK: Json = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$"}
_HEX = "[0-9a-fA-F]"
_UUID: Json = {
    "type": "string",
    "pattern": f"^(urn:uuid:)?{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89abAB]{_HEX}{{3}}-{_HEX}{{12}}$",
}
_SOME: list[Json] = [
    {"properties": {"extension": {"type": "array"}}, "required": ["extension"]},
    {"properties": {"id": {"type": "string"}}, "required": ["id"]},
]
_NUMBER = {"type": "string", "format": "decimal", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"}


def hidden(function: Any) -> type | Json | None:
    """The class that a wrap validator looks up when it is called, or the rule of what it takes; None of any other."""
    name, home = getattr(function, "__qualname__", ""), getattr(function, "__module__", "") or ""
    if not home.startswith(_HOME):
        return None
    if name == _HIDING:
        cells = dict(zip(function.__code__.co_freevars, function.__closure__, strict=True))
        found: type = cells["source_type"].cell_contents.get_model_klass()
        return _ANY_RESOURCE if found.__name__ == "Resource" else found
    if name.startswith("Time."):
        return _CLOCK
    if name.startswith("Decimal."):
        return {"anyOf": [{"type": "number"}, _NUMBER]}
    texts = _TEXTS.get(getattr(getattr(function, "__self__", None), "__name__", ""))
    return {"anyOf": texts} if texts else None


def checked(function: Any, kind: Any, rule: Json) -> Json:
    """The rule of a class with what its validator checks: fields of which one may be stated, and those that must be."""
    if getattr(function, "__qualname__", "") != _CHECKING or not function.__module__.startswith(_HOME):
        return rule
    names = {name: field.alias or name for name, field in kind.model_fields.items()}
    rules: Json = {key: _as_urn(held) for key, held in rule["properties"].items()}  # type: ignore[attr-defined]
    needed = [names[name] for name, _ in kind.get_required_fields(None)]
    for key in needed:
        rules[key] = stated(rules[key])
    choices = []
    for name, fields in kind.get_one_of_many_fields(None).items():
        must = kind.model_fields[fields[0]].json_schema_extra["one_of_many_required"] is True
        choices.append({"name": name, "keys": [names[field] for field in fields], "required": must})
    if kind.has_resource_base():
        rules = {"resourceType": {"const": kind.get_resource_type(), TAG: True}, **rules}
    required = [*rule.get("required", []), *needed]  # type: ignore[misc]
    return {**rule, "properties": rules, "required": required, **({EXCLUSIVE: choices} if choices else {})}


def said(function: Any, rule: Json) -> Json:
    """The rule of the object beside a primitive value, which has to say something."""
    fits = getattr(function, "__qualname__", "") == _SAYING
    return {**rule, "anyOf": _SOME} if fits else rule


def _as_urn(rule: Any) -> Json:
    """The rule of a field, a UUID of which is written with its scheme: https://hl7.org/fhir/datatypes.html#uuid"""
    branches = [_UUID if one.get("format") == "uuid4" else one for one in rule.get("anyOf", ())]
    return {**rule, "anyOf": branches} if branches else rule
