"""What FT502 and FT505 remember of each row: a MinHash sketch of what is said in it, and one of its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import field
from functools import partial
from itertools import chain, compress, pairwise, repeat

from xxhash import xxh3_64_intdigest, xxh32_intdigest

from ftlint.cells import Cells, Numbers
from ftlint.checks.base import Batch, Context
from ftlint.checks.minima import minima, runs
from ftlint.checks.said import said_at_once, said_calling, said_in, said_plainly, squeeze, squeezed
from ftlint.model import Example, Format
from ftlint.records import dataclass
from ftlint.talks import Talks
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
            plain = batch.talks if not pictures and not batch.talks.odd else None
            tooled = batch.tooled if not pictures else NO_TOOL_ROWS
            lines, prompts, answers, turns, calls = _columns(examples, plain, tooled, batch.format)
            step = max(1, PIECE * len(lines) // (sum(map(len, prompts)) + sum(map(len, answers)) + 1))
            for at in range(0, len(lines), step):
                cut = slice(at, at + step)
                self._add(lines[cut], prompts[cut], answers[cut], turns[cut], calls[cut])

    def _add(
        self, lines: list[int], prompts: list[str], answers: list[str], turns: list[int], calls: list[bool]
    ) -> None:
        apart = squeezed(list(chain.from_iterable(zip(prompts, answers, strict=True))))
        asked, answered = apart[::2], apart[1::2]
        if b"" in asked and b"" in answered:
            held = [bool(prompt or answer) for prompt, answer in zip(asked, answered, strict=True)]
            asked, answered = list(compress(asked, held)), list(compress(answered, held))
            lines, turns, calls = list(compress(lines, held)), list(compress(turns, held)), list(compress(calls, held))
            apart = list(chain.from_iterable(zip(asked, answered, strict=True)))
        if lines:
            self.lines.extend(lines)
            self.kinds += _kinds(turns, calls, asked, answered)
            self._note(b"\0".join(apart), asked, answered)
            self._sketch(apart, calls)

    def _sketch(self, apart: list[bytes], calls: list[bool]) -> None:
        slots, last = minima(apart, SLOTS, ANSWER, len(self.lines))
        answers = bytearray(last)
        for at in compress(range(len(calls)), calls):  # calls are the same or others: there is no more or less
            answers[at * ANSWER : (at + 1) * ANSWER] = hashlib.sha256(apart[2 * at + 1]).digest()[:ANSWER]
        self.slots += slots
        self.answers += answers

    def _note(self, texts: bytes, asked: list[bytes], answered: list[bytes]) -> None:
        """Take in the hashes of each prompt and answer: that of the prompt is the seed for that of the answer."""
        self.texts.extend(map(xxh3_64_intdigest, answered, map(xxh3_64_intdigest, asked)))
        letters = texts.translate(None, _DIGITS).split(b"\0")
        self.letters.extend(map(xxh32_intdigest, letters[1::2], map(xxh32_intdigest, letters[::2])))
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
    examples: list[Example], plain: Talks | None, tooled: ToolRows, fmt: Format
) -> tuple[list[int], list[str], list[str], list[int], list[bool]]:
    """Of each row its line, its prompt, its answer, its turns, and whether it calls functions."""
    lines = [example.line.number for example in examples]
    if plain is not None:
        return lines, *said_at_once(plain.texts, plain.speakers, plain.ends), [False] * len(lines)
    said: list[tuple[str, str, int, bool]] = []
    calling = dict(zip(tooled.places, _said_calling(tooled), strict=True))
    for at, example in enumerate(examples):
        if at in calling:
            said.append(calling[at])
            continue
        told = said_plainly(example.value.get("messages")) if fmt is Format.CHAT else None
        said.append(told or said_in(example, fmt))
    prompts, answers, turns, calls = map(list, zip(*said, strict=True))
    return lines, prompts, answers, turns, calls


def _said_calling(tooled: ToolRows) -> Iterator[tuple[str, str, int, bool]]:
    borders = pairwise(tooled.ends)
    for course, names, (start, end) in zip(tooled.courses, tooled.names, borders, strict=True):
        yield said_calling(course, tooled.texts[start:end], names)


def _kinds(turns: list[int], calls: list[bool], asked: list[bytes], answered: list[bytes]) -> bytearray:
    found = bytearray(map(min, turns, repeat(TURNS)))
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
    whole = b"\0".join(texts)
    if whole.isascii():
        return [text[:EDGE] + text[-EDGE:] for text in texts]
    ends = [text[:EDGE] + text[-EDGE:] for text in _text(whole).split("\0")]
    return "\0".join(ends).encode("utf-8", "surrogatepass").split(b"\0")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
