"""What FT502 and FT505 remember of each row: a MinHash sketch of what is said in it, and one of its answer."""

from __future__ import annotations

import hashlib
import re
import sys
import zlib
from array import array
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from ftlint.checks import repeats
from ftlint.checks.base import Batch, Context
from ftlint.checks.columns import plain
from ftlint.model import Example, Format
from ftlint.texts import RESERVED

CODES = frozenset({"FT502", "FT505"})
SLOTS = 112
"""Slots of a sketch, a byte each; the standard error of a similarity is 0.038 at 0.8."""
ANSWER = 16
"""Slots of the sketch of the answer alone."""
RUN = 4
"""UTF-16 units in a run: most of a word of English, a word of Japanese or Chinese."""
SHORTEST = 20
"""Units, white space aside, below which a row is only compared as a whole: one word more or less would decide."""
PIECE = 250
"""Rows that are taken in at a time, so that their runs stay in the processor's cache."""
EDGE = 64
"""Characters at either end of a prompt, white space aside, in which a question about a shared text stands."""
TURNS = 31
LABEL = 32
CALLS = 64
SHORT = 128
_SEED = 20261122
_LOW = 0 if sys.byteorder == "little" else 3
_DIGITS = b"0123456789"
_WIDE = re.compile("[０-９]")
_LOWER = bytes(range(256)).lower()
_BLANK = bytes([0, *range(9, 14), *range(28, 33)])
_NARROW = {ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")}


@dataclass
class Sketches:
    """The sketches of a file's rows, in order: 145 bytes each.

    Attributes:
        lines: line numbers. ``slots``: the low bytes of SLOTS minima. ``answers``: those of the answer.
        texts: CRC of what is said, without case and white space. ``letters``: the same without digits.
        edges: CRC of both ends of the prompt, where the task is told.
        kinds: number of turns (up to TURNS), and the flags LABEL (the answer is short), CALLS (it calls functions) and
            SHORT (all is short).
    """

    lines: array[int] = field(default_factory=repeats.numbers)
    slots: bytearray = field(default_factory=bytearray)
    answers: bytearray = field(default_factory=bytearray)
    letters: array[int] = field(default_factory=repeats.numbers)
    texts: array[int] = field(default_factory=repeats.numbers)
    edges: array[int] = field(default_factory=repeats.numbers)
    kinds: bytearray = field(default_factory=bytearray)

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        for first in range(0, len(batch.examples), PIECE):
            self._add(batch.examples[first : first + PIECE], batch.format)

    def _add(self, examples: list[Example], fmt: Format) -> None:
        texts: list[str] = []
        for example in examples:
            if b'"image_url"' in example.line.raw:
                continue  # the same question about another picture is another example
            said = said_in(example, fmt)
            asked, answered = squeeze(said.prompt), squeeze(said.answer)
            if not asked and not answered:
                continue
            texts += (asked, answered)
            self.lines.append(example.line.number)
            short = len(asked) + len(answered) < SHORTEST
            label = len(answered) < SHORTEST
            self.kinds.append(min(said.turns, TURNS) | LABEL * label | CALLS * said.calls | SHORT * short)
        if texts:
            self._note(texts)
            self._sketch(*runs(texts))
            for at in range(len(texts) // -2, 0):  # calls are the same or others: there is no more or less
                if self.kinds[at] & CALLS:
                    exact = hashlib.sha256(texts[2 * at + 1].encode("utf-8", "surrogatepass")).digest()[:ANSWER]
                    start = len(self.answers) + at * ANSWER
                    self.answers[start : start + ANSWER] = exact

    def _note(self, texts: list[str]) -> None:
        """Take in the CRCs of each prompt and answer, two texts a row."""
        rows = zip(texts[::2], texts[1::2], strict=True)
        whole = "\0".join([f"{asked} {answered}" for asked, answered in rows]).encode("utf-8", "surrogatepass")
        edges = "\0".join([asked[:EDGE] + asked[-EDGE:] for asked in texts[::2]]).encode("utf-8", "surrogatepass")
        self.texts.extend(map(zlib.crc32, whole.split(b"\0")))
        self.letters.extend(map(zlib.crc32, whole.translate(None, _DIGITS).split(b"\0")))
        self.edges.extend(map(zlib.crc32, edges.split(b"\0")))

    def _sketch(self, flat: array[int], borders: list[int]) -> None:
        from rensa import RMinHash

        whole = RMinHash.digest_matrix_from_flat_token_hashes(flat, borders[::2], num_perm=SLOTS, seed=_SEED)
        self.slots += _bytes(whole.to_rows())
        answers: array[int] = array("Q")
        ends = [0]
        for first, last in zip(borders[1::2], borders[2::2], strict=True):
            answers += flat[first:last]
            ends.append(len(answers))
        parts = RMinHash.digest_matrix_from_flat_token_hashes(answers, ends, num_perm=ANSWER, seed=_SEED)
        self.answers += _bytes(parts.to_rows())

    def merge(self, later: Sketches) -> None:
        """Take in the state of the lines that follow."""
        self.lines += later.lines
        self.slots += later.slots
        self.answers += later.answers
        self.letters += later.letters
        self.texts += later.texts
        self.edges += later.edges
        self.kinds += later.kinds


class Said(NamedTuple):
    """What was said in a row: all before the last turn, and that."""

    prompt: str
    answer: str
    turns: int
    calls: bool


def said_in(example: Example, fmt: Format) -> Said:
    """What was said in a row: no system prompt and no tools, which rows share."""
    value = example.value
    if fmt is Format.COMPLETION:
        prompt, completion = value.get("prompt"), value.get("completion")
        return Said(
            prompt if isinstance(prompt, str) else "", completion if isinstance(completion, str) else "", 2, False
        )
    calls = False
    if fmt is Format.PREFERENCE:
        given = value.get("input")
        turns, _ = _turns(given.get("messages") if isinstance(given, dict) else None)
        turns += _turns(value.get("non_preferred_output"))[0]
        last, calls = _turns(value.get("preferred_output"))
        turns += last
    else:
        turns, calls = _turns(value.get("messages"))
        if fmt is Format.REINFORCEMENT:
            reference = {key: node for key, node in value.items() if key not in RESERVED}
            turns.append(orjson.dumps(reference, option=orjson.OPT_SORT_KEYS).decode())
    answer = turns.pop() if turns else ""
    return Said("\n".join(turns), answer, len(turns) + 1, calls)


def _turns(messages: Any) -> tuple[list[str], bool]:
    """The text of each turn, and whether the last one calls functions."""
    found = []
    names: list[str] = []
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") not in ("system", "developer"):
            content = message.get("content")
            text = content if isinstance(content, str) else plain(content)
            calls = message.get("tool_calls")
            names = _names(calls) if isinstance(calls, list) else []
            found.append(" ".join([text, *names]) if names else text)
    return found, bool(names)


def _names(calls: list[Any]) -> list[str]:
    made = [call.get("function") for call in calls if isinstance(call, dict)]
    return [f"{call.get('name')} {call.get('arguments')}" for call in made if isinstance(call, dict)]


def squeeze(text: str) -> str:
    """A text without upper case, white space and NUL; digits are narrow."""
    if text.isascii():
        return text.encode().translate(_LOWER, _BLANK).decode("ascii")
    text = "".join(text.casefold().split()).replace("\0", "")
    return text.translate(_NARROW) if _WIDE.search(text) else text


def runs(texts: list[str]) -> tuple[array[int], list[int]]:
    """Every run of four units of each text as one integer, at the place where it begins; and where each text begins.

    A shorter text is filled up with NULs. A run over the end of a text is replaced by the last one before it.
    """
    pieces = [text if len(text) >= RUN else text.ljust(RUN, "\0") for text in texts]
    raw = "".join(pieces).encode("utf-16-le", "surrogatepass")
    borders = [0]
    one = len(raw) == 2 * sum(map(len, pieces))  # a unit a character
    for piece in pieces:
        borders.append(borders[-1] + (len(piece) if one else len(piece.encode("utf-16-le", "surrogatepass")) // 2))
    found = array("Q", bytes(4 * len(raw)))
    raw += bytes(2 * RUN - 2)
    for first in range(RUN):
        some: array[int] = array("Q")
        some.frombytes(raw[2 * first : 2 * first + (len(raw) - 2 * first) // 8 * 8])
        found[first::RUN] = some
    for end in borders[1:]:
        found[end - 3] = found[end - 2] = found[end - 1] = found[end - RUN]
    return found, borders


def _bytes(rows: list[list[int]]) -> bytes:
    """The low byte of each slot, which tells values apart well enough."""
    return b"".join([array("I", row).tobytes()[_LOW::4] for row in rows])
