"""What FT502 and FT505 remember of each row: a MinHash sketch of what is said in it, and one of its answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from itertools import compress

from xxhash import xxh3_64_intdigest, xxh32_intdigest

from ftlint.cells import Cells, Numbers
from ftlint.checks.base import Batch, Context
from ftlint.checks.minima import minima, runs
from ftlint.checks.said import said_in, said_plainly, squeeze, squeezed
from ftlint.model import Format

__all__ = ["Sketches", "runs", "said_in", "squeeze"]

CODES = frozenset({"FT502", "FT505"})
SLOTS = 112
"""Slots of a sketch, a byte each; the standard error of a similarity is 0.038 at 0.8."""
ANSWER = 16
"""Slots of the sketch of the answer alone."""
SHORTEST = 20
"""Units, white space aside, below which a row is only compared as a whole: one word more or less would decide."""
PIECE = 100_000
"""Bytes of rows that are taken in at a time, so that their runs stay in the processor's cache."""
EDGE = 64
"""Characters at either end of a prompt, white space aside, in which a question about a shared text stands."""
TURNS = 31
LABEL = 32
CALLS = 64
SHORT = 128
_DIGITS = b"0123456789"


@dataclass
class Sketches:
    """The sketches of a file's rows, in order: 149 bytes each.

    Attributes:
        lines: line numbers. ``slots``: the low bytes of SLOTS minima. ``answers``: those of the answer.
        texts: hash of what is said, without case and white space. ``letters``: the same without digits, in 32 bits.
        edges: hash of both ends of the prompt, where the task is told.
        kinds: number of turns (up to TURNS), and the flags LABEL (the answer is short), CALLS (it calls functions) and
            SHORT (all is short).
    """

    lines: Numbers = field(default_factory=Numbers)
    slots: Cells = field(default_factory=partial(Cells, SLOTS))
    answers: Cells = field(default_factory=partial(Cells, ANSWER))
    letters: Numbers = field(default_factory=Numbers)
    texts: Numbers = field(default_factory=partial(Numbers, "Q"))
    edges: Numbers = field(default_factory=Numbers)
    kinds: Numbers = field(default_factory=partial(Numbers, "B"))

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        plainly = batch.format is Format.CHAT
        size, lines, said = 0, list[int](), list[tuple[str, str, int, bool]]()
        for example in batch.examples:
            line = example.line
            if b"_" in line.raw and b'"image_url"' in line.raw:
                continue  # the same question about another picture is another example
            told = said_plainly(example.value.get("messages")) if plainly else None
            said.append(told or said_in(example, batch.format))
            lines.append(line.number)
            size += len(line.raw)
            if size > PIECE:
                self._add(lines, said)
                size, lines, said = 0, [], []
        if said:
            self._add(lines, said)

    def _add(self, lines: list[int], said: list[tuple[str, str, int, bool]]) -> None:
        prompts, last, turns, calls = zip(*said, strict=True)
        asked, answered = squeezed(prompts), squeezed(last)
        if "" in asked and "" in answered:
            held = [bool(prompt or answer) for prompt, answer in zip(asked, answered, strict=True)]
            asked, answered = list(compress(asked, held)), list(compress(answered, held))
            lines = list(compress(lines, held))
            turns, calls = (tuple(compress(column, held)) for column in (turns, calls))
        self.lines.extend(lines)
        kinds = bytes(map(_kind, turns, calls, map(len, asked), map(len, answered)))
        self.kinds += kinds
        if lines:
            self._note(asked, answered)
            self._sketch(asked, answered, kinds)

    def _sketch(self, asked: list[str], answered: list[str], kinds: bytes) -> None:
        slots, last = minima(asked, answered, SLOTS, ANSWER, len(self.lines))
        answers = bytearray(last)
        for at, kind in enumerate(kinds):
            if kind & CALLS:  # calls are the same or others: there is no more or less
                exact = hashlib.sha256(answered[at].encode("utf-8", "surrogatepass")).digest()[:ANSWER]
                answers[at * ANSWER : (at + 1) * ANSWER] = exact
        self.slots += slots
        self.answers += answers

    def _note(self, asked: list[str], answered: list[str]) -> None:
        """Take in the hashes of each prompt and answer."""
        rows = [f"{prompt} {answer}" for prompt, answer in zip(asked, answered, strict=True)]
        whole = "\0".join(rows).encode("utf-8", "surrogatepass")
        edges = "\0".join([prompt[:EDGE] + prompt[-EDGE:] for prompt in asked]).encode("utf-8", "surrogatepass")
        self.texts.extend([xxh3_64_intdigest(row) for row in whole.split(b"\0")])
        self.letters.extend([xxh32_intdigest(row) for row in whole.translate(None, _DIGITS).split(b"\0")])
        self.edges.extend([xxh32_intdigest(row) for row in edges.split(b"\0")])

    def merge(self, later: Sketches) -> None:
        """Take in the state of the lines that follow."""
        self.lines += later.lines
        self.slots += later.slots
        self.answers += later.answers
        self.letters += later.letters
        self.texts += later.texts
        self.edges += later.edges
        self.kinds += later.kinds


def _kind(turns: int, calls: bool, prompt: int, answer: int) -> int:
    kind = (turns if turns < TURNS else TURNS) | CALLS * calls
    return kind if answer >= SHORTEST else kind | LABEL | SHORT * (prompt + answer < SHORTEST)
