"""Columns that people use, recognised: what the rows are, which columns ask, which answer, and how a row is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ftlint.errors import UsageError
from ftlint.model import Format
from ftlint.privacy import mask
from ftlint.rows.draft import Draft, Row, cleaned, tools_of, unpacked
from ftlint.rows.preference import read_openai, read_pair
from ftlint.rows.questions import read_alpaca, read_question
from ftlint.rows.sharegpt import read_sharegpt


@dataclass(frozen=True)
class Reader:
    """How the rows are read.

    Attributes:
        kind: what they are, for the message.
        asked: columns that go into the prompt, or beside it; ``answered``: columns that hold an answer.
        read: one row; raises Unfit.
        target: the format that the columns say.
    """

    kind: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    read: Callable[[Row], Draft]
    target: Format = Format.CHAT


_OPENAI = (("preferred_output", "non_preferred_output"), ("preferred_completion", "non_preferred_completion"))
_SIDES = (
    ("chosen", "rejected"), ("preferred", "non_preferred"), ("preferred", "dispreferred"), ("preferred", "rejected"),
    ("chosen_response", "rejected_response"), ("response_chosen", "response_rejected"), ("accepted", "rejected"),
)  # fmt: skip
_PROMPTS = (
    "prompt", "conversations", "question", "instruction", "input", "query", "problem", "user", "質問", "プロンプト",
    "指示", "入力",
)  # fmt: skip
_ABOUT = {"instruction": ("input", "context"), "指示": ("入力",)}
"""What an instruction of a pair may be about, in a column of its own."""
_SYSTEMS = ("system_prompt", "system_message", "システムプロンプト", "システム")
_CONVERSATIONS = ("conversations", "conversation")
_ALPACA = (
    ("instruction", "input", "output"), ("instruction", "context", "response"), ("instruction", "input", "response"),
    ("指示", "入力", "出力"), ("指示", "入力", "応答"),
)  # fmt: skip
_PAIRS = (
    ("question", "answer"), ("prompt", "completion"), ("question", "answers"), ("prompt", "response"),
    ("question", "response"), ("query", "response"), ("prompt", "answer"), ("query", "answer"), ("problem", "solution"),
    ("input", "output"), ("user", "assistant"), ("質問", "回答"), ("質問", "答え"), ("問い", "答え"),
    ("質問文", "回答文"), ("入力", "出力"), ("プロンプト", "応答"), ("プロンプト", "回答"), ("質問", "応答"),
    ("ユーザー", "アシスタント"),
)  # fmt: skip
_REFERENCES = ("reference_answer", "reference", "references", "ground_truth", "reward_model", "gold", "target")
_BESIDE = ("system", "tools")
_BESIDE_MESSAGES = ("tools", "parallel_tool_calls", "functions")


def recognise(known: Sequence[str], rows: Sequence[Row], to: Format | None) -> Reader:
    """The reader of rows with these columns; case, width and white space of a column's name do not matter.

    Raises:
        UsageError: the columns are not recognised.
    """
    columns: dict[str, str] = {}
    for column in known:
        columns.setdefault(_folded(column), column)
    for other in _SYSTEMS:
        if other in columns:
            columns.setdefault("system", columns[other])
    for find in (_pairs_of_answers, _messages, _asked_with_reference if to is None else _nothing, _questions):
        reader = find(columns, rows)
        if reader is not None:
            return reader
    if to is Format.REINFORCEMENT and (asked := next((each for each in _PROMPTS if each in columns), None)):
        read = _reader(columns, read_question, asked, None)
        return Reader(f"{columns[asked]} and references", _used(columns, asked), (), read, to)
    listed = ", ".join(mask(column) for column in known) or "none"
    raise UsageError(f"the columns are not recognised: {listed}", "name them: --user '{column}' --answer '{column}'")


def _folded(column: str) -> str:
    return "_".join(unicodedata.normalize("NFKC", column).casefold().replace("-", " ").split())


def _used(columns: Mapping[str, str], *names: str) -> tuple[str, ...]:
    return tuple(columns[name] for name in (*names, *_BESIDE) if name in columns)


def _reader(columns: Mapping[str, str], read: Callable[..., Draft], *names: str | None) -> Callable[[Row], Draft]:
    """``read`` with the names that the columns really have; ``system`` and ``tools`` are found under their own."""
    real = [columns.get(name) if name is not None else None for name in names]
    renamed = {columns[name]: name for name in _BESIDE if name in columns and columns[name] != name}

    def run(row: Row) -> Draft:
        return read({**row, **{name: row.get(held) for held, name in renamed.items()}} if renamed else row, *real)

    return run


def _nothing(_: Mapping[str, str], __: Sequence[Row]) -> Reader | None:
    return None


def _pairs_of_answers(columns: Mapping[str, str], _: Sequence[Row]) -> Reader | None:
    for sides in _OPENAI:
        if {"input", *sides} <= columns.keys():
            read = _reader(columns, read_openai, *sides)
            return Reader(
                "`input` and two outputs", (columns["input"],), _real(columns, sides), read, Format.PREFERENCE
            )
    for sides in _SIDES:
        if {*sides} <= columns.keys():
            ask = next((each for each in _PROMPTS if each in columns), None)
            extra = next((each for each in _ABOUT.get(ask or "", ()) if each in columns), None)
            read = _reader(columns, read_pair, ask, *sides, extra)
            asked = _used(columns, *(each for each in (ask, extra) if each))
            return Reader(
                f"{' and '.join(_real(columns, sides))}", asked, _real(columns, sides), read, Format.PREFERENCE
            )
    return None


def _real(columns: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(columns[name] for name in names)


def _messages(columns: Mapping[str, str], rows: Sequence[Row]) -> Reader | None:
    if "messages" in columns:
        held = columns["messages"]
        beside = [name for name in _BESIDE_MESSAGES if columns.get(name) == name]
        target = _target(rows, held, beside)
        read = partial(_chat, column=held, beside=beside)
        return Reader(f"`{held}`", (held, *beside), (), read, target)
    for name in _CONVERSATIONS:
        if name in columns:
            return Reader("ShareGPT rows", _used(columns, name), (), _reader(columns, read_sharegpt, name))
    return None


def _target(rows: Sequence[Row], column: str, beside: Sequence[str]) -> Format:
    """Reinforcement where most rows end with the user's turn and hold something for a grader."""
    asking = 0
    for row in rows:
        messages = unpacked(row.get(column))
        last = messages[-1] if isinstance(messages, list) and messages else None
        ends = isinstance(last, dict) and last.get("role") == "user"
        asking += ends and any(value is not None for key, value in row.items() if key not in (column, *beside))
    return Format.REINFORCEMENT if asking * 2 > len(rows) else Format.CHAT


