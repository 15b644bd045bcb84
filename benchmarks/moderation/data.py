"""Ten thousand harmless examples with one system prompt: 150 tokens of it, 60 of question, 90 of answer."""

from __future__ import annotations

import random

from ftlint.model import Role, Text
from ftlint.moderation import Row

SYSTEM, USER, ASSISTANT = 150, 60, 90
_PROSE = """amber basket candle dinner evening forest garden harbour island jacket kitchen ladder market needle orchard
paper quiet river summer timber umbrella valley window yellow zebra morning carpet bicycle letter copper"""
_WORDS = tuple(_PROSE.split())


def prose(tokens: int, chance: random.Random) -> str:
    """Plain words, exactly four characters per token."""
    text = ""
    while len(text) < 4 * tokens:
        text += chance.choice(_WORDS) + " "
    return text[: 4 * tokens - 1] + "."


def examples(count: int, changed: int = 0) -> list[Row]:
    """So many examples; the first ``changed`` of them differ from those of another call."""
    system = prose(SYSTEM, random.Random("system"))
    return [_row(number, f"{number} new" if number < changed else str(number), system) for number in range(count)]


def _row(number: int, seed: str, system: str) -> Row:
    chance = random.Random(seed)
    turns = (("system", system), ("user", prose(USER, chance)), ("assistant", prose(ASSISTANT, chance)))
    texts = [
        Text(content, number + 1, ("messages", place, "content"), role, "content", role == "assistant")
        for place, (role, content) in enumerate(turns)
    ]
    return Row("train.jsonl", Role.TRAIN, number + 1, texts)
