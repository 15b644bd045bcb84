"""The clean data that defects are planted into: real prose of ours, and no two rows alike."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
OWN = Path(__file__).parent / "base.jsonl"
SYSTEM = "Answer in the language of the question, in plain words and without a preamble."
_SUMMARISE = "Summarise this conversation in one or two sentences.\n\n"
_SUMMARISE_JA = "次の会話を一、二文で要約してください。\n\n"


@functools.cache
def _read(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines())


def rows(path: Path) -> list[Row]:
    """The rows of a JSONL file, made anew for each caller."""
    return [json.loads(line) for line in _read(path)]


def talk(question: str, answer: str, system: str | None = SYSTEM) -> Row:
    """A chat example of one turn."""
    messages = [{"role": "system", "content": system}] if system is not None else []
    return {"messages": [*messages, {"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def chat() -> list[Row]:
    """At least 200 chat examples: dialogues with summaries, questions with answers; English and Japanese."""
    found = []
    for name in ("train", "heldout", "validation"):
        for row in rows(FIXTURES / "dialogue" / f"{name}.jsonl"):
            ask = _SUMMARISE if row["summary"].isascii() or " " in row["summary"] else _SUMMARISE_JA
            found.append(talk(ask + row["dialogue"], row["summary"]))
    for path in (FIXTURES / "clean" / "chat.jsonl", FIXTURES / "ja" / "chat.jsonl"):
        for row in rows(path):
            row["messages"] = [message for message in row["messages"] if message["role"] != "system"]
            row["messages"].insert(0, {"role": "system", "content": SYSTEM})
            for message in row["messages"]:
                message.pop("weight", None)  # the notebook's checker dies of any weight, and would find nothing at all
            found.append(row)
    found += [talk(row["question"], row["answer"]) for row in rows(OWN)]
    return found


def fixture(name: str) -> list[Row]:
    """A clean file of another shape: `chat_tools`, `chat_vision`, `preference`, `reinforcement` or `completion`."""
    return rows(FIXTURES / "clean" / f"{name}.jsonl")


def encode(values: list[Row]) -> bytes:
    """JSONL, as ``json.dumps`` writes it, with a newline at the end."""
    return b"".join(line(value) + b"\n" for value in values)


def line(value: Any) -> bytes:
    """One row without its newline."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
