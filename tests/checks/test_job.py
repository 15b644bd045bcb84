"""FT4, the job: enough examples, and a model that can be trained on that day."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from checks.judged import TODAY, assistant, conversation, one, rows, user
from ftlint import catalog, engine
from ftlint.model import Finding, Level, Role
from ftlint.settings import Settings


def lines(number: int) -> bytes:
    """So many different examples."""
    made = [
        conversation(user(f"What is {n} times two?"), assistant(f"Two times {n} is {2 * n}.")) for n in range(number)
    ]
    return rows(*made).encode()


def found(content: bytes, role: Role = Role.TRAIN, **changes: object) -> list[Finding]:
    settings = Settings(today=TODAY, **changes)  # type: ignore[arg-type]
    return list(engine.check([("-", role)], settings, stdin=content).findings)


@pytest.mark.parametrize(
    ("provider", "number", "expected"),
    [
        ("openai", 9, ["FT401"]),
        ("openai", 10, []),
        ("azure", 9, ["FT401"]),
        ("fireworks", 2, ["FT401"]),
        ("fireworks", 3, []),
        ("bedrock", 99, ["FT401"]),
        ("mistral", 1, []),
        ("generic", 1, []),
    ],
)
def test_the_providers_minimum(provider: str, number: int, expected: list[str]) -> None:
    assert [finding.code for finding in found(lines(number), provider=provider)] == expected


def test_too_few_examples_names_both_numbers() -> None:
    finding = one(found(lines(7)))
    assert (finding.code, finding.level, finding.line) == ("FT401", Level.ERROR, None)
    assert finding.message == "too few examples: 7, and OpenAI asks for at least 10"


def test_a_validation_file_may_be_short() -> None:
    assert found(lines(2), Role.VALIDATION) == []


def test_lines_that_do_not_parse_were_meant_to_be_examples() -> None:
    content = lines(9) + b'{"messages": [\n'
    assert [finding.code for finding in found(content)] == ["FT101"]
    assert "FT401" in [finding.code for finding in found(lines(9) + b"\n\n")]


@pytest.mark.parametrize("between", [b"", b"\r", b", "])
def test_rows_that_stand_on_one_line_are_all_counted(between: bytes) -> None:
    assert [finding.code for finding in found(lines(10).strip().replace(b"\n", between))] == ["FT016"]
    assert {finding.code for finding in found(lines(9).strip().replace(b"\n", between))} == {"FT016", "FT401"}


def test_a_file_without_any_example_is_told_by_its_own_rule() -> None:
    assert [finding.code for finding in found(b"")] == ["FT001"]


@pytest.mark.parametrize("name", sorted(model.name for model in catalog.trainable("openai", TODAY)))
def test_trainable_models_are_fine(name: str) -> None:
    assert found(lines(10), model=name) == []
    assert found(lines(10), model=f"ft:{name}:acme::Ab12") == []


@pytest.mark.parametrize(
    ("name", "near"),
    [("gpt-4.1-mimi-2025-04-14", "gpt-4.1-mini-2025-04-14"), ("gpt4o-mini", "gpt-4o-mini-2024-07-18"), ("llama", None)],
)
def test_an_unknown_model(name: str, near: str | None) -> None:
    finding = one(found(lines(10), model=name))
    assert (finding.code, finding.level, finding.line) == ("FT403", Level.ERROR, None)
    assert f"`{name}`" in finding.message
    assert finding.help is not None
    assert (finding.help == f"did you mean `{near}`?") == (near is not None)


@pytest.mark.parametrize("name", ["o1", "gpt-4o-2024-11-20", "gpt-6-luna", "sandbox-mini"])
def test_a_model_that_was_never_trainable_there(name: str) -> None:
    assert one(found(lines(10), model=name)).code == "FT403"


@pytest.mark.parametrize("provider", ["together", "generic", "azure"])
def test_an_open_catalogue_may_hold_any_model(provider: str) -> None:
    assert found(lines(10), model="meta-llama/Llama-3.2-1B", provider=provider) == []


@pytest.mark.parametrize(
    ("name", "provider", "day", "ends"),
    [
        ("gpt-4.1-nano-2025-04-14", "openai", "2026-10-22", None),
        ("gpt-4.1-nano-2025-04-14", "openai", "2026-10-23", "2026-10-23"),
        ("gpt-4.1-nano-2025-04-14", "azure", "2026-11-21", None),
        ("gpt-4.1-nano-2025-04-14", "azure", "2027-04-14", "2027-04-14"),
        ("gpt-4.1-mini-2025-04-14", "openai", "2027-01-05", None),
        ("gpt-4.1-mini-2025-04-14", "openai", "2027-01-06", "2027-01-06"),
        ("ft:gpt-4.1-nano-2025-04-14:acme::Ab12", "openai", "2026-11-21", "2026-10-23"),
    ],
)
def test_models_retire_on_their_day(name: str, provider: str, day: str, ends: str | None) -> None:
    today = datetime.date.fromisoformat(day)
    settings = Settings(today=today, model=name, provider=provider, ignore=("FT413",))
    report = engine.check([("-", Role.TRAIN)], settings, stdin=lines(10))
    assert [finding.code for finding in report.findings] == (["FT404"] if ends else [])
    assert all(str(ends) in finding.message for finding in report.findings)


def test_an_alias_is_a_warning_that_names_the_snapshot() -> None:
    finding = one(found(lines(10), model="gpt-4o-mini"))
    assert (finding.code, finding.level, finding.help) == (
        "FT414",
        Level.WARNING,
        "name the snapshot: `gpt-4o-mini-2024-07-18`",
    )


def test_an_alias_of_a_retired_model_is_told_as_both() -> None:
    assert [finding.code for finding in found(lines(10), model="gpt-4.1-nano")] == ["FT404", "FT414"]


def test_a_tuned_model_is_no_alias() -> None:
    assert found(lines(10), model="ft:gpt-4o-mini:acme::Ab12") == []


def test_the_model_is_told_once_for_two_files(tmp_path: Path) -> None:
    paths = []
    for role, name in ((Role.TRAIN, "train.jsonl"), (Role.VALIDATION, "validation.jsonl")):
        (tmp_path / name).write_bytes(lines(10) if role is Role.TRAIN else lines(13)[len(lines(10)) :])
        paths.append((tmp_path / name, role))
    report = engine.check(paths, Settings(today=TODAY, model="gpt-4o-mini"))
    assert [finding.code for finding in report.findings] == ["FT414"]


PREFERENCE = {
    "input": {"messages": [user()]},
    "preferred_output": [assistant()],
    "non_preferred_output": [assistant("Nobody knows.")],
}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/piano.png", "detail": "low"}}
SEEN = conversation(user([PICTURE]), assistant("A grand piano."))
ASKED = {**conversation(user()), "reference": "a tuner"}
COMPLETED = {"prompt": "Who tunes a piano?", "completion": "A piano tuner does."}
CHAT = conversation(user(), assistant())


@pytest.mark.parametrize(
    ("row", "changes", "said"),
    [
        (CHAT, {"provider": "azure", "model": "o4-mini-2025-04-16"}, "the method supervised"),
        (PREFERENCE, {"provider": "azure", "model": "gpt-4o-mini-2024-07-18"}, "is trained with supervised"),
        (CHAT, {"method": "dpo"}, "takes files in the format preference"),
        (CHAT, {"method": "reinforcement", "provider": "mistral"}, "uses supervised"),
        (PREFERENCE, {"provider": "mistral"}, "the format preference"),
        (COMPLETED, {"provider": "azure"}, "the format completion"),
        (ASKED, {"model": "gpt-4.1-2025-04-14"}, "the method reinforcement"),
        (SEEN, {"model": "gpt-4.1-2025-04-14"}, "training on images"),
    ],
)
def test_a_method_that_is_not_supported(row: object, changes: dict[str, str], said: str) -> None:
    finding = one(found(rows(row).encode(), select=("FT4",), ignore=("FT401",), **changes))
    assert (finding.code, finding.level) == ("FT405", Level.ERROR)
    assert said in finding.message


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        (CHAT, {}),
        (PREFERENCE, {}),
        (ASKED, {}),
        (COMPLETED, {}),
        (SEEN, {}),
        (SEEN, {"model": "gpt-4o-2024-08-06"}),
        (CHAT, {"method": "supervised", "model": "gpt-4o-2024-08-06"}),
        (PREFERENCE, {"method": "dpo", "model": "gpt-4o-2024-08-06"}),
        (ASKED, {"method": "reinforcement", "model": "o4-mini-2025-04-16", "provider": "azure"}),
        (CHAT, {"provider": "bedrock"}),
        (COMPLETED, {"provider": "generic"}),
        (CHAT, {"provider": "generic", "model": "my-own-model", "method": "supervised"}),
    ],
)
def test_a_method_that_is_supported_or_not_known(row: object, changes: dict[str, str]) -> None:
    assert found(rows(row).encode(), select=("FT405",), **changes) == []


@pytest.mark.parametrize("model", ["o4-mini-2025-04-16", "gpt-6-luna", "unheard-of"])
def test_a_model_that_is_not_trained_at_all_is_told_once(model: str) -> None:
    codes = [finding.code for finding in found(lines(10), model=model)]
    assert codes in (["FT403"], ["FT404"])
