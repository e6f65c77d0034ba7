"""Where settings come from: a flag, else the environment, else pyproject.toml, else the default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..errors import ExtractorError, SetupError
from ..options import VARIABLES, BatchOptions
from .reading import NAMES, PLACES, check, checked_name, read

if TYPE_CHECKING:
    from ..client import Extractor

_PREFIX = "EXTRACTOR_"
_OTHERS = {*VARIABLES, *(f"{_PREFIX}{name}" for name in ("CACHE", "PASSWORD", "ONLY_HOSTS"))}
"""Variables that are no settings of these layers."""
SECRET = re.compile(r"(^|_)(api_?)?(key|token|secret|password)s?$|^authorization$", re.IGNORECASE)
"""Names of what nobody may see."""
_PATHS = ("lessons", "journal", "examples")
"""Settings that are files: in pyproject.toml they are written from its folder on."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and what gave it: ``--see``, ``EXTRACTOR_SEE`` or ``…/pyproject.toml``."""

    value: object
    source: str


@dataclass(frozen=True, slots=True)
class Given:
    """All that was set anywhere, each by the strongest that set it."""

    settings: Mapping[str, Setting]
    headers: Mapping[str, str]

    def value(self, name: str) -> Any:
        return self.settings[name].value if name in self.settings else None

    def options(self) -> BatchOptions:
        """Those of calls and batches."""
        named = {name: each.value for name, each in self.settings.items() if name not in PLACES}
        return cast(BatchOptions, named)

    def extractor(self, **options: Any) -> Extractor:
        """What asks. SetupError speaks of flags."""
        from ..client import Extractor

        model, base_url = self.value("model"), self.value("base_url")
        try:
            return Extractor(
                model, base_url=base_url, lessons=self.value("lessons"), headers=self.headers or None, **options
            )
        except SetupError as error:
            raise self._told(error) from None

    def _told(self, error: SetupError) -> SetupError:
        if error.missing:
            return SetupError(
                f"There is no {' and no '.join(error.missing)} to ask.", remedy=_WAY, missing=error.missing
            )
        source = self.settings.get("base_url")
        return SetupError(f"{source.source}: {error}") if source and "base_url" in str(error) else error


_WAY = (
    "Give --model NAME and --base-url https://…/v1; or set EXTRACTOR_MODEL and EXTRACTOR_BASE_URL, or model and"
    " base_url in [tool.extractor] of pyproject.toml (the key comes from EXTRACTOR_API_KEY); or give --model local,"
    ' which needs no key and no network (pip install "typed-extractor[local]").'
)


def given(flags: Mapping[str, object], pairs: Iterable[str] = (), headers: Iterable[str] = ()) -> Given:
    """What flags, ``-o name=value`` pairs, the environment and pyproject.toml say. SetupError names what is wrong."""
    layers = (_of_flags(flags, pairs), _of_environment(), _of_pyproject(Path.cwd()))
    return Given(_merged(layers), dict(map(_header, headers)))


def _merged(layers: Iterable[Mapping[str, Setting]]) -> dict[str, Setting]:
    """The strongest comes first. A model that is in this process has no URL of a weaker layer."""
    merged: dict[str, Setting] = {}
    for layer in layers:
        local = "base_url" not in merged and _is_local(merged.get("model"))
        merged = {**{name: each for name, each in layer.items() if not (local and name == "base_url")}, **merged}
    return merged


def _is_local(model: Setting | None) -> bool:
    return model is not None and (model.value == "local" or str(model.value).endswith(".gguf"))


def flag_of(name: str) -> str:
    """How a setting is spelled on the command line, where it has a flag."""
    return f"--{name.replace('_', '-')}"


def variable_of(name: str) -> str:
    return f"{_PREFIX}{name.upper()}"


def _of_flags(flags: Mapping[str, object], pairs: Iterable[str]) -> dict[str, Setting]:
    found = {name: _set(name, value, flag_of(name)) for name, value in flags.items() if value is not None}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        source = f"-o {pair}"
        if not equals:
            raise SetupError(f"-o takes name=value, not {pair!r}.")
        with _Told(source):
            checked_name(name)
        if name in found:
            raise SetupError(f"{name} is given twice: {found[name].source} and {source}.")
        found[name] = _set(name, text, source)
    return found


def _of_environment() -> dict[str, Setting]:
    _check_variables()
    named = {variable_of(name): name for name in NAMES}
    return {name: _set(name, os.environ[each], each) for each, name in named.items() if os.environ.get(each)}


def _check_variables() -> None:
    """SetupError where a variable is nearly one of ours."""
    known = {*map(variable_of, NAMES), *_OTHERS}
    for variable in os.environ:
        if not variable.startswith(_PREFIX) or variable in known:
            continue
        near = get_close_matches(variable, known, 1, 0.85)
        if near:
            raise SetupError(f"The environment holds {variable}, which nothing reads.", remedy=f"Write {near[0]}.")


def _of_pyproject(folder: Path) -> dict[str, Setting]:
    found = pyproject(folder)
    if found is None:
        return {}
    file, table = found
    with _Told(f"{file}, [tool.extractor]"):
        return {name: Setting(_of_toml(name, value, file.parent), str(file)) for name, value in table.items()}


def _of_toml(name: str, value: object, folder: Path) -> object:
    if name not in NAMES and SECRET.search(name):
        raise SetupError(
            f"{name} does not belong in a file that others read.",
            remedy=f"Take it out, make a new one if it was committed, and export {_PREFIX}API_KEY=….",
        )
    if checked_name(name) not in _PATHS or not isinstance(value, str):
        return check(name, value)
    path = str(folder / value)
    return check(name, read(name, path) if name == "examples" else path)


def pyproject(folder: Path) -> tuple[Path, dict[str, object]] | None:
    """The nearest pyproject.toml upwards that has a table for us, and the table."""
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("extractor")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SetupError(f"{file} cannot be read: {error}.") from None
        if table is not None:
            if not isinstance(table, dict):
                raise SetupError(f"{file}: tool.extractor is a table, not {table!r}.")
            return file, table
    return None


def _set(name: str, value: object, source: str) -> Setting:
    with _Told(source):
        return Setting(check(name, read(name, value) if isinstance(value, str) else value), source)


class _Told:
    """Says of an error about a setting what gave it."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, ExtractorError | TypeError | ValueError):
            raise SetupError(f"{self._source}: {error}") from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise SetupError(f"--header takes 'name: value', not {text!r}.")
    return name.strip(), value.strip()