def _chat(row: Row, column: str, beside: Sequence[str]) -> Draft:
    draft = Draft([], given=True)
    draft.messages = cleaned(unpacked(row.get(column)), draft)
    draft.extras = {key: row[key] for key in beside if key != "tools" and row.get(key) is not None}
    tools_of(row, draft)
    return draft


def _asked_with_reference(columns: Mapping[str, str], _: Sequence[Row]) -> Reader | None:
    """A prompt with a reference for a grader, and no answer to imitate."""
    reference = next((name for name in _REFERENCES if name in columns), None)
    asked = next((name for name in ("prompt", "question", "problem") if name in columns), None)
    answers = {name for pair in _PAIRS for name in pair[1:]} & columns.keys()
    if reference is None or asked is None or answers:
        return None
    kind = f"{columns[asked]} and {columns[reference]}"
    read = _reader(columns, read_question, asked, None)
    return Reader(kind, _used(columns, asked), (), read, Format.REINFORCEMENT)


def _questions(columns: Mapping[str, str], _: Sequence[Row]) -> Reader | None:
    for instruction, extra, output in _ALPACA:
        if {instruction, output} <= columns.keys():
            asked = _used(columns, instruction, extra, "history")
            read = _reader(columns, read_alpaca, instruction, extra, output)
            return Reader("Alpaca rows", asked, (columns[output],), read)
    for ask, reply in _PAIRS:
        if {ask, reply} <= columns.keys():
            kind = f"{columns[ask]} and {columns[reply]}"
            return Reader(kind, _used(columns, ask), (columns[reply],), _reader(columns, read_question, ask, reply))
    return None
