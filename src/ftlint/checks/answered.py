"""FT5 and FT6, the last trained answer of each row and all that stands before it, as columns of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import add, sub
from typing import Any, NamedTuple

from ftlint.checks.base import Batch
from ftlint.model import Example, Format, JsonPath
from ftlint.texts import RESERVED
from ftlint.toolrows import Asked


class Answer(NamedTuple):
    """The last answer of a row that is trained, and all that stands before it.

    Attributes:
        path: of the answer's text, or of its message where it only calls functions.
        text: the answer's text, ``""`` where it has none; ``calls``: name and arguments of its calls.
        prompt: everything the model sees before it, of chats the messages and what is declared with them: ``tools``
            and ``functions``, or an ``Asked``; ``asked``: the text of the last message in it.
    """

    path: JsonPath
    text: str
    calls: Sequence[Any]
    prompt: Any
    asked: str


class Answered(NamedTuple):
    """The answers of a batch, as columns.

    Attributes:
        rows: index of the example that each is of, in order.
        prompts: as in ``Answer``; a plain row that ends with its answer stands for all before it. They are ``Examples``
            only where all rows of the batch are such.
    """

    rows: Sequence[int]
    paths: Sequence[JsonPath]
    texts: Sequence[str]
    calls: Sequence[Sequence[Any]]
    prompts: Sequence[Any]
    asked: Sequence[str]


def answered(batch: Batch) -> Answered:
    """The last trained answer of each row that has one, as ``answer_of`` gives it."""
    held: Answered | None = batch.columns.get("answered")
    if held is None:
        held = batch.columns["answered"] = _answered(batch)
    return held


def places(batch: Batch) -> Any:
    """Index of each answer among the texts of a batch, as an array, with what it answers right before it there.

    None where these are not encoded, or one is found in no such way.
    """
    if batch.odd_at or not answered(batch).rows or batch.encoded is None:
        return None
    if "places" not in batch.columns:
        import numpy as np

        at = _places(batch) if batch.tooled.places else batch.columns["answers at"]
        batch.columns["places"] = None if at is None else np.array(at, np.intp)
    return batch.columns["places"]


def _places(batch: Batch) -> list[int] | None:
    """The same where there are rows with tools. In a plain row there is a text for each message."""
    courses = dict(zip(batch.tooled.places, batch.tooled.courses, strict=True))
    held, ends, found = answered(batch), batch.texts.ends, []
    for row, path in zip(held.rows, held.paths, strict=True):
        spot = courses[row].told if row in courses else path[1]
        if not isinstance(spot, int):
            return None
        found.append(ends[row] + spot)
    return found


def has_blank(batch: Batch) -> bool:
    """Whether a text of a plain row is empty or white space."""
    held: bool | None = batch.columns.get("has_blank")
    if held is None:
        texts = batch.talks.texts
        held = batch.columns["has_blank"] = not all(texts) or any(map(str.isspace, texts))
    return held


def _answered(batch: Batch) -> Answered:
    plain = _of_plain(batch) if len(batch.talks.odd) < len(batch.examples) else _NONE
    odd = of_answers(batch.odd_at, [answer_of(example, batch.format) for example in batch.odd])
    found = [each for each in (plain, _of_tooled(batch), odd) if each.rows]
    if len(found) < 2:
        return found[0] if found else _NONE
    rows = [row for each in found for row in each.rows]
    order = sorted(range(len(rows)), key=rows.__getitem__)
    columns = (list(chain.from_iterable(parts)) for parts in zip(*found, strict=True))
    return Answered(*([column[at] for at in order] for column in columns))


def of_answers(rows: Sequence[int], answers: Sequence[Answer | None]) -> Answered:
    """The columns of the answers of these rows, without those that have none."""
    held = [(row, *answer) for row, answer in zip(rows, answers, strict=True) if answer is not None]
    return Answered(*zip(*held, strict=True)) if held else _NONE


_NONE = Answered((), (), (), (), (), ())


def _of_plain(batch: Batch) -> Answered:
    """In a plain row the place of the answer follows from the roles."""
    talks, strings = batch.talks, batch.talks.texts
    at = [end - 1 for end in talks.ends[1:]]
    spots = list(map(sub, at, talks.ends))
    ending = min(spots) > 0 and set(map(talks.speakers.__getitem__, at)) == {"assistant"}
    if ending and not has_blank(batch):  # as in most files
        texts, asked = list(map(strings.__getitem__, at)), [strings[index - 1] for index in at]
        batch.columns["answers at"] = at
        return Answered(range(len(at)), _paths(spots), texts, ((),) * len(at), batch.examples, asked)
    spoken = {roles: _last(roles) for roles in batch.kinds}
    spots = [spoken[roles] for roles in talks.roles]
    at = list(map(add, talks.ends, spots))
    rows = [row for row, spot in enumerate(spots) if spot and strings[at[row]].strip()]
    prompts = [
        batch.examples[row]
        if at[row] + 1 == talks.ends[row + 1]
        else [batch.examples[row].value["messages"][: spots[row]], [None, None]]
        for row in rows
    ]
    at = batch.columns["answers at"] = [at[row] for row in rows]
    texts, asked = [strings[place] for place in at], [strings[place - 1] for place in at]
    return Answered(rows, _paths([spots[row] for row in rows]), texts, ((),) * len(rows), prompts, asked)


def _of_tooled(batch: Batch) -> Answered:
    """In a row with tools that are as they should be, the place of the answer follows from its course."""
    tooled, texts = batch.tooled, batch.tooled.texts
    held: list[tuple[int, Answer]] = []
    for row, course, tools, start in zip(tooled.places, tooled.courses, tooled.toolsets, tooled.ends, strict=False):
        if not course.answer:
            continue
        messages = batch.values[row]["messages"]
        at, before = course.spots[course.answer], course.spots[course.answer - 1]
        text = "" if at is None else texts[start + at]
        made = [call["function"] for call in messages[course.answer]["tool_calls"]] if course.ends_calling else ()
        asked = "" if before is None else texts[start + before]
        prompt = Asked(messages[: course.answer], tools, course.answered)
        held.append((row, Answer(course.paths[bool(text)], text, made, prompt, asked)))
    return of_answers([row for row, _ in held], [answer for _, answer in held])


def _paths(spots: Sequence[int]) -> list[JsonPath]:
    paths: dict[int, JsonPath] = {spot: ("messages", spot, "content") for spot in set(spots)}
    return list(map(paths.__getitem__, spots))


def _last(roles: tuple[str, ...] | None) -> int:
    """Index of the last answer; 0 where there is none, or nothing before it."""
    return max((at for at, role in enumerate(roles or ()) if role == "assistant"), default=0)


def answer_of(example: Example, fmt: Format) -> Answer | None:
    """The last trained answer, or None where the row has none (or is not in shape, which the schema tells)."""
    value = example.value
    if fmt is Format.COMPLETION:
        prompt, text = value.get("prompt"), value.get("completion")
        if isinstance(prompt, str) and isinstance(text, str):
            return Answer(("completion",), text, [], prompt, prompt)
        return None
    if fmt is Format.PREFERENCE:
        given, outputs = value.get("input"), value.get("preferred_output")
        if not isinstance(given, dict) or not isinstance(outputs, list) or len(outputs) != 1:
            return None
        return _answer(outputs[0], ("preferred_output", 0), given.get("messages"), _declared(given))
    messages = value.get("messages")
    if fmt is not Format.CHAT or not isinstance(messages, list):
        return None
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if isinstance(message, dict) and message.get("role") == "assistant":
            trained = message.get("weight") != 0
            return _answer(message, ("messages", index), messages[:index], _declared(value)) if trained else None
    return None


def graded(example: Example) -> Answer | None:
    """The messages of a reinforcement row, with what the grader compares as the answer."""
    messages = example.value.get("messages")
    if not isinstance(messages, list) or not messages:
        return None
    reference = {key: node for key, node in example.value.items() if key not in RESERVED}
    return Answer(("messages",), "", [reference], [messages, _declared(example.value)], "")


def _declared(holder: dict[str, Any]) -> list[Any]:
    return [holder.get("tools"), holder.get("functions")]


def _answer(message: Any, path: JsonPath, before: Any, declared: list[Any]) -> Answer | None:
    if not isinstance(message, dict) or not isinstance(before, list) or not before:
        return None
    content = message.get("content")
    text = plain(content) or plain(message.get("refusal"))
    calls = message.get("tool_calls")
    made = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    if message.get("function_call") is not None:
        made.append(message["function_call"])
    if not text.strip() and not made:
        return None
    last = before[-1]
    asked = plain(last.get("content")) if isinstance(last, dict) else ""
    return Answer((*path, "content") if plain(content) else path, text, made, [before, declared], asked)


def told(prompt: Any) -> str:
    """The texts of all messages in front of an answer, joined; ``prompt`` as in ``Answered``."""
    if isinstance(prompt, Example):
        return "\n".join([message["content"] for message in prompt.value["messages"][:-1]])
    if isinstance(prompt, str):
        return prompt
    return "\n".join(plain(message.get("content")) for message in prompt[0] if isinstance(message, dict))


def plain(content: Any) -> str:
    """The text of a message's content, its text parts joined."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))
