"""A JSON Schema → the code of Pydantic classes, by datamodel-code-generator; and that code tried out, not trusted."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from ..errors import SetupError
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
    """The code of the classes; the first is the whole and is called ``name``. SetupError where there is none."""
    try:
        import datamodel_code_generator as generator
        from datamodel_code_generator.enums import DataModelType
        from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion
    except ImportError:
        remedy = 'Install it: pip install "typed-extractor[infer]".'
        raise SetupError("To infer types takes datamodel-code-generator.", remedy=remedy) from None
    try:
        made = generator.generate(
            {**schema, "title": name},
            class_name=name,
            input_file_type=generator.InputFileType.JsonSchema,
            output_model_type=DataModelType.PydanticV2BaseModel,
            output_datetime_class=DatetimeClassType.Datetime,
            target_python_version=PythonVersion.PY_311,
            enum_field_as_literal=generator.LiteralType.All,
            formatters=[Formatter.BUILTIN],
            custom_file_header=_HEADER.format(" ".join(made_by.split())),
            allow_remote_refs=False,
            collapse_root_models=True,
            disable_timestamp=True,
            field_constraints=True,
            keep_model_order=False,
            snake_case_field=True,
            use_double_quotes=True,
            use_schema_description=True,
            use_standard_collections=True,
            use_title_as_name=True,
            use_union_operator=True,
        )
    except generator.Error as error:
        raise SetupError(f"No classes can be made of the schema: {error}.") from None
    return f"{str(made).rstrip()}\n"


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
