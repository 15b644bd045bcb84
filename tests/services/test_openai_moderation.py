"""The moderator against a real server: what it sends, and which answers it trusts."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from ftlint.services.interface import (
    AuthError,
    BadAnswer,
    NotEligible,
    QuotaError,
    Rejected,
    Score,
    ServiceError,
    Unreachable,
)
from ftlint.services.openai_ import Endpoint, OpenAIModerator

from .conftest import KEY, Answer, Asked, Server, error


def ask(endpoint: Endpoint, texts: Sequence[str] = ("one", "two")) -> list[Score]:
    async def main() -> list[Score]:
        moderator = OpenAIModerator(endpoint)
        try:
            return await moderator.score(texts)
        finally:
            await moderator.close()

    return asyncio.run(main())


def result(flagged: bool = False, scores: Any = None, **extra: Any) -> dict[str, Any]:
    return {"flagged": flagged, "category_scores": {"hate": 0.01} if scores is None else scores, **extra}


def test_texts_go_as_an_array_of_strings_to_the_pinned_snapshot(server: Server, endpoint: Endpoint) -> None:
    server.script(
        Answer({"results": [result(), result(True, {"sexual/minors": 0.9}, categories={"sexual/minors": True})]})
    )
    assert ask(endpoint, ["一", "two\u2028"]) == [
        Score(False, {"hate": 0.01}),
        Score(True, {"sexual/minors": 0.9}, ("sexual/minors",)),
    ]
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/moderations")
    assert asked.json == {"model": "omni-moderation-2024-09-26", "input": ["一", "two\u2028"]}
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert "x-sandbox-client-pid" not in asked.headers


def test_unknown_and_null_categories_are_accepted(server: Server, endpoint: Endpoint) -> None:
    scores = {"hate": 0.2, "illicit": None, "brand/new": 1}
    categories = {"hate": None, "brand/new": True}
    server.script(Answer({"results": [result(True, scores, categories=categories), result(categories=None)]}))
    first, second = ask(endpoint)
    assert first == Score(True, {"hate": 0.2, "brand/new": 1.0}, ("brand/new",))
    assert second == Score(False, {"hate": 0.01})


def test_a_marked_category_counts_as_flagged_whatever_the_summary_says(server: Server, endpoint: Endpoint) -> None:
    server.script(Answer({"results": [result(categories={"hate": True})]}))
    assert ask(endpoint, ["x"])[0].flagged


@pytest.mark.parametrize(
    "body",
    [
        {"results": [result()]},  # one result for two inputs: the classical mock
        {"results": [result()] * 3},
        {"results": []},
        {"results": None},
        {},
        [],
        b"",
        b"<html>hello</html>",
        b'{"results": [{"flagged": false, ',
        b"[" * 100_000,
        {"results": [result(), {"category_scores": {"hate": 0.1}}]},
        {"results": [result(), {"flagged": "false", "category_scores": {"hate": 0.1}}]},
        {"results": [result(), result(scores={})]},
        {"results": [result(), {"flagged": False}]},
        {"results": [result(), result(scores={"hate": "0.1"})]},
        {"results": [result(), result(scores={"hate": True})]},
        {"results": [result(), result(scores={"hate": 1.5})]},
        {"results": [result(), result(scores={"hate": -0.1})]},
        {"results": [result(), result(scores={"hate": float("nan")})]},
        {"results": [result(), None]},
    ],
)
def test_an_answer_that_is_not_one_verdict_per_text_is_refused(server: Server, endpoint: Endpoint, body: Any) -> None:
    server.script(Answer(body))
    with pytest.raises(BadAnswer):
        ask(endpoint)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "code", "wait"),
    [
        (error(401, f"Incorrect API key provided: {KEY}.", code="invalid_api_key"), AuthError, "invalid_api_key", None),
        (error(403, "no access", code="unsupported_country"), AuthError, "unsupported_country", None),
        (error(403, "winding down", code="training_not_available"), NotEligible, "training_not_available", None),
        (error(429, "slow", {"retry-after-ms": "250", "retry-after": "9"}), QuotaError, None, 0.25),
        (error(429, "slow", {"retry-after": "7"}), QuotaError, None, 7.0),
        (error(429, "Limit 10000. Please try again in 1m2.5s."), QuotaError, None, 62.5),
        (error(429, "Please try again in 20ms."), QuotaError, None, 0.02),
        (error(429, "slow", {"retry-after": "nan"}), QuotaError, None, None),
        (error(429, "slow", {"x-ratelimit-reset-tokens": "6.5s"}), QuotaError, None, 6.5),
        (error(429, "Please try again in 3.66s.", {"x-ratelimit-reset-tokens": "50s"}), QuotaError, None, 3.66),
        (error(429, "no money", type="insufficient_quota"), QuotaError, "insufficient_quota", None),
        (error(402, "pay"), QuotaError, "insufficient_quota", None),
        (error(400, "bad", code="too_many_images"), Rejected, "too_many_images", None),
        (error(404, "no such model", code="model_not_found"), Rejected, "model_not_found", None),
        (error(409), Rejected, None, None),
        (error(422), Rejected, None, None),
        (Answer({"detail": [{"loc": ["body"]}]}, 422), Rejected, None, None),
        (Answer({"error": "plain"}, 400), Rejected, None, None),
        (Answer(b"<html>Bad Gateway</html>", 502), Unreachable, None, None),
        (error(503, "later", {"retry-after": "3"}), Unreachable, None, 3.0),
        (Answer(b"", 500), Unreachable, None, None),
        (Answer(None), Unreachable, None, None),
        (Answer(b"", 307, {"location": "http://127.0.0.1:1/elsewhere"}), Rejected, None, None),
    ],
)
def test_every_failure_has_its_kind(
    server: Server, endpoint: Endpoint, answer: Answer, kind: type[ServiceError], code: str | None, wait: float | None
) -> None:
    server.script(answer)
    with pytest.raises(ServiceError) as caught:
        ask(endpoint)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.retry_after == (pytest.approx(wait) if wait is not None else None)
    assert caught.value.status == (None if answer.body is None else answer.status)
    assert len(server.asked) == 1, "the scheduler retries, not the client"
    assert KEY not in str(caught.value)
    assert caught.value.message


def test_a_money_problem_is_not_worth_another_try(server: Server, endpoint: Endpoint) -> None:
    server.script(error(429, "no money", code="insufficient_quota"))
    with pytest.raises(QuotaError) as caught:
        ask(endpoint)
    assert not caught.value.retryable


def test_a_date_in_retry_after_is_counted_from_the_answers_own_date(server: Server, endpoint: Endpoint) -> None:
    when = {"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}
    from ftlint.services.openai_errors import retry_after

    assert retry_after(when, "") == 30.0
    assert retry_after({"retry-after": "soon", "date": "today"}, "") is None


def test_nothing_listens(server: Server, endpoint: Endpoint) -> None:
    server.stop()
    with pytest.raises(Unreachable, match=r"cannot reach 127\.0\.0\.1:\d+") as caught:
        ask(endpoint)
    assert caught.value.status is None
    assert caught.value.retryable


def test_a_server_that_is_silent(server: Server, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftlint.services.openai_._MODERATION_SECONDS", 0.05)
    enough = threading.Event()

    def reply(_: Asked) -> Answer:
        enough.wait(10)
        return Answer(None)

    server.reply = reply
    with pytest.raises(Unreachable, match="did not answer in time"):
        ask(endpoint)
    enough.set()


def test_messages_hold_no_key_and_no_terminal_escape(server: Server, endpoint: Endpoint) -> None:
    server.script(error(400, f"{KEY} and sk-proj-abcdefghijkl \x1b[31m" + "x" * 5000))
    with pytest.raises(Rejected) as caught:
        ask(endpoint)
    message = caught.value.message
    assert message.startswith("[key] and [key] \\x1b[31m")
    assert len(message) <= 600
    assert KEY not in repr(endpoint)


def test_an_image_goes_alone(server: Server, endpoint: Endpoint) -> None:
    async def main() -> Score:
        moderator = OpenAIModerator(endpoint)
        try:
            return await moderator.score_image("data:image/png;base64,AA==")
        finally:
            await moderator.close()

    server.script(Answer({"results": [result(scores={"violence": 0.5})]}))
    assert asyncio.run(main()) == Score(False, {"violence": 0.5})
    assert server.asked[0].json["input"] == [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]


def test_only_the_sandbox_learns_our_pid(server: Server) -> None:
    server.script(Answer({"results": [result()]}))
    ask(Endpoint("sandbox", server.url, KEY), ["x"])
    assert server.asked[0].headers["x-sandbox-client-pid"] == str(os.getpid())


@pytest.mark.parametrize(("provider", "seen"), [("openai", True), ("generic", False)])
def test_openai_settings_of_the_environment_are_for_openai_only(
    server: Server, monkeypatch: pytest.MonkeyPatch, provider: str, seen: bool
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: secret")
    server.script(Answer({"results": [result()]}))
    ask(Endpoint(provider, server.url, KEY), ["x"])
    headers = server.asked[0].headers
    assert ("openai-organization" in headers, "openai-project" in headers, "x-gateway" in headers) == (seen,) * 3
    assert headers["authorization"] == f"Bearer {KEY}"


def test_a_gateways_own_authorization_never_goes_to_another_provider(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer gateway-secret")
    server.script(Answer({"results": [result()]}))
    ask(Endpoint("generic", server.url, KEY), ["x"])
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
