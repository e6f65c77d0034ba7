"""A JSON Schema → the code of Pydantic classes, by datamodel-code-generator; and that code tried out, not trusted."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from ..errors import SetupError
from ..needs import needed
from ..schema import Schema

_MODULE = "_inferred_types"
_IMPORTED = {
    "__future__",
    "collections",
    "datetime",
    "decimal",
    "enum",
    "ipaddress",
    "pathlib",
    "pydantic",
    "typing",
    "uuid",
}
_CALLED = {"Field", "ConfigDict", "constr", "conint", "confloat", "conlist", "condecimal", "Path"}
_STATEMENTS = ast.ClassDef | ast.Assign | ast.AnnAssign | ast.Expr | ast.Pass
_HEADER = "# Made by: {}"


def code_of(schema: Mapping[str, object], name: str, made_by: str) -> str:
    """The code of the classes; that of the whole is called ``name``. SetupError where there is none."""
    with needed("Inferring types", "datamodel-code-generator", "infer"):
        import datamodel_code_generator as generator
    options = {**_options(), "custom_file_header": _HEADER.format(" ".join(made_by.split())), "class_name": name}
    for collapsed in (True, False):  # a root that is another class is collapsed too
        try:
            made = generator.generate({**schema, "title": name}, **options, collapse_root_models=collapsed)
        except generator.Error as error:
            raise SetupError(f"No classes can be made of the schema: {error}.") from None
        if re.search(rf"^(class )?{name}\b", str(made), re.M):
            return f"{str(made).rstrip()}\n"
    raise SetupError(f"The classes that are made of the schema have none for the whole of it ({name}).")


def _options() -> dict[str, Any]:
    """How the code is to look."""
    from datamodel_code_generator import InputFileType, LiteralType
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion

    return {
        "input_file_type": InputFileType.JsonSchema,
        "output_model_type": DataModelType.PydanticV2BaseModel,
        "output_datetime_class": DatetimeClassType.Datetime,
        "target_python_version": PythonVersion.PY_311,
        "enum_field_as_literal": LiteralType.All,
        "formatters": [Formatter.BUILTIN],
        "allow_remote_refs": False,
        "disable_timestamp": True,
        "field_constraints": True,
        "snake_case_field": True,
        "use_double_quotes": True,
        "use_schema_description": True,
        "use_standard_collections": True,
        "use_title_as_name": True,
        "use_union_operator": True,
    }


def tried(code: str, name: str) -> Schema[Any]:
    """The schema of the class, compiled from the code. SetupError where the code is not what it should be."""
    tree = ast.parse(code)
    if odd := next(_odd(tree), None):
        raise SetupError(
            f"What was made of the schema is not taken: line {odd.lineno} holds {ast.unparse(odd)[:80]!r}."
        )
    module = ModuleType(_MODULE)
    sys.modules[_MODULE] = module
    try:
        exec(compile(tree, f"<{_MODULE}>", "exec"), vars(module))
        return Schema.of(vars(module)[name])
    finally:
        del sys.modules[_MODULE]


def _odd(tree: ast.Module) -> Iterator[ast.stmt | ast.expr]:
    """What the code of types has no need of: a schema is data of others, and does not say what runs here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr) and not _is_of_types(node):
            yield node


def _is_of_types(node: ast.stmt | ast.expr) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in _IMPORTED
    if isinstance(node, ast.Call):
        by_name = isinstance(node.func, ast.Name) and node.func.id in _CALLED
        return by_name or (isinstance(node.func, ast.Attribute) and node.func.attr == "model_rebuild")
    if isinstance(node, ast.Attribute):
        return not node.attr.startswith("__")
    return isinstance(node, ast.expr | _STATEMENTS)
