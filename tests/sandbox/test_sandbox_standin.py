"""The stand-in model's tool calls and grades, through the real client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest

from ftlint.sandbox.judging import grade
from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.toolcalls import choose, taught

from .conftest import Call


def tool(name: str) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


WEATHER, TIME = tool("weather"), tool("time")
CITIES = ("Bonn", "Kyoto", "Lima", "Oslo")


def calling(name: str, city: str) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps({"city": city})}
    return {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}


def conversation(kind: str, city: str) -> dict[str, Any]:
    asked = {"role": "user", "content": f"What is the {kind} in {city} now?"}
    if kind == "joke":
        return {"messages": [asked, {"role": "assistant", "content": f"Somebody walks into {city}. It laughs."}]}
    messages = [asked, calling(kind, city)]
    if kind == "time":  # the tool's result is answered in words
        result = {"role": "tool", "tool_call_id": "call_1", "content": f"noon in {city}"}
        messages += [result, {"role": "assistant", "content": f"It is noon in {city}."}]
    return {"messages": messages, "tools": [WEATHER, TIME]}


ROWS = [conversation(kind, city) for kind in ("weather", "joke") for city in CITIES * 2]
RESULTS = [conversation("time", city) for city in CITIES]


def ask(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "tools": [WEATHER, TIME], **more}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (ask("What is the weather in Oslo now?"), ["weather"]),
        (ask("What is the joke in Oslo now?"), []),
        (ask("What is the weather in Oslo now?", tools=None), []),
        (ask("What is the weather in Oslo now?", tools=[TIME]), []),
        (ask("What is the weather in Oslo now?", tool_choice="none"), []),
        (ask("What is the joke in Oslo now?", tool_choice="required"), ["weather"]),
        (ask("x", tool_choice={"type": "function", "function": {"name": "time"}}), ["time"]),
        (ask("x", tool_choice={"type": "function", "function": {"name": "absent"}}), []),
    ],
)
def test_it_calls_what_the_most_similar_row_called(body: dict[str, Any], names: list[str]) -> None:
    assert [call["name"] for call in choose(taught(ROWS, "supervised"), body)] == names


def test_a_result_is_answered_as_results_are() -> None:
    learned = taught([*ROWS, *RESULTS], "supervised")
    asked = ask("What is the weather in Lima now?")
    assert choose(learned, asked) == [{"name": "weather", "arguments": '{"city": "Lima"}'}]
    told = [*asked["messages"], {"role": "tool", "tool_call_id": "call_1", "content": "noon in Lima"}]
    assert choose(learned, {**asked, "messages": told}) == []


def test_nothing_is_kept_of_rows_that_call_nothing() -> None:
    assert taught([conversation("joke", city) for city in CITIES], "supervised") == []
    pairs = [{"input": {"messages": row["messages"][:1]}, "preferred_output": row["messages"][1:2]} for row in ROWS[:2]]
    assert [row["calls"][0]["name"] for row in taught(pairs, "dpo")] == ["weather", "weather"]


def test_a_tuned_model_calls_tools(
    client: openai.OpenAI, upload: Callable[..., str], follow: Callable[..., tuple[Any, list[str]]]
) -> None:
    made = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(ROWS))
    job, _ = follow(client, made.id)
    asked: Any = ask("What is the weather in Kyoto now?")
    answers = [client.chat.completions.create(model=str(job.fine_tuned_model), **asked) for _ in range(2)]
    choices = [answer.choices[0] for answer in answers]
    assert [choice.finish_reason for choice in choices] == ["tool_calls", "tool_calls"]
    assert choices[0].message.content is None
    (one,), (other,) = (choice.message.tool_calls or [] for choice in choices)
    assert one.type == other.type == "function"
    assert (one.function.name, json.loads(one.function.arguments)) == ("weather", {"city": "Kyoto"})
    assert one.id != other.id
    usage = answers[0].usage
    assert usage is not None
    assert usage.completion_tokens > 0
    untrained = client.chat.completions.create(model="sandbox-mini", **asked).choices[0]
    assert (untrained.finish_reason, untrained.message.tool_calls) == ("stop", None)


@pytest.mark.parametrize(
    ("answer", "references", "expected"),
    [
        ("Ann buys bread.", ["Ann buys bread."], "10"),
        ("Ann buys bread.", ["Tom sleeps.", "Ann buys bread."], "10"),
        ("Ann buys bread.", ["Ann sells cake."], "3"),
        ("Tom sleeps.", ["Ann buys bread."], "0"),
        ("", ["Ann buys bread."], "0"),
        ("x", [], "0"),
        ("田中は切符を買う。", ["田中は切符を買う。"], "10"),
    ],
)
def test_a_grade_is_the_share_of_words(answer: str, references: list[str], expected: str) -> None:
    asked = [{"role": "user", "content": "What does Ann do?"}]
    assert grade(json.dumps({"asked": asked, "references": references, "answer": answer})) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "Grade this.",
        "{",
        "[" * 5000,
        '{"a":' * 5000,
        '{"answer": "x", "references": ["x"]}',
        '{"asked": [], "answer": 7, "references": ["x"]}',
        '{"asked": [], "answer": "x", "references": "x"}',
    ],
    ids=range(7),
)
def test_what_no_judge_is_shown_is_not_graded(prompt: str) -> None:
    assert grade(prompt) is None


def test_a_judge_answers_with_a_number(shared: RunningSandbox, call: Call) -> None:
    shown = {"asked": [], "references": ["Ann buys bread."], "answer": "Ann buys bread, and cake."}
    messages = [{"role": "system", "content": "You grade."}, {"role": "user", "content": json.dumps(shown)}]
    body = {"model": "sandbox-mini", "messages": messages}
    _, _, answer = call(shared, "POST", "/v1/chat/completions", body)
    assert answer["choices"][0]["message"]["content"] == "8"
