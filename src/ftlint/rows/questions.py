"""Questions and answers, and Alpaca's instructions: one exchange per row, with what goes before it."""

from __future__ import annotations

from typing import Any

from ftlint.rows.draft import Draft, Row, Unfit, text_of, told, tools_of, turn


def _system(row: Row) -> list[dict[str, Any]]:
    text = text_of(row, "system")
    return [turn("system", text)] if text.strip() else []


def read_question(row: Row, ask: str, reply: str | None) -> Draft:
    """A question with its answer, or alone; both may be messages already.

    Raises:
        Unfit: one of them is neither text nor messages.
    """
    draft = Draft([])
    prompt = told(row, ask, "user", draft)
    before = _system(row) if prompt[0].get("role") != "system" else []
    draft.messages = [*before, *prompt]
    if reply is not None:
        draft.messages += told(_first_answer(row, reply, draft), reply, "assistant", draft)
    tools_of(row, draft)
    return draft


def _first_answer(row: Row, reply: str, draft: Draft) -> Row:
    """Of several answers the first: a list of texts, or SQuAD's ``{"text": [...]}``."""
    value = row.get(reply)
    value = value.get("text") if isinstance(value, dict) and reply.strip().casefold() == "answers" else value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return {**row, reply: value}
    if len(value) > 1:
        draft.changed.add("the first of several answers used")
    return {**row, reply: value[0] if value else None}


def read_alpaca(row: Row, instruction: str, extra: str | None, output: str) -> Draft:
    """An instruction, what it is about (after an empty line), the answer, and earlier turns in ``history``.

    Raises:
        Unfit: one of them is no text.
    """
    draft = Draft(_system(row))
    history = row.get("history")
    for pair in history if isinstance(history, list) else ():
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
            raise Unfit("whose `history` is no list of questions with their answers")
        draft.messages += [turn("user", pair[0]), turn("assistant", pair[1])]
    more = text_of(row, extra) if extra else ""
    asked = text_of(row, instruction)
    draft.messages.append(turn("user", f"{asked}\n\n{more}" if more.strip() else asked))
    draft.messages.append(turn("assistant", text_of(row, output)))
    return draft
