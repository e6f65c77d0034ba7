"""One compilation from a source schema to what is sent and the way back, within the limits of a dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import UnsupportedTypeError
from ..paths import to_path
from .changes import Change
from .codec import SAME, Boxed, Codec, settle
from .dialects import Dialect
from .endless import check_ends
from .finish import finished, lifted, name_in
from .form import Form, Json, Nothing, Place, closed, described
from .limits import count, excesses, longest_kept
from .sharing import shared
from .strict import Compiler


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """``decoder`` is the codec without what it changes on the way there alone. ``codecs`` are those of definitions."""

    strict: Json
    encoder: Codec
    decoder: Codec
    codecs: Mapping[str, Codec]
    changes: tuple[Change, ...]

    def turns_on_marks(self) -> bool:
        """Whether an answer that holds no mark of what is not stated has nothing to decode."""
        return self.decoder is SAME or settle(self.decoder, self.codecs, decoding=True, marked=False) is SAME


@dataclass(frozen=True, slots=True)
class Source:
    """A source schema, whether it is Pydantic's, and whether a raw one's unlisted properties are asked for.

    ``asked`` is what is compiled where that is not the root, to which references lead all the same.
    """

    root: Mapping[str, object]
    typed: bool
    open_objects: bool = False
    asked: Mapping[str, object] | None = None


def planned(source: Source, dialect: Dialect) -> Plan:
    """The plan of a source schema. What the limits do not take is mended, else UnsupportedTypeError says which."""
    tight = dialect
    while True:
        plan = _plan(source, tight)
        counts = count(plan.strict, dialect)
        if dialect.texts and (tight.nesting or _DEEPEST) > 1 and next(excesses(plan.strict, counts, dialect), None):
            tight = replace(tight, nesting=min(tight.nesting or _DEEPEST, dialect.depth + 1) - 1)
        elif counts.properties > dialect.properties and min(counts.largest, tight.properties) > _FEWEST:
            share = min(0.5, dialect.properties / counts.properties)
            most = int(min(tight.properties, counts.largest) * share)
            tight = replace(tight, properties=max(most, _FEWEST // 2))
        elif counts.enums > dialect.enums and tight.enums > _FEWEST_VALUES:
            most = min(longest_kept(counts, dialect), tight.enums * 3 // 4)
            tight = replace(tight, enums=max(most, _FEWEST_VALUES))
        elif counts.depth > dialect.depth and not dialect.depth_through_refs:
            plan = replace(plan, strict=lifted(plan.strict, dialect.depth))
            counts = count(plan.strict, dialect)
            break
        else:
            break
    for excess in excesses(plan.strict, counts, dialect):
        path = to_path(plan.decoder.to_source(excess.keys, None))
        text = f"the type is too large: its strict schema has {excess.text}, most of it at {path}; split the type there"
        raise UnsupportedTypeError(text, path=path)
    check_ends(plan.strict)
    return plan


_FEWEST = 10
_DEEPEST = 1_000
_FEWEST_VALUES = 3
_LONG = {"entries", "tuple", "tag first", "merged"}


def _plan(source: Source, dialect: Dialect) -> Plan:
    compiler = Compiler(source.root, dialect, typed=source.typed, open_objects=source.open_objects)
    try:
        form = _rooted(compiler.node(source.asked or source.root, Place()), compiler)
        strict = finished(form.schema, compiler.forms)
        if not source.typed or sum(name in _LONG for _, name, _ in compiler.changes) > 1:
            strict = shared(strict)
    except Nothing as nothing:
        path = str(nothing.place)
        raise UnsupportedTypeError(
            f"{path} cannot be asked for: {nothing.why}; give it another type, or a default to leave it out", path=path
        ) from None
    except RecursionError:
        raise UnsupportedTypeError("the type is nested too deep; give its inner parts names of their own") from None
    encoder, decoder = (settle(form.codec, compiler.codecs, decoding=decoding) for decoding in (False, True))
    changes = tuple(Change(str(place), name, text) for place, name, text in compiler.changes)
    return Plan(strict, encoder, decoder, compiler.codecs, changes)


def _rooted(form: Form, c: Compiler) -> Form:
    """The root as an object: anything else goes into a box."""
    form = described(form)
    name = name_in(form.schema)
    schema = c.forms[name].schema if name is not None else form.schema
    if schema.get("type") == "object":
        return form
    c.change(Place(), "boxed", "the value stands alone in an object")
    return Form(closed({"value": form.schema}), Boxed("value", form.codec))
