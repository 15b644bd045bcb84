"""What FT502 and FT505 remember of each row: a MinHash sketch of what is said in it, and one of its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import partial
from itertools import compress, pairwise, repeat
from typing import Any, AnyStr

from xxhash import xxh3_64_intdigest, xxh32_intdigest

from ftlint.cells import Cells, Numbers
from ftlint.checks.base import Batch, Context
from ftlint.checks.minima import minima, runs
from ftlint.checks.said import (
    mostly_ascii,
    said_at_once,
    said_calling,
    said_in,
    said_plainly,
    squeeze,
    squeezed,
    squeezed_pieces,
)
from ftlint.model import Example, Format
from ftlint.records import dataclass
from ftlint.toolrows import NO_TOOL_ROWS, ToolRows

__all__ = ["Sketches", "runs", "said_in", "squeeze"]

CODES = frozenset({"FT502", "FT505"})
SLOTS = 112
"""Slots of a sketch, a byte each; the standard error of a similarity is 0.038 at 0.8."""
ANSWER = 16
"""Slots of the sketch of the answer alone."""
SHORTEST = 20
"""Units, white space aside, below which a row is only compared as a whole: one word more or less would decide."""
PIECE = 50_000
"""Characters that are taken in at a time, so that their runs stay in the processor's cache."""
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
        # the same question about another picture is another example
        pictures = {at for at, raw in enumerate(batch.raws) if b"_" in raw and b'"image_url"' in raw}
        examples = [e for at, e in enumerate(batch.examples) if at not in pictures] if pictures else batch.examples
        if examples:
            lines, texts, turns, calls = _columns(examples, batch, whole=not pictures)
            step = max(1, PIECE * len(lines) // (sum(map(len, texts)) + 1))
            for at in range(0, len(lines), step):
                cut = slice(at, at + step)
                self._add(lines[cut], texts[2 * at : 2 * (at + step)], turns[cut], calls[cut])

    def _add(self, lines: Sequence[int], texts: list[Any], turns: list[int], calls: list[bool]) -> None:
        apart = squeezed_pieces(texts) if isinstance(texts[0], bytes) else squeezed(texts)
        asked, answered = apart[::2], apart[1::2]
        if b"" in asked and b"" in answered:
            held = [bool(prompt or answer) for prompt, answer in zip(asked, answered, strict=True)]
            asked, answered = list(compress(asked, held)), list(compress(answered, held))
            lines, turns, calls = list(compress(lines, held)), list(compress(turns, held)), list(compress(calls, held))
            apart = _in_turn(asked, answered)
        if lines:
            self.lines.extend(lines)
            self.kinds += _kinds(turns, calls, asked, answered)
            self._note(asked, answered)
            self._sketch(apart, calls)

    def _sketch(self, apart: list[bytes], calls: list[bool]) -> None:
        slots, last = minima(apart, SLOTS, ANSWER, len(self.lines))
        answers = bytearray(last)
        for at in compress(range(len(calls)), calls):  # calls are the same or others: there is no more or less
            answers[at * ANSWER : (at + 1) * ANSWER] = hashlib.sha256(apart[2 * at + 1]).digest()[:ANSWER]
        self.slots += slots
        self.answers += answers

    def _note(self, asked: list[bytes], answered: list[bytes]) -> None:
        """Take in the hashes of each prompt and answer: that of the prompt is the seed for that of the answer."""
        self.texts.extend(map(xxh3_64_intdigest, answered, map(xxh3_64_intdigest, asked)))
        seeds = map(xxh32_intdigest, [text.translate(None, _DIGITS) for text in asked])
        self.letters.extend(map(xxh32_intdigest, [text.translate(None, _DIGITS) for text in answered], seeds))
        self.edges.extend(map(xxh32_intdigest, _ends(asked)))

    def merge(self, later: Sketches) -> None:
        """Take in the state of the lines that follow."""
        self.lines += later.lines
        self.slots += later.slots
        self.answers += later.answers
        self.letters += later.letters
        self.texts += later.texts
        self.edges += later.edges
        self.kinds += later.kinds


def _columns(
    examples: Sequence[Example], batch: Batch, *, whole: bool
) -> tuple[Sequence[int], list[str] | list[bytes], list[int], list[bool]]:
    """Of each row its line, its prompt and its answer, its turns, and whether it calls functions.

    Prompts and answers alternate. They are in UTF-8 where those of the batch are, and mostly ASCII.

    Args:
        whole: these are all examples of the batch, whose columns are theirs.
    """
    if whole and not batch.talks.odd:
        talks, encoded = batch.talks, batch.encoded
        if encoded is not None and mostly_ascii(encoded.units):
            asked, answered, turns = said_at_once(encoded.pieces, talks.speakers, talks.ends, b"\n")
            return batch.numbers, _in_turn(asked, answered), turns, [False] * len(turns)
        prompts, answers, turns = said_at_once(talks.texts, talks.speakers, talks.ends, "\n")
        return batch.numbers, _in_turn(prompts, answers), turns, [False] * len(turns)
    lines = [example.line.number for example in examples]
    said: list[tuple[str, str, int, bool]] = []
    tooled = batch.tooled if whole else NO_TOOL_ROWS
    calling = dict(zip(tooled.places, _said_calling(tooled), strict=True))
    for at, example in enumerate(examples):
        if at in calling:
            said.append(calling[at])
            continue
        told = said_plainly(example.value.get("messages")) if batch.format is Format.CHAT else None
        said.append(told or said_in(example, batch.format))
    prompts, answers, turns, calls = map(list, zip(*said, strict=True))
    return lines, _in_turn(prompts, answers), turns, calls


def _in_turn(asked: list[AnyStr], answered: list[AnyStr]) -> list[AnyStr]:
    both = asked + answered
    both[::2] = asked
    both[1::2] = answered
    return both


def _said_calling(tooled: ToolRows) -> Iterator[tuple[str, str, int, bool]]:
    borders = pairwise(tooled.ends)
    for course, names, (start, end) in zip(tooled.courses, tooled.names, borders, strict=True):
        yield said_calling(course, tooled.texts[start:end], names)


def _kinds(turns: list[int], calls: list[bool], asked: list[bytes], answered: list[bytes]) -> bytearray:
    found = bytearray(turns if max(turns) <= TURNS else map(min, turns, repeat(TURNS)))
    for at in compress(range(len(calls)), calls):
        found[at] |= CALLS
    sizes = list(map(len, answered))
    for at in [at for at, size in enumerate(sizes) if size < 4 * SHORTEST]:  # a character has up to four bytes
        answer = len(_text(answered[at]))
        if answer < SHORTEST:
            found[at] |= LABEL | SHORT * (len(_text(asked[at])) + answer < SHORTEST)
    return found


def _ends(texts: list[bytes]) -> list[bytes]:
    """Both ends of each text."""
    ends = [text[:EDGE] + text[-EDGE:] for text in texts]
    odd = [] if b"".join(ends).isascii() else [at for at, end in enumerate(ends) if not end.isascii()]
    if odd:  # a character is not a byte in these
        beyond = _text(b"\0".join([texts[at] for at in odd])).split("\0")
        wide = "\0".join([text[:EDGE] + text[-EDGE:] for text in beyond])
        for at, end in zip(odd, wide.encode("utf-8", "surrogatepass").split(b"\0"), strict=True):
            ends[at] = end
    return ends


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
