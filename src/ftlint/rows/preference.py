"""Preference pairs as people have them: two texts, two messages, or two whole conversations that part at the end."""

from __future__ import annotations

import re
from typing import Any

from ftlint.rows.draft import Draft, Message, Row, Unfit, cleaned, text_of, told, tools_of, turn, unpacked
from ftlint.rows.sharegpt import conversation

_TOLD = re.compile(r"\n\n(Human|Assistant):[ \n]?")
_OUTPUT = "that have not one answer on each side"


def read_openai(row: Row, preferred: str, other: str) -> Draft:
    """A row of OpenAI's own form: ``input`` and two outputs.

    Raises:
        Unfit: it lacks a part.
    """
    draft = Draft([], given=True)
    given = row.get("input")
    if not isinstance(given, dict):
        raise Unfit("whose `input` is no object with messages")
    draft.messages = cleaned(given.get("messages"), draft)
    draft.extras = {key: given[key] for key in ("tools", "parallel_tool_calls") if given.get(key) is not None}
    sides = [_single(row.get(column), draft) for column in (preferred, other)]
    draft.messages.append(sides[0])
    draft.other = sides[1]
    return draft


def _single(value: Any, draft: Draft) -> Message:
    if isinstance(value, str):
        return turn("assistant", value)
    found = cleaned(value if isinstance(value, list) else [value], draft)
    if len(found) != 1:
        raise Unfit(_OUTPUT)
    return found[0]


def read_pair(row: Row, ask: str | None, chosen: str, rejected: str, extra: str | None = None) -> Draft:
    """A prompt (or none, where the answers hold it) with a chosen and a rejected answer.

    Args:
        row: the row.
        ask: the prompt's column: a text, messages, or ShareGPT turns.
        chosen, rejected: texts, messages, or whole conversations.
        extra: the column of what an instruction is about; it follows the instruction after an empty line.

    Raises:
        Unfit: the answers are no single answers to the same prompt.
    """
    draft = Draft([])
    sides = [_side(row, column, draft) for column in (chosen, rejected)]
    before = [side[:-1] for side in sides]
    if before[0] != before[1]:
        raise Unfit("whose two conversations differ before the last answer")
    prompt = _prompt(row, ask, draft) if ask is not None else []
    more = text_of(row, extra) if extra is not None and not before[0] else ""
    if more.strip() and len(prompt) == 1 and isinstance(prompt[0].get("content"), str):
        prompt = [{**prompt[0], "content": f"{prompt[0]['content']}\n\n{more}"}]
    if before[0]:
        if prompt and not _holds(before[0], prompt):
            raise Unfit(f"whose `{chosen}` is a conversation without the prompt")
        prompt = before[0]
    system = text_of(row, "system")
    if system.strip() and not any(message["role"] == "system" for message in prompt):
        prompt = [turn("system", system), *prompt]
    draft.messages = [*prompt, sides[0][-1]]
    draft.other = sides[1][-1]
    tools_of(row, draft)
    return draft


def _prompt(row: Row, ask: str, draft: Draft) -> list[Message]:
    value = unpacked(row.get(ask))
    if isinstance(value, list) and value and isinstance(value[0], dict) and "from" in value[0]:
        return conversation(value, ask, draft)
    return told(row, ask, "user", draft)


def _side(row: Row, column: str, draft: Draft) -> list[Message]:
    """The messages of one side; the last one is the answer."""
    value = unpacked(row.get(column))
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        found = conversation(value, column, draft)
        if found[-1]["role"] != "assistant":
            raise Unfit(f"whose `{column}` does not end with an answer")
        return found
    text = text_of(row, column)
    return _dialogue(text) or [turn("assistant", text)]


def _dialogue(text: str) -> list[Message]:
    """A dialogue told as one text, ``\\n\\nHuman: ...\\n\\nAssistant: ...``, as messages; else nothing."""
    marks = list(_TOLD.finditer(text))
    roles = [mark[1] for mark in marks]
    if not marks or marks[0].start() != 0 or roles != ["Human", "Assistant"] * (len(roles) // 2):
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        turn("user" if mark[1] == "Human" else "assistant", text[mark.end() : end])
        for mark, end in zip(marks, ends, strict=True)
    ]


def _holds(conversation: list[Message], prompt: list[Message]) -> bool:
    """The prompt's messages stand at the end of what comes before the answer."""

    def said(messages: list[Message]) -> list[tuple[Any, Any]]:
        return [(message.get("role"), message.get("content")) for message in messages]

    return said(conversation)[-len(prompt) :] == said(prompt)
