"""Floors: what costs nothing to reach. A tuned model that does not clear them has learnt nothing worth paying for."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ftlint.errors import InputError
from ftlint.run.files import dump, write_atomic
from ftlint.run.tokenize import tokenize

TURNS = 3
_SAMPLE = 100

# A sentence ends after its mark and what closes with it. Where a script writes no spaces none need follow; elsewhere
# one must, or every decimal point would end a sentence.
_END = re.compile(r"[。！？｡]+[」』）”’]*|[.!?…]+[\"')\]”’]*(?=\s|$)")


def lead(text: str, count: int = TURNS) -> str:
    """The first turns (lines) of a text; of a text with fewer than two lines, the first sentences."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return "\n".join(lines[:count])
    return "\n".join(_sentences(text)[:count])


def _sentences(text: str) -> list[str]:
    ends = [match.end() for match in _END.finditer(text)]
    pieces = [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [piece for piece in pieces if piece]


def constant_answer(answers: Sequence[str], seed: int) -> str:
    """The training answer that resembles the others most: the medoid by ROUGE-1 of a seeded sample of 100.

    Args:
        answers: of the training examples, in the file's order.
        seed: of the sample.

    Returns:
        An empty string where there is no answer.
    """
    distinct = list(dict.fromkeys(answers))
    if len(distinct) > _SAMPLE:
        distinct = random.Random(seed).sample(distinct, _SAMPLE)  # noqa: S311 (a reproducible sample, no secret)
    counts = [Counter(tokenize(answer)) for answer in distinct]
    if not counts:
        return ""
    sums = [sum(_overlap(one, other) for other in counts) for one in counts]
    return distinct[sums.index(max(sums))]


def save_constant(path: Path, answer: str) -> None:
    """Keep the constant answer: what the training file holds when the run ends is nobody's business any more."""
    write_atomic(path, (dump({"constant": answer}) + "\n").encode("utf-8", "surrogatepass"))


def load_constant(path: Path) -> str:
    """The constant answer that was kept.

    Raises:
        InputError: the file is missing or is not what ``save_constant`` wrote.
    """
    try:
        return str(json.loads(path.read_bytes())["constant"])
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path} was changed", "start a new run") from None


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    """ROUGE-1 F1 of two bags of tokens, 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
