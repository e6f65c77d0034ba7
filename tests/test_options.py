"""Options at the door."""

import pytest

from extractor.limits import Timeouts
from extractor.options import BatchOptions, BatchSettings, Options, Settings


def test_later_options_lie_over_earlier_ones() -> None:
    base = Settings.of("m", {"temperature": 0.1, "seed": 3, "max_attempts": 2})
    assert base.with_({"temperature": None, "timeout": 20}) == Settings(
        model="m",
        max_attempts=2,
        timeout=Timeouts(connect=10.0, first_byte=20, between=20, whole=20),
        request={"temperature": None, "seed": 3},
    )
    assert base.with_({}) is base


@pytest.mark.parametrize("name", ["messages", "response_format", "tools", "stream"])
def test_what_extract_builds_itself_is_refused_by_name(name: str) -> None:
    with pytest.raises(TypeError, match=rf"^{name}= is no option of extract: .*complete\(ChatRequest"):
        Settings.of("m", {name: 1})  # type: ignore[misc]


def test_an_unknown_option_is_named_beside_those_there_are() -> None:
    with pytest.raises(
        TypeError, match=r"^temprature= is no option. Did you mean temperature=\? There are: .*temperature"
    ):
        Settings.of("m", {"temprature": 1})  # type: ignore[typeddict-unknown-key]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"max_attempts": 0}, ValueError, "max_attempts is at least 1, not 0"),
        ({"max_attempts": True}, TypeError, "max_attempts is a whole number"),
        ({"repair": "none"}, ValueError, "repair is one of strict, syntax, full, not 'none'"),
        ({"timeout": 0}, ValueError, "timeout is more than 0 seconds, not 0"),
        ({"timeout": "9"}, TypeError, "timeout is a number of seconds or None, not '9'"),
        ({"timeout": float("nan")}, ValueError, "timeout is more than 0 seconds"),
        ({"instructions": 3}, TypeError, "instructions is a text, not 3"),
        ({"locale": "german"}, ValueError, "locale is a language tag"),
        ({"locale": 3}, TypeError, "locale is a language tag"),
        ({"guards": None}, TypeError, "guards is Guards"),
        ({"split": 3}, TypeError, "split is True, False, or what one document"),
        ({"count_rows": "no"}, TypeError, "count_rows is True or False, not 'no'"),
        ({"prices": None}, TypeError, "prices is a dict from models"),
        ({"prices": {"m": 3}}, ValueError, r"prices\['m'\] is \(prompt, answer\)"),
    ],
)
def test_a_bad_value_is_told_with_its_range(options: Options, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Settings.of("m", options)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("max_retries", r"max_retries= is no option\. Did you mean max_attempts=\? There are: "),
        ("system_prompt", r"system_prompt= is no option\. Did you mean instructions=\? There are: "),
        ("max_attempt", r"max_attempt= is no option\. Did you mean max_attempts=\? There are: "),
        ("journal", r"journal= is no option of extract: it belongs to batch\(…\)"),
        ("every", r"every= is no option of extract: it belongs to stream\(…\)"),
    ],
)
def test_an_option_in_the_wrong_place_or_spelt_wrong_is_told_the_right_one(name: str, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Settings.of("m", {name: 1})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fatal": 401}, "fatal is a list of HTTP statuses, not 401"),
        ({"fatal": ["401"]}, "fatal is a list of HTTP statuses"),
        ({"journal": 3}, "journal is the path of a file, not 3"),
    ],
)
def test_an_option_of_a_batch_of_the_wrong_kind(options: BatchOptions, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        BatchSettings.parted(options)


def test_timeouts() -> None:
    assert Timeouts.of(None) == Timeouts(None, None, None, None)
    assert Timeouts.of(5) == Timeouts(connect=5, first_byte=5, between=5, whole=5)
    with pytest.raises(ValueError, match=r"timeout\.between is more than 0 seconds, not -1"):
        Timeouts(between=-1)
