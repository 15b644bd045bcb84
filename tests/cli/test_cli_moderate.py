"""Whether moderation runs, and what is said before anything is sent."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import chat
from ftlint.cli.moderate import Mode, Request, duration, moderated, personal, refusal
from ftlint.errors import ServiceFailed, UsageError
from ftlint.model import Report, Role, Verdict
from ftlint.preflight import personal_rows
from ftlint.progress import Progress
from ftlint.services import build
from ftlint.services.interface import AuthError
from ftlint.settings import ServiceConfig, Services, Settings
from samples import COMPLETE, ROLE, report

EMAIL = replace(ROLE, code="FT701", name="email-address")


def request(settings: Settings, mode: Mode = Mode.AUTO, **changes: Any) -> Request:
    return Request([], settings, mode, **{"trusted": True, "again": "ftlint check t.jsonl", **changes})


def moderator(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, services=Services(moderator=ServiceConfig(**changes)))


class Plan:
    """A plan of so many texts and seconds."""

    def __init__(self, texts: int = 1234, seconds: float = 30, units: int = 2000, today: int = 83) -> None:
        self.texts, self.seconds, self.units, self.tokens = texts, seconds, units, 410_000
        self.requests, self.today, self.day = 83, today, 10_000
        self.sends, self.what = bool(texts), f"{texts:,} texts"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Any:
    """Moderate with a key, this plan, and a preflight that finds nothing; gives the report and what stderr got."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    sent: list[Any] = []

    def preflight(files: Any, settings: Any, moderator: Any, before: Report, **_: Any) -> Report:
        sent.append(moderator.name)
        return replace(before, moderation=COMPLETE, verdict=Verdict.CLEAN)

    monkeypatch.setattr("ftlint.preflight.preflight", preflight)

    def run(plan: Plan, before: Report | None = None, mode: Mode = Mode.AUTO, **changes: Any) -> tuple[Report, str]:
        monkeypatch.setattr("ftlint.preflight.moderation_plan", lambda *_, **__: plan)
        stream = io.StringIO()
        made = moderated(before or report(), request(settings, mode, **changes), Progress(stream=stream, environ={}))
        assert bool(sent) is (made.moderation.status != "not-run")
        return made, stream.getvalue()

    return run


@pytest.mark.parametrize(
    ("changes", "mode", "extra", "reason"),
    [
        ({}, Mode.OFFLINE, {}, "--offline"),
        ({}, Mode.AUTO, {}, "OPENAI_API_KEY is not set"),
        ({"provider": "azure"}, Mode.AUTO, {}, "the provider is azure; --online sends the texts to api.openai.com"),
        ({"select": ("FT1",)}, Mode.AUTO, {}, "its rules are not selected"),
        ({"ignore": ("FT9",)}, Mode.ONLINE, {}, "its rules are not selected"),
        (
            {},
            Mode.AUTO,
            {"trusted": False},
            "the configuration file names api.openai.com; --online sends the texts there",
        ),
    ],
)
def test_why_nothing_is_sent(
    settings: Settings, changes: dict[str, Any], mode: Mode, extra: dict[str, Any], reason: str
) -> None:
    assert refusal(request(replace(settings, **changes), mode, **extra)) == reason


