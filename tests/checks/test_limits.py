"""FT012, FT013, FT402, FT411 and FT412: files against what the provider takes, and against each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.judged import GOOD, TODAY, assistant, conversation, user
from conftest import chat
from ftlint import catalog, context, engine
from ftlint.model import Finding, Level, Role
from ftlint.settings import Settings

RULES = ("FT012", "FT013", "FT402", "FT411", "FT412")
Write = Callable[..., Path]
PAIR = {
    "input": {"messages": [user()]},
    "preferred_output": [assistant()],
    "non_preferred_output": [assistant("Nobody knows.")],
}
ASKED = {**conversation(user()), "reference": "a tuner"}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/piano.png", "detail": "low"}}


def check(*files: tuple[Path, Role], **changes: Any) -> list[Finding]:
    settings = Settings(today=TODAY, select=RULES, **changes)
    return list(engine.check(list(files), settings).findings)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give OpenAI smaller limits, so that a test needs no large file."""

    def lower(**smaller: Any) -> None:
        known = dict(catalog.load_providers())
        known["openai"] = dataclasses.replace(known["openai"], **smaller)
        monkeypatch.setattr(context.catalog, "load_providers", lambda: known)

    return lower


def test_a_file_that_is_too_large(write: Write, limits: Callable[..., None]) -> None:
    limits(max_file_bytes=100, max_upload_bytes=1_000_000)
    path = write([chat("q" * 1_000_000, "It is a long question.")])
    found = check((path, Role.TRAIN))
    assert [(finding.code, finding.level, finding.line) for finding in found] == [("FT012", Level.ERROR, None)]
    assert "1 MB" in found[0].message


@pytest.mark.parametrize(
    ("whole", "parts"), [(100, 10_000), (10_000, None), (None, None), (None, 10_000)], ids=["parts", "whole", "no", "p"]
)
def test_a_file_that_is_not_too_large(
    write: Write, limits: Callable[..., None], whole: int | None, parts: int | None
) -> None:
    limits(max_file_bytes=whole, max_upload_bytes=parts)
    assert check((write([chat("q", "a")]), Role.TRAIN)) == []


def test_a_file_that_is_no_jsonl_is_told_once(tmp_path: Path, limits: Callable[..., None]) -> None:
    limits(max_file_bytes=1, max_upload_bytes=1)
    path = tmp_path / "train.json"
    path.write_text('[\n{"messages": []}\n]\n', encoding="utf-8")
    found = engine.check([(path, Role.TRAIN)], Settings(today=TODAY)).findings
    assert [finding.code for finding in found] == ["FT014"]


@pytest.mark.parametrize("name", ["train.json", "train.txt", "train", "train.jsonl.bak", "jsonl", "データ.ndjson"])
@pytest.mark.parametrize("role", list(Role))
def test_a_name_that_does_not_end_as_it_should(write: Write, name: str, role: Role) -> None:
    path = write([chat("q", "a")], name)
    found = check((path, role))
    assert [(finding.code, finding.level, finding.line) for finding in found] == [("FT013", Level.WARNING, None)]
    assert f"`{name}`" in found[0].message
    assert ".jsonl" in str(found[0].help)


@pytest.mark.parametrize("name", ["train.jsonl", "TRAIN.JSONL", "学習 データ.jsonl", ".jsonl"])
def test_a_name_that_ends_as_it_should(write: Write, name: str) -> None:
    assert check((write([chat("q", "a")], name), Role.TRAIN)) == []


def test_names_that_are_none_are_not_judged(write: Write) -> None:
    settings = Settings(today=TODAY, select=RULES)
    assert engine.check([("-", Role.TRAIN)], settings, stdin=GOOD.encode()).findings == ()


@pytest.mark.parametrize("provider", ["azure", "generic", "together"])
def test_a_provider_that_asks_for_no_name(write: Write, provider: str) -> None:
    assert check((write([chat("q", "a")], "train.txt"), Role.TRAIN), provider=provider) == []


def test_more_rows_than_the_provider_takes(write: Write, limits: Callable[..., None]) -> None:
    limits(max_examples=2)
    found = check((write([chat(f"q{n}", "a") for n in range(3)]), Role.TRAIN))
    assert [(finding.code, finding.level) for finding in found] == [("FT402", Level.ERROR)]
    assert found[0].message.startswith("3 examples")
    assert check((write([chat(f"q{n}", "a") for n in range(2)]), Role.TRAIN)) == []


def test_more_rows_than_the_method_takes(write: Write, limits: Callable[..., None]) -> None:
    small = catalog.MethodLimits(
        method="reinforcement", max_examples=3, max_validation_examples=2, as_of=TODAY, source="the test"
    )
    limits(limits=(small,), max_examples=None)
    path = write([ASKED] * 3)
    assert check((path, Role.TRAIN)) == []
    assert [finding.code for finding in check((path, Role.VALIDATION))] == ["FT402"]
    assert check((write([chat("q", "a")] * 9), Role.TRAIN)) == []


def test_more_rows_with_images_than_the_provider_takes(write: Write, limits: Callable[..., None]) -> None:
    limits(max_image_examples=1)
    seen = conversation(user([PICTURE]), assistant("A piano."))
    found = check((write([seen, seen, chat("q", "a")]), Role.TRAIN))
    assert [finding.message.split(",")[0] for finding in found] == ["2 examples with images"]
    assert check((write([seen, chat("image_url", "a"), chat("q", "a")]), Role.TRAIN)) == []


def test_the_published_limits() -> None:
    openai = catalog.load_providers()["openai"]
    assert (openai.max_examples, openai.max_image_examples) == (None, 50_000)
    known = openai.limits_for("reinforcement")
    assert known is not None
    assert (known.max_examples, known.max_validation_examples) == (50_000, 1_000)


def test_a_validation_file_in_another_format(write: Write) -> None:
    training, validation = write([chat("q", "a")]), write([PAIR], "validation.jsonl")
    found = check((training, Role.TRAIN), (validation, Role.VALIDATION))
    assert [(finding.code, finding.level, finding.path) for finding in found] == [
        ("FT411", Level.ERROR, str(validation))
    ]
    assert "preference" in found[0].message
    assert "chat" in found[0].message


@pytest.mark.parametrize("other", [[chat("p", "b")], [{"text": "what is this"}], []])
def test_a_validation_file_that_is_not_judged_against_the_other(write: Write, other: list[Any]) -> None:
    training, validation = write([chat("q", "a")]), write(other, "validation.jsonl")
    assert check((training, Role.TRAIN), (validation, Role.VALIDATION)) == []
    assert check((validation, Role.VALIDATION)) == []


def test_a_run_without_the_validation_file_that_it_needs(write: Write) -> None:
    path = write([ASKED])
    found = check((path, Role.TRAIN), run=True)
    assert [(finding.code, finding.level) for finding in found] == [("FT412", Level.ERROR)]
    assert [f.code for f in check((path, Role.TRAIN), run=True, provider="azure", method="reinforcement")] == ["FT412"]


def test_a_run_that_needs_none_or_has_it(write: Write) -> None:
    path = write([ASKED])
    assert check((path, Role.TRAIN)) == []
    assert check((write([chat("q", "a")], "chat.jsonl"), Role.TRAIN), run=True) == []
    assert check((path, Role.TRAIN), (write([ASKED], "v.jsonl"), Role.VALIDATION), run=True) == []
    assert check((path, Role.TRAIN), run=True, provider="generic") == []
