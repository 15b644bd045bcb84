"""A guard model over a real connection: what its answers mean, and what is no verdict."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ftlint.errors import UsageError
from ftlint.services import build
from ftlint.services.guard import NoVerdict, verdict
from ftlint.services.interface import QuotaError, Rejected, Score, ServiceError
from ftlint.settings import GuardConfig

from .conftest import Answer, Server, error


def answers(text: Any) -> Answer:
    message = {"role": "assistant", "content": text}
    return Answer({"id": "c", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("safe", ()),
        ("\n\nsafe\n", ()),
        ("Safe", ()),
        ("unsafe\nS1", ("guard:S1",)),
        ("unsafe\nS1,S10", ("guard:S1", "guard:S10")),
        ("\nUnsafe\n s10 , S10", ("guard:S10",)),
        ("unsafe", ("guard:unsafe",)),
        ("unsafe\nS99", ("guard:unsafe",)),
        ("unsafe\nno, it is safe", ("guard:unsafe",)),
    ],
)
def test_what_an_answer_means(answer: str, codes: tuple[str, ...]) -> None:
    score = verdict(answer)
    assert (score.flagged, score.flagged_categories) == (bool(codes), codes)
    assert {category for category, value in score.scores.items() if value} == set(codes)
    assert {"guard:S1", "guard:S14", "guard:unsafe"} < score.scores.keys()


@pytest.mark.parametrize("answer", ["", "I cannot judge this", "safe\nS1", "safe, I think", "not safe", "No", "Yes"])
def test_anything_else_is_no_verdict(answer: str) -> None:
    with pytest.raises(NoVerdict):
        verdict(answer)


@pytest.mark.parametrize(
    ("answer", "unsafe"), [("Yes", True), ("no", False), ("No\n<confidence> High </confidence>", False)]
)
def test_models_that_answer_yes_or_no(answer: str, unsafe: bool) -> None:
    assert verdict(answer, yes_no=True).flagged is unsafe
    with pytest.raises(NoVerdict):
        verdict("safe", yes_no=True)


def ask(server: Server, text: str = "user: hello", model: str | None = None, variable: str = "") -> Score:
    guard = build.guard(GuardConfig(server.url, model, variable))

    async def once() -> Score:
        try:
            return (await guard.score([text]))[0]
        finally:
            await guard.close()

    return asyncio.run(once())


def test_the_request(server: Server) -> None:
    server.script(answers("unsafe\nS2"))
    assert ask(server).flagged_categories == ("guard:S2",)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.json["model"] == "meta-llama/Llama-Guard-3-8B"
    assert asked.json["messages"] == [{"role": "user", "content": "user: hello"}]
    assert (asked.json["temperature"], asked.json["max_tokens"]) == (0, 64)


def test_the_models_name_says_how_it_answers(server: Server) -> None:
    server.script(answers("Yes"))
    assert ask(server, model="ibm-granite/granite-guardian-3.3-8b").flagged


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(429, "slow down"), QuotaError),
        (error(404, "no such model", code="model_not_found"), Rejected),
        (answers(None), ServiceError),
        (answers(""), ServiceError),
        (Answer({"choices": []}), ServiceError),
        (answers("maybe"), NoVerdict),
    ],
)
def test_a_failure_is_no_verdict(server: Server, answer: Answer, kind: type[ServiceError]) -> None:
    server.script(answer)
    with pytest.raises(kind):
        ask(server)
    assert len(server.asked) == 1, "the scheduler repeats, not the client"


def test_a_key_is_needed_beyond_this_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"no key for guard at guard\.example"):
        build.guard(GuardConfig("https://guard.example/v1"))
    monkeypatch.setenv("GUARD_KEY", "k-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-others")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-not-for-others")
    server.script(answers("safe"))
    assert not ask(server, variable="GUARD_KEY").flagged
    headers = server.asked[0].headers
    assert headers["authorization"] == "Bearer k-1"
    assert "not-for-others" not in str(headers)
