"""Rows to chat messages: by templates, or by recognising the columns that people use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.privacy import mask
from ftlint.run.template import Template, as_text, parse_template

Row = Mapping[str, Any]
Messages = list[dict[str, Any]]

_SHAREGPT = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant",
    "chatgpt": "assistant", "bing": "assistant", "bard": "assistant", "system": "system",
}  # fmt: skip
_ROW = "row"
_PAIRS = (("question", "answer"), ("prompt", "completion"), ("question", "answers"))


@dataclass
class Converted:
    """What became of the rows.

    Attributes:
        kind: how they were read, for the message.
        left_out: numbers (from 1) of rows without a question or an answer.
        dropped: columns that no message holds.
    """

    kind: str
    examples: list[Messages] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Reader:
    kind: str
    columns: tuple[str, ...]
    read: Callable[[Row], Messages]


def convert_rows(rows: Sequence[Row], user: str | None, answer: str | None, system: str | None) -> Converted:
    """Convert all rows.

    Args:
        rows: as they were loaded.
        user, answer: templates, or both None to recognise the columns.
        system: a template for a system message, or None.

    Raises:
        UsageError: the columns are not recognised.
        ConfigError: a template is broken, or names a column that does not exist.
        InputError: a row holds something that is no text.
    """
    known = list(dict.fromkeys(column for row in rows for column in row))
    reader = _templates(user, answer) if user is not None and answer is not None else _recognise(known)
    first = parse_template(system, "--system") if system is not None else None
    for template in [first] if first else []:
        template.require(known)
    _require(reader, known)
    converted = Converted(reader.kind)
    used = {*reader.columns, *(first.columns if first else ())}
    converted.dropped = [column for column in known if column not in used]
    for number, row in enumerate(rows, start=1):
        messages = _messages(reader, row, number)
        blank = first is not None and first.blank(row) is not None
        if blank or not _complete(messages):
            converted.left_out.append(number)
            continue
        if first is not None:
            told = [message for message in messages if message["role"] != "system"]
            messages = [{"role": "system", "content": first.fill(row)}, *told]
        converted.examples.append(messages)
    return converted


def _require(reader: _Reader, known: Sequence[str]) -> None:
    if reader.kind == "templates":
        for column in reader.columns:
            Template(((True, column),), "--user and --answer").require(known)


def _messages(reader: _Reader, row: Row, number: int) -> Messages:
    try:
        return reader.read(row)
    except (InputError, ConfigError) as error:
        raise type(error)(f"row {number}: {error.message.removeprefix(f'{_ROW}: ')}", error.hint) from None


def _complete(messages: Messages) -> bool:
    """Something is asked and something is answered, and no message is blank."""
    roles = {message["role"] for message in messages}
    return {"user", "assistant"} <= roles and all(str(message["content"]).strip() for message in messages)


def _turns(user: str, answer: str) -> Messages:
    return [{"role": "user", "content": user}, {"role": "assistant", "content": answer}]


def _templates(user: str, answer: str) -> _Reader:
    ask, reply = parse_template(user, "--user"), parse_template(answer, "--answer")

    def read(row: Row) -> Messages:
        # A column without a value makes an example that teaches the model to invent one.
        if ask.blank(row) is not None or reply.blank(row) is not None:
            return []
        return _turns(ask.fill(row), reply.fill(row))

    return _Reader("templates", (*ask.columns, *reply.columns), read)


def _recognise(known: Sequence[str]) -> _Reader:
    columns = set(known)
    if "messages" in columns:
        raise UsageError("these rows are chat examples already", "check them: ftlint check FILE")
    if "conversations" in columns:
        return _Reader("ShareGPT rows", ("conversations", "system"), _sharegpt)
    if {"instruction", "output"} <= columns:
        return _Reader("Alpaca rows", ("instruction", "input", "output", "system"), _alpaca)
    for ask, reply in _PAIRS:
        if {ask, reply} <= columns:
            return _Reader(f"{ask} and {reply}", (ask, reply, "system"), _pair(ask, reply))
    listed = ", ".join(known) or "none"
    raise UsageError(f"the columns are not recognised: {listed}", "name them: --user '{column}' --answer '{column}'")


def _pair(ask: str, reply: str) -> Callable[[Row], Messages]:
    def read(row: Row) -> Messages:
        return [*_system(row), *_turns(_text(row, ask), _text(row, reply))]

    return read


def _alpaca(row: Row) -> Messages:
    extra = _text(row, "input")
    asked = _text(row, "instruction") + (f"\n\n{extra}" if extra.strip() else "")
    return [*_system(row), *_turns(asked, _text(row, "output"))]


def _sharegpt(row: Row) -> Messages:
    turns = row.get("conversations")
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise InputError("`conversations` is not a list of turns")
    messages = _system(row)
    for turn in turns:
        speaker = turn.get("from", turn.get("role"))
        if not isinstance(speaker, str) or speaker not in _SHAREGPT:
            told = (
                f"the turn of `{mask(speaker)}`" if isinstance(speaker, str) else "a turn without a speaker in `from`"
            )
            raise InputError(f"{told} has no place in a chat example", f"use {', '.join(_SHAREGPT)}")
        value = turn.get("value", turn.get("content"))
        messages.append(
            {"role": _SHAREGPT[speaker], "content": "" if value is None else as_text(value, "value", "turn")}
        )
    return messages


def _system(row: Row) -> Messages:
    text = _text(row, "system")
    return [{"role": "system", "content": text}] if text.strip() else []


def _text(row: Row, column: str) -> str:
    """The column as text; of several answers the first (a list, or SQuAD's ``{"text": [...]}``)."""
    value = row.get(column)
    if column == "answers":
        value = value.get("text") if isinstance(value, dict) else value
        value = value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value
    return "" if value is None else as_text(value, column, _ROW)
