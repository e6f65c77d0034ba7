"""Types of fhir.resources, which hide their classes and their checks from Pydantic."""

from __future__ import annotations

from random import Random

import jsonschema
import orjson
import pytest
from fhir.resources.annotation import Annotation
from fhir.resources.bundle import Bundle
from fhir.resources.fhirprimitiveextension import FHIRPrimitiveExtension
from fhir.resources.patient import Patient
from fhir.resources.period import Period
from fhir.resources.R4B.observation import Observation
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from extractor import Extractor
from extractor.schema import Schema
from extractor.testing import FakeModel
from extractor.testing.values import value_of

PATIENT = {
    "resourceType": "Patient",
    "extension": [{"url": "http://example.com/eyes", "valueString": "brown"}],
    "name": [{"family": "Moreau", "given": ["Ada", "L."]}],
    "birthDate": "1970-05",
    "_gender": {"extension": [{"url": "http://example.com/absent", "valueCode": "unknown"}]},
    "deceasedDateTime": "2020-02-29T12:00:00+01:00",
    "generalPractitioner": [{"reference": "Practitioner/1"}],
    "identifier": [{"value": "A 12", "period": {"start": "2001"}}],
    "contained": [{"resourceType": "Practitioner", "id": "1", "active": True}],
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Patient, PATIENT),
        (Period, {"start": "2019", "end": "2020-01-31"}),
        (Annotation, {"text": "fine", "authorString": "Dr. Wu", "time": "2020-01-31"}),
        (Bundle, {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": PATIENT}]}),
        (FHIRPrimitiveExtension, {"id": "a"}),
        (FHIRPrimitiveExtension, {"extension": []}),
        (
            Observation,
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "pulse"},
                "valueQuantity": {"value": "72.0", "unit": "/min"},
                "component": [{"code": {"text": "at"}, "valueTime": "08:30:00.5"}],
            },
        ),
    ],
)
def test_an_instance_is_written_and_comes_back(kind: type[BaseModel], value: object) -> None:
    schema = Schema.of(kind)
    wire = schema.encode(value)
    jsonschema.validate(wire, schema.strict)
    assert schema.decode(wire) == value
    TypeAdapter(kind).validate_json(orjson.dumps(schema.decode(wire)))


@given(seed=st.integers(0, 10_000), kind=st.sampled_from([Annotation, Period, FHIRPrimitiveExtension, Patient]))
def test_what_the_strict_schema_takes_the_class_takes_but_for_resources_of_unknown_kinds(
    seed: int, kind: type[BaseModel]
) -> None:
    schema = Schema.of(kind)
    wire = value_of(schema.strict, Random(seed), given={"contained": None})
    source = schema.decode(wire)
    TypeAdapter(kind).validate_json(orjson.dumps(source))
    assert schema.decode(schema.encode(source)) == source
    for path in ("$.deceasedBoolean", "$.birthDate", "$.extension[0].valueString"):
        assert schema.to_source(schema.to_wire(path, wire), wire) == path


def test_of_a_choice_one_field_is_written_and_required_where_it_must_be() -> None:
    schema = Schema.of(Observation)
    assert schema.encode({"valueString": "a", "valueInteger": None})["value"] == {"valueString": "a"}  # type: ignore[index]
    assert schema.to_wire("$.valueQuantity.unit", {}) == "$.value.valueQuantity.unit"
    assert schema.to_source("$.value.valueQuantity.unit", {"value": {}}) == "$.valueQuantity.unit"
    both = schema.encode({"status": "final", "code": {"text": "a"}, "valueString": "a", "valueInteger": 1})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(both, schema.strict)
    written = {change.path for change in schema.explain() if change.name == "one stated" and change.why}
    assert {"$", "$.component[*]"} <= written
    strict = Schema.of(Annotation).strict["properties"]
    assert strict["text"]["type"] == "string"  # type: ignore[index]
    assert {"type": "null"} in strict["author"]["anyOf"]  # type: ignore[index]


def test_a_resource_is_asked_for_and_an_answer_is_typed() -> None:
    schema = Schema.of(Patient)
    model = FakeModel(orjson.dumps(schema.encode(PATIENT)).decode())
    extractor = Extractor("fake", base_url="http://fake/v1", transport=model)
    result = extractor.extract(Patient, "Ada L. Moreau, born in May 1970")
    assert "deceased" in Schema.of(Patient).strict["properties"]  # type: ignore[operator]
    assert result.value.model_dump(mode="json") == Patient.model_validate(PATIENT).model_dump(mode="json")


def test_a_stream_shows_the_stated_field_under_its_own_name() -> None:
    value = {"authorString": "Dr. Wu", "time": "2020-01-31", "text": "fine"}
    model = FakeModel(orjson.dumps(Schema.of(Annotation).encode(value)).decode(), size=3)
    with Extractor("fake", base_url="http://fake/v1", transport=model).stream(Annotation, "Dr. Wu: fine") as stream:
        partials = list(stream)
    assert partials[-1].data == value
    assert {"authorString": "Dr."} in [partial.data for partial in partials]
    assert "$.authorString" in partials[-1].complete