def test_a_stray_key_sends_nothing_to_openai_for_another_provider(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    azure = replace(settings, provider="azure")
    assert refusal(request(azure)) is not None
    assert refusal(request(azure, Mode.ONLINE)) is None
    assert refusal(request(settings)) is None


def test_online_without_a_key_is_an_error_that_names_the_variable(settings: Settings) -> None:
    with pytest.raises(UsageError, match="OPENAI_API_KEY is not set") as caught:
        refusal(request(settings, Mode.ONLINE))
    assert caught.value.hint == "export OPENAI_API_KEY=..., or leave --online away"
    nameless = moderator(settings, base_url="https://gateway.example/v1", api_key_env="")
    with pytest.raises(UsageError, match="no api_key_env"):
        refusal(request(nameless, Mode.ONLINE))


def test_what_goes_where_is_said_before_it_goes(ask: Any) -> None:
    before = report(EMAIL, replace(EMAIL, code="FT702"), replace(EMAIL, line=4), accepted=(replace(EMAIL, line=5),))
    made, err = ask(Plan(), before)
    assert made.verdict is Verdict.CLEAN
    assert err == (
        "moderation: sending 1,234 texts, about 410,000 tokens, 30 s, to api.openai.com; "
        "3 rows hold personal data or secrets\n"
    )


def test_a_long_pass_is_planned_and_not_run(ask: Any) -> None:
    made, err = ask(Plan(seconds=2520))
    assert err == (
        "moderation: 1,234 texts, about 410,000 tokens, 42 min; run it with: ftlint check t.jsonl --online\n"
    )
    assert (made.moderation.status, made.moderation.reason) == ("not-run", "it would take 42 min; --online runs it")
    made, err = ask(Plan(seconds=2520), mode=Mode.ONLINE)
    assert made.moderation.status == "complete"


def test_a_long_pass_over_standard_input_names_the_option(ask: Any) -> None:
    assert ask(Plan(seconds=2520), again=None)[1].endswith("; --online runs it\n")


def test_nothing_to_score_and_nothing_new(ask: Any) -> None:
    made, err = ask(Plan(texts=0, units=0, seconds=0))
    assert (made.moderation.reason, err) == ("there is no text to score", "")
    made, err = ask(Plan(texts=0, units=9, seconds=0))
    assert (made.moderation.status, err) == ("complete", "")


def test_rows_with_personal_data_are_counted_also_where_no_privacy_rule_was_selected(
    settings: Settings, write: Callable[..., Path]
) -> None:
    assert personal(report(ROLE), settings, lambda: 99) == "0 rows hold personal data or secrets"
    assert personal(report(EMAIL), replace(settings, ignore=("FT701",))).endswith(
        "(not all privacy rules were selected)"
    )
    path = write([chat("Who are you?", f"Write to anna.berg{n}@posteo.de, please.") for n in range(7)])
    for narrowed in (replace(settings, ignore=("FT7",)), replace(settings, select=("FT9",))):
        told = personal(report(ROLE), narrowed, lambda by=narrowed: personal_rows([(path, Role.TRAIN)], by))  # type: ignore[misc]
        assert told == "7 rows hold personal data or secrets"


def test_a_day_that_is_too_short_is_said_up_front(ask: Any) -> None:
    _, err = ask(Plan(seconds=86_400, today=40), mode=Mode.ONLINE)
    assert "24.0 h (40 of 83 requests today; the tier allows 10,000 a day), to api.openai.com" in err
    assert "go on with" not in err


def test_how_to_go_on_is_said(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    partial = replace(COMPLETE, status="partial", coverage=0.4, reason="the day's requests are used up")
    before = replace(report(), moderation=partial)
    monkeypatch.setattr(sys.modules[__name__], "COMPLETE", partial)
    _, err = ask(Plan(), before)
    assert err.endswith("what has a verdict is kept; go on with: ftlint check t.jsonl --online\n")


def test_no_key_is_ever_in_what_is_said(ask: Any, settings: Settings) -> None:
    _, err = ask(Plan())
    assert "sk-test" not in err
    assert "sk-test" not in repr(build.moderator(settings.services.moderator))


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0.2, 60, 89, 90, 3600, 9000)] == [
        "1 s", "60 s", "89 s", "2 min", "60 min", "2.5 h",
    ]  # fmt: skip


def test_what_the_service_says_ends_the_pass(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def refused(*_: Any, **__: Any) -> Plan:
        raise AuthError("the key is wrong")

    monkeypatch.setattr("ftlint.preflight.moderation_plan", refused)
    with pytest.raises(ServiceFailed, match="the key is wrong"):
        moderated(report(), request(settings, Mode.ONLINE), Progress(stream=io.StringIO(), environ={}))
