"""A draft as an example of the format that is wanted: chat, preference or reinforcement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.model import Format
from ftlint.rows.draft import NO_TURNS, Draft, Message, Unfit, blank

REFERENCE = "reference_answer"
"""The field that takes the answer where it stood in the conversation."""


def example(draft: Draft, target: Format, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The example.

    Args:
        draft: a row that was read.
        target: chat, preference or reinforcement.
        fields: what a reinforcement example holds beside its messages.

    Raises:
        Unfit: the row lacks what the format needs.
    """
    if target is Format.CHAT:
        return _chat(draft)
    return _preference(draft) if target is Format.PREFERENCE else _reinforcement(draft, fields)


def _chat(draft: Draft) -> dict[str, Any]:
    roles = {role for message in draft.messages if isinstance(role := message.get("role"), str)}
    if not draft.given and (not {"user", "assistant"} <= roles or any(map(blank, draft.messages))):
        raise Unfit(NO_TURNS)
    return {"messages": draft.messages, **draft.extras}


def _preference(draft: Draft) -> dict[str, Any]:
    *prompt, preferred = draft.messages or [{}]
    if draft.other is None or not prompt or blank(preferred) or blank(draft.other) or any(map(blank, prompt)):
        raise Unfit("without a prompt or one of the two answers")
    given: dict[str, Any] = {"messages": prompt, **draft.extras}
    return {"input": given, "preferred_output": [preferred], "non_preferred_output": [draft.other]}


def _reinforcement(draft: Draft, fields: Mapping[str, Any]) -> dict[str, Any]:
    messages = list(draft.messages)
    held = {name: value for name, value in fields.items() if value is not None}
    if messages and messages[-1].get("role") == "assistant":
        answer = messages.pop().get("content")
        if REFERENCE in fields and answer:
            held[REFERENCE] = answer
    if not messages or messages[-1].get("role") != "user" or any(map(blank, messages)):
        raise Unfit("without a question at the end of the prompt")
    if all(value in ("", [], {}) for value in held.values()):
        raise Unfit("without a reference for the grader")
    return {"messages": [_developer(message, draft) for message in messages], **_tools(draft), **held}


def _developer(message: Message, draft: Draft) -> Message:
    """Reinforcement takes instructions from the role ``developer`` alone."""
    if message.get("role") != "system":
        return message
    draft.changed.add("the role `system` written as `developer`, which reinforcement asks for")
    return {**message, "role": "developer"}


def _tools(draft: Draft) -> dict[str, Any]:
    return {"tools": draft.extras["tools"]} if "tools" in draft.extras else {}
