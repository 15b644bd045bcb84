"""The corpora: chat files of distinct rows, the same for the same seed, made from our own words and sentence frames.

``english`` has rows of about 700 bytes, ``japanese`` too, ``tools`` calls two functions, ``long`` has rows of 32 kB.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.speed import phrases
from benchmarks.speed.sentences import ASKED, ASKED_JA, TOLD, TOLD_JA, Writer

VERSION = 3
"""Part of the file names: a corpus of another making is another file."""
SEED = 20261122
_SYSTEM = "You answer questions about house, garden and workshop."
_SYSTEM_JA = "あなたは暮らしの質問に丁寧に答える助手です。"


def _function(name: str, description: str, **properties: str) -> dict[str, Any]:
    fields = {key: {"type": "string", "description": said} for key, said in properties.items()}
    parameters = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


_TOOLS = [
    _function("find_thing", "Where a thing is kept.", thing="What is looked for.", place="Where to look."),
    _function("leave_note", "Leaves a note for somebody.", person="Who will read it.", text="What it says."),
]


def _chat(*said: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def _english(seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{seed} english")
    writer = Writer(rng, phrases.english(seed), ASKED, TOLD)
    while True:
        turns = 2 if rng.random() < 0.1 else 1
        pairs = [
            (("user", writer.question(2)), ("assistant", writer.answer(rng.randint(2, 4) // turns)))
            for _ in range(turns)
        ]
        yield _chat(("system", _SYSTEM), *itertools.chain(*pairs))


def _japanese(seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{seed} japanese")
    writer = Writer(rng, phrases.japanese(seed), ASKED_JA, TOLD_JA)
    while True:
        asked, told = writer.question(2, ""), writer.answer(rng.randint(2, 4), "")
        yield _chat(("system", _SYSTEM_JA), ("user", asked), ("assistant", told))


def _tools(seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{seed} tools")
    held = phrases.english(seed)
    writer = Writer(rng, held, ASKED, TOLD)
    for number in itertools.count():
        found = {"thing": rng.choice(held.things), "place": rng.choice(held.tails)}
        left = {"person": rng.choice(held.people), "text": writer.answer(1)}
        name, given = rng.choice((("find_thing", found), ("leave_note", left)))
        call = {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(given, ensure_ascii=False)},
        }
        row = _chat(("system", _SYSTEM), ("user", writer.question(2)))
        row["messages"] += [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call["id"], "content": json.dumps({"told": writer.answer(1)})},
            {"role": "assistant", "content": writer.answer(2)},
        ]
        yield {**row, "tools": _TOOLS}


def _long(seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{seed} long")
    writer = Writer(rng, phrases.english(seed), ASKED, TOLD)
    while True:
        pairs = [(("user", writer.question(6)), ("assistant", writer.answer(16, "\n\n"))) for _ in range(14)]
        yield _chat(("system", _SYSTEM), *itertools.chain(*pairs))


KINDS: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {
    "english": _english,
    "japanese": _japanese,
    "tools": _tools,
    "long": _long,
}


def lines(kind: str, rows: int, seed: int = SEED) -> Iterator[str]:
    """So many lines of a kind, without the line ends; a shorter corpus is the beginning of a longer one."""
    write = json.JSONEncoder(ensure_ascii=False).encode
    return (write(row) for row in itertools.islice(KINDS[kind](seed), rows))


def corpus(kind: str, rows: int, folder: Path) -> Path:
    """The file with such a corpus; it is made if the folder does not hold it."""
    path = folder / f"{kind}-{rows}-v{VERSION}.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in lines(kind, rows))
        unfinished.rename(path)
    return path


def changed(source: Path, target: Path, every: int, seed: int = SEED + 1) -> int:
    """A copy in which one row of so many is another; returns how many."""
    count = 0
    others = lines("english", 1_000_000, seed)
    with source.open("rb") as given, target.open("wb") as made:
        for number, line in enumerate(given):
            other = number % every == every // 2
            made.write(next(others).encode() + b"\n" if other else line)
            count += other
    return count


def spoilt(source: Path, target: Path, number: int) -> None:
    """A copy whose line of that number, from 1, has a misspelt role."""
    with source.open("rb") as given, target.open("wb") as made:
        for at, line in enumerate(given, 1):
            made.write(line.replace(b'"assistant"', b'"asistant"') if at == number else line)
