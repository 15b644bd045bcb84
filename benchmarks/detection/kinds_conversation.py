"""Defects of the conversation, of its length and of the job: FT2, FT3 and FT4."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from benchmarks.detection import base
from benchmarks.detection.base import Row
from benchmarks.detection.field import Field, Kind, Planted
from benchmarks.detection.kinds_schema import _called, _message, _row
from ftlint import vocabulary

_SYSTEM = {"role": "system", "content": base.SYSTEM}


def _no_assistant(row: Row) -> Row:
    return {"messages": row["messages"][:-1]}


def _more(*messages: Row, at: int | None = None) -> Callable[[Field], Planted]:
    """Further messages at the end, or before the message at that index."""

    def change(row: Row) -> None:
        place = len(row["messages"]) if at is None else at
        row["messages"][place:place] = [dict(message) for message in messages]

    return _row(change)


def _set(index: int, **values: Any) -> Callable[[Field], Planted]:
    return _message(index, lambda message: message.update(values))


def _late_system(row: Row) -> None:
    system, question, answer = row["messages"]
    row["messages"] = [question, system, answer]


def _orphan(row: Row) -> None:
    for message in row["messages"]:
        if message["role"] == "tool":
            message["tool_call_id"] = "call_of_another_row"


def _no_result(row: Row) -> None:
    row["messages"] = [message for message in row["messages"] if message["role"] != "tool"]


def _same_id(row: Row) -> None:
    """A second call in the next turn takes the id of the first."""
    at = next(index for index, message in enumerate(row["messages"]) if message.get("tool_calls"))
    pair = row["messages"][at : at + 2]
    row["messages"][at + 2 : at + 2] = [dict(message) for message in pair]


def _orphan_without_call(row: Row) -> None:
    row["messages"] = [message for message in row["messages"] if not message.get("tool_calls")]


def _all_other_system(field: Field) -> Planted:
    return field.edit(
        lambda row: row["messages"][0].update(
            content="Answer in the language of the question, in plain words, and without a preamble, please."
        )
    )


def _prose(field: Field, tokens: int) -> str:
    """Prose of about so many tokens that does not run in a circle."""
    nouns = [
        "ferry",
        "lantern",
        "orchard",
        "harbour",
        "quarry",
        "meadow",
        "chapel",
        "bridge",
        "kiln",
        "stable",
        "tower",
        "garden",
        "mill",
        "lighthouse",
    ]
    verbs = [
        "opens",
        "closes",
        "faces",
        "hides",
        "outlives",
        "borrows",
        "repeats",
        "answers",
        "shelters",
        "crosses",
        "follows",
        "remembers",
    ]
    sides = ["north", "south", "east", "west", "river", "market", "station", "forest"]
    made = []
    for number in range(tokens // 13):
        noun, verb = field.rng.choice(nouns), field.rng.choice(verbs)
        other, side = field.rng.choice(nouns), field.rng.choice(sides)
        made.append(f" In year {number}, the {noun} near the {side} {verb} the old {other}.")
    total, kept = 0, 0
    for size in vocabulary.count(made, "o200k_base"):
        total += size
        if total > tokens:
            break
        kept += 1
    return "".join(made[:kept]).strip()


def _long(question: int, answer: int) -> Callable[[Field], Planted]:
    def plant(field: Field) -> Planted:
        ask = "Retell this chronicle.\n\n" + _prose(field, question) if question else "Tell me the chronicle."
        reply = _prose(field, answer) if answer else "It is the story of a village and its ferry."
        return field.answer(reply, ask)

    return plant


def _few(field: Field) -> Planted:
    return Planted(base.encode(field.rows()[:9]))


def _job(
    name: str,
    code: str,
    level: str,
    settings: dict[str, Any],
    *,
    fixture: str = "chat",
    also: tuple[str, ...] = (),
    heavy: bool = False,
    validation: bool = True,
) -> Kind:
    """A defect of the job: the data is clean, what is asked for is not."""

    def plant(field: Field) -> Planted:
        rows = field.rows(fixture)
        held = [base.talk("Which way is the sea?", "Down the lane and left.")] if fixture == "chat" else rows[:0]
        return Planted(base.encode(rows), validation=base.encode(held) if held and validation else None)

    return Kind(name, code, level, plant, (16,) if code == "FT401" else (), settings, also, heavy)


def _many(field: Field) -> Planted:
    """A validation file of 1,001 reinforcement rows."""
    rows = field.rows("reinforcement")
    made = []
    for number in range(1001):
        ask = f"A shelf holds {number + 3} books and {2 * number + 5} are added. How many books are there?"
        messages = [rows[0]["messages"][0], {"role": "user", "content": ask}]
        made.append({"messages": messages, "reference_answer": str(3 * number + 8), "difficulty": "easy"})
    return Planted(base.encode(rows), validation=base.encode(made), role="validation")


def _other_format_validation(field: Field) -> Planted:
    return Planted(base.encode(field.rows()), validation=base.encode(field.rows("preference")), role="validation")


CONVERSATION = [
    Kind("no assistant message", "FT201", "error", _row(_no_assistant), (29,)),
    Kind(
        "last message is the user's", "FT202", "warning", _more({"role": "user", "content": "And on Sundays?"}), (30,)
    ),
    Kind(
        "no user message",
        "FT203",
        "warning",
        _row(lambda row: {"messages": [row["messages"][0], row["messages"][-1]]}),
        (39,),
    ),
    Kind("system message after the question", "FT204", "warning", _row(_late_system), (32,)),
    Kind(
        "two system messages", "FT205", "warning", _more({"role": "system", "content": "Keep it short."}, at=1), (32,)
    ),
    Kind(
        "two questions in a row",
        "FT206",
        "warning",
        _more({"role": "user", "content": "One thing first."}, at=1),
        (31,),
    ),
    Kind(
        "two answers in a row",
        "FT206",
        "warning",
        _more({"role": "assistant", "content": "That is all there is to it."}),
        (31,),
    ),
    Kind("empty answer", "FT207", "error", _set(-1, content=""), (26,)),
    Kind("answer of white space", "FT207", "error", _set(-1, content=" \n\u3000"), (27,)),
    Kind("empty question", "FT208", "warning", _set(1, content=""), (28,)),
    Kind("question of white space", "FT208", "warning", _set(1, content="   "), (27, 28)),
    Kind("tool result with another id", "FT209", "error", _called(_orphan), (42,), also=("FT210",)),
    Kind("tool result without a call", "FT209", "error", _called(_orphan_without_call), (48,)),
    Kind("tool call without a result", "FT210", "warning", _called(_no_result), (43,), also=("FT206",)),
    Kind("two calls with one id", "FT211", "warning", _called(_same_id), (42,)),
    Kind("every answer has weight 0", "FT212", "error", _set(-1, weight=0), (37,)),
    Kind("developer role", "FT213", "info", _set(0, role="developer"), also=("FT214", "FT215")),
    Kind("system prompt that differs in one row", "FT214", "warning", _all_other_system, (66,)),
    Kind("system prompt missing in one row", "FT215", "info", _row(lambda row: row["messages"].__delitem__(0)), (66,)),
]

TOKENS = [
    Kind("answer partly cut off by the limit", "FT301", "warning", _long(0, 80_000), (56,)),
    Kind("nothing of the answer is left", "FT302", "error", _long(80_000, 0), (57,)),
    Kind("close to the limit", "FT303", "info", _long(63_800, 0), also=("FT305",)),
    Kind(
        "special token in a text",
        "FT304",
        "warning",
        lambda f: f.answer("The file ends here.<|endoftext|>"),
        (58,),
        also=("FT602",),
    ),
    Kind(
        "ChatML token in a text",
        "FT304",
        "warning",
        lambda f: f.answer("The gate is on the left.<|im_end|>"),
        (58,),
        also=("FT602",),
    ),
    Kind("row many times longer than the others", "FT305", "info", _long(9_000, 0)),
]

_JOB = {"model": "gpt-4.1-mini-2025-04-14"}
JOB = [
    Kind("nine examples", "FT401", "error", _few, (16,)),
    Kind("1,001 validation rows for reinforcement", "FT402", "error", _many, (17,), {"method": "reinforcement"}),
    _job("model that does not exist", "FT403", "error", {"model": "gpt-9-turbo"}),
    _job("retired model", "FT404", "error", {"model": "gpt-3.5-turbo-1106"}),
    _job("method that the model does not take", "FT405", "error", {**_JOB, "method": "reinforcement"}, also=("FT403",)),
    _job("format for another method", "FT405", "error", {**_JOB, "method": "supervised"}, fixture="preference"),
    _job("51 epochs", "FT406", "error", {**_JOB, "job": {"hyperparameters": {"n_epochs": 51}}}),
    _job("suffix of 65 characters", "FT407", "error", {**_JOB, "job": {"suffix": "s" * 65}}),
    _job("metadata value of 513 characters", "FT408", "error", {**_JOB, "job": {"metadata": {"note": "n" * 513}}}),
    _job("job above the budget", "FT409", "error", {**_JOB, "epochs": 3, "job": {"max_cost": 0.01}}),
    _job(
        "more training tokens than the job may have",
        "FT410",
        "error",
        {"provider": "azure", **_JOB, "epochs": 50_000_000},
    ),
    Kind("validation file in another format", "FT411", "error", _other_format_validation, (38,)),
    _job(
        "no validation file for reinforcement",
        "FT412",
        "error",
        {"run": True, "job": {}, "method": "reinforcement"},
        fixture="reinforcement",
    ),
    _job(
        "price that was read long ago",
        "FT413",
        "info",
        {"model": "gpt-4.1-mini-2025-04-14", "today": datetime.date(2026, 12, 30)},
    ),
    _job("alias instead of a snapshot", "FT414", "warning", {"model": "gpt-4.1-mini"}),
]

__all__ = ["CONVERSATION", "JOB", "TOKENS"]
