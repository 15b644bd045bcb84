"""The completer against a real server: a text that came, or an error; never an empty text in place of one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ftlint.services.interface import BadAnswer, Completion, QuotaError, Rejected, ServiceError, ToolCall
from ftlint.services.openai_ import Endpoint, OpenAICompleter
from ftlint.services.openai_shapes import NoText

from .conftest import Answer, Naps, Server, error

MESSAGES = [{"role": "user", "content": "hello"}]


def complete(endpoint: Endpoint, naps: Naps, times: int = 1, **options: Any) -> Completion:
    async def main() -> Completion:
        completer = OpenAICompleter(endpoint, sleep=naps.soon)
        try:
            for _ in range(times):
                answer = await completer.complete("m", MESSAGES, **{"temperature": None, "max_tokens": None, **options})
            return answer
        finally:
            await completer.close()

    return asyncio.run(main())


def choice(content: Any, reason: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": reason, "message": {"role": "assistant", "content": content, **message}}]}


def test_a_completion(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(
        Answer({**choice("hi", "length"), "model": "m-1", "usage": {"prompt_tokens": 4, "completion_tokens": 2}})
    )
    assert complete(endpoint, naps, temperature=0.0, max_tokens=5, seed=7) == Completion("hi", "length", 4, 2, "m-1")
    assert server.asked[0].json == {"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 5, "seed": 7}


def test_what_is_not_given_is_not_sent(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(Answer(choice([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], None)))
    assert complete(endpoint, naps) == Completion("ab", None, None, None, None)
    assert server.asked[0].json == {"model": "m", "messages": MESSAGES}


def test_an_answer_may_be_empty_when_the_model_ended_it(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(Answer(choice("")))
    assert complete(endpoint, naps).text == ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (choice(None, "content_filter"), "content_filter"),
        (choice("", "content_filter"), "content_filter"),
        (choice("", "length"), "length"),
        (choice("", None), None),
        (choice(None, "tool_calls", tool_calls=[]), "tool_calls"),
        (choice(None, "stop", refusal="I cannot"), "stop"),
        (choice([]), "stop"),
    ],
)
def test_no_text_is_an_error_and_not_worth_another_try(
    server: Server, endpoint: Endpoint, naps: Naps, body: Any, code: str | None
) -> None:
    server.script(Answer(body))
    with pytest.raises(NoText) as caught:
        complete(endpoint, naps)
    assert caught.value.code == code
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": [None]}, {"choices": [{"message": None}]}, b"oops"])
def test_broken_answers_are_asked_for_again(server: Server, endpoint: Endpoint, naps: Naps, body: Any) -> None:
    server.script(Answer(body), Answer(choice("hi")))
    assert complete(endpoint, naps).text == "hi"
    assert naps.taken == [0.5]


def test_broken_answers_end_as_an_error(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(Answer({}))
    with pytest.raises(BadAnswer):
        complete(endpoint, naps)
    assert len(server.asked) == 8


def test_the_new_name_of_max_tokens_is_learnt(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    refusal = error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    server.script(refusal, Answer(choice("hi")))
    assert complete(endpoint, naps, times=2, max_tokens=9).text == "hi"
    names = [sorted(asked.json.keys() & {"max_tokens", "max_completion_tokens"}) for asked in server.asked]
    assert names == [["max_tokens"], ["max_completion_tokens"], ["max_completion_tokens"]]


def test_other_refusals_stand(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(error(400, "no"))
    with pytest.raises(Rejected):
        complete(endpoint, naps, max_tokens=9)
    assert len(server.asked) == 1


def test_a_rate_limit_is_the_caller_s_to_sit_out(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    server.script(error(429, "slow down", {"retry-after": "7"}))
    with pytest.raises(QuotaError) as caught:
        complete(endpoint, naps)
    assert (caught.value.retry_after, naps.taken, len(server.asked)) == (7.0, [], 1)


def test_trouble_that_is_tried_again_is_told(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    told: list[ServiceError] = []

    async def main() -> str:
        completer = OpenAICompleter(endpoint, sleep=naps.soon)
        completer.on_trouble = told.append
        try:
            return (await completer.complete("m", MESSAGES, temperature=None, max_tokens=None)).text
        finally:
            await completer.close()

    server.script(error(503), error(500), Answer(choice("hi")))
    assert asyncio.run(main()) == "hi"
    assert [trouble.status for trouble in told] == [503, 500]


TOOLS = {"tools": [{"type": "function", "function": {"name": "look"}}], "tool_choice": "auto"}


def test_tools_go_along_and_calls_come_back(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    calls = [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}},
        {"id": "c2", "type": "custom", "custom": {"name": "x"}},
        {"id": "c3", "type": "function", "function": {"name": "look", "arguments": {"a": 2}}},
    ]
    server.script(Answer(choice(None, "tool_calls", tool_calls=calls)))
    found = complete(endpoint, naps, offer=TOOLS)
    assert (found.text, found.finish_reason) == ("", "tool_calls")
    assert found.calls == (ToolCall("look", '{"a": 1}'), ToolCall("look", '{"a": 2}'))
    assert server.asked[0].json == {"model": "m", "messages": MESSAGES, **TOOLS}


def test_calls_that_nobody_offered_are_no_answer(server: Server, endpoint: Endpoint, naps: Naps) -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
    server.script(Answer(choice(None, "tool_calls", tool_calls=calls)))
    with pytest.raises(NoText):
        complete(endpoint, naps)
