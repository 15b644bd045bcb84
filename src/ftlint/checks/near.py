"""FT502 and FT505, near-copies: MinHash sketches of every row, banded, compared where they can be alike."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.columns import plain
from ftlint.model import Example, Format, Place, Problem, Role

CODES = frozenset({"FT502", "FT505"})
SLOTS = 128
"""Slots of a sketch; the standard error of a similarity is about 0.035 at 0.8."""
BANDS = 16
"""Bands of four slots, from the first half of a sketch."""
WIDTH = 4
SHINGLE = 4
"""UTF-16 units in a shingle: half a word of English, a word of Japanese or Chinese."""
SHORTEST = 40
"""Shingles below which a row is not compared: one word more or less would decide."""
ALIKE = 0.8
"""Share of equal slots from which two rows are near-copies."""
TELLING = 24
"""Slots that must be left when those that the whole file shares are put aside."""
SHARED = 0.25
"""A value that this share of the rows has in a slot belongs to a template, not to a row."""
FEW = 4
"""So many rows may be near-copies of each other in a small file without being taken for a template."""
SAMPLE = 1000
"""Rows whose slots are looked at to know what is shared."""
CROWD = 12
"""Rows of one bucket that a row is compared with."""
OFTEN = 2
"""Bands that two rows must share to be compared: of rows that are 0.8 alike, 3 in 1,000 share fewer."""
NEAREST = 4
"""Rows that a row is compared with slot by slot: those that it shares most bands with."""
_SEED = 20261122


@dataclass
class Sketches:
    """The sketches of a file's rows, 256 bytes each, in order."""

    lines: array[int] = field(default_factory=lambda: array("Q"))
    digests: bytearray = field(default_factory=bytearray)
    turns: array[int] = field(default_factory=lambda: array("L"))
    slots: array[int] = field(default_factory=lambda: array("H"))

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        flat: array[int] = array("Q")
        ends = [0]
        for example in batch.examples:
            if b'"image_url"' in example.line.raw:
                continue  # the same question about another picture is another example
            held = said(example, batch.format)
            shingles = shingle(" ".join(" ".join(held).casefold().split()))
            if len(shingles) < SHORTEST:
                continue
            flat += shingles
            ends.append(len(flat))
            self.lines.append(example.line.number)
            self.digests += example.content_sha256[:16]
            self.turns.append(len(held))
        if len(ends) > 1:
            self.slots += _sketch(flat, ends)

    def merge(self, later: Sketches) -> None:
        """Take in the state of the lines that follow."""
        self.lines += later.lines
        self.digests += later.digests
        self.turns += later.turns
        self.slots += later.slots


def said(example: Example, fmt: Format) -> list[str]:
    """What was said in a row, turn by turn: no system prompt and no tools, which rows share."""
    value = example.value
    if fmt is Format.COMPLETION:
        return [text for key in ("prompt", "completion") if isinstance(text := value.get(key), str)]
    if fmt is Format.PREFERENCE:
        given = value.get("input")
        groups = [given.get("messages") if isinstance(given, dict) else None, value.get("preferred_output")]
    else:
        groups = [value.get("messages")]
    messages = [message for group in groups if isinstance(group, list) for message in group]
    return [
        _turn(message) for message in messages
        if isinstance(message, dict) and message.get("role") not in ("system", "developer")
    ]  # fmt: skip


def _turn(message: dict[str, object]) -> str:
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    names = [f"{call.get('name')} {call.get('arguments')}" for call in functions if isinstance(call, dict)]
    return " ".join([plain(message.get("content")), *names])


def shingle(text: str) -> array[int]:
    """Every run of four UTF-16 units as one integer; the order is that of four interleaved passes."""
    raw = text.encode("utf-16-le", "surrogatepass")
    size = 2 * SHINGLE
    found: array[int] = array("Q")
    for start in range(0, size, 2):
        found.frombytes(raw[start : start + (len(raw) - start) // size * size])
    return found


def _sketch(flat: array[int], ends: list[int]) -> array[int]:
    from rensa import RMinHash

    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, ends, num_perm=SLOTS, seed=_SEED)
    found: array[int] = array("H")
    for row in matrix.to_rows():
        halves: array[int] = array("H")
        halves.frombytes(array("I", row).tobytes())
        found += halves[::2]  # 16 bits of each slot tell values apart well enough
    return found


class Item(NamedTuple):
    """One row among all that are compared."""

    file: int
    line: int
    digest: bytes
    turns: int
    slots: array[int]


class Match(NamedTuple):
    """A row, the earlier row that it is most like, and how much (0..1)."""

    item: Item
    other: Item
    alike: float


def near_copies(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT502 within the training files and within each validation file, FT505 from one to the other."""
    roles = {file.index: file.role for file in files}
    names = {file.index: file.path for file in files}
    asked = Asked(files)
    same = _same_prompt(files) if "FT505" in context.active else {}
    for place, others in same.items():
        values = {"what": "the same prompt, with another answer, is", "line": others[0].line, "file": others[0].path}
        yield place[0], Problem("FT505", place[1], (), values=values, related=tuple(others))
    for match in matches(_items(files), roles, asked):
        item, other = match.item, match.other
        percent = min(round(match.alike * 100), 99)
        leak = roles[item.file] is not roles[other.file]
        if leak and (item.file, item.line) in same:
            continue
        values = {"line": other.line, "file": names[other.file], "percent": percent, "what": "a near-copy is"}
        where = Place(names[other.file], other.line)
        yield item.file, Problem("FT505" if leak else "FT502", item.line, (), values=values, related=(where,))


def _items(files: Sequence[FileResult]) -> list[Item]:
    """The first row of each content, training files before validation files."""
    found: list[Item] = []
    seen: set[bytes] = set()
    for file in sorted(files, key=lambda file: (file.role is Role.VALIDATION, file.index)):
        state: Sketches = file.states["sketches"]
        for at, line in enumerate(state.lines):
            content = bytes(state.digests[16 * at : 16 * at + 16])
            if content not in seen:  # copies are FT501 and FT504
                seen.add(content)
                slots = state.slots[SLOTS * at : SLOTS * (at + 1)]
                found.append(Item(file.index, line, content, state.turns[at], slots))
    return found


class Asked:
    """Prompt and answer of a row, looked up only for rows that are compared."""

    def __init__(self, files: Sequence[FileResult]) -> None:
        self._rows = {file.index: file.states["rows"] for file in files}
        self._at: dict[int, dict[int, int]] = {}

    def pair(self, item: Item) -> tuple[bytes, bytes] | None:
        """Digests of prompt and answer, or None for a row without a trained answer."""
        rows = self._rows[item.file]
        places = self._at.get(item.file)
        if places is None:
            places = self._at[item.file] = {line: at for at, line in enumerate(rows.lines)}
        at = places.get(item.line)
        return rows.pair(at) if at is not None else None


def _same_prompt(files: Sequence[FileResult]) -> dict[tuple[int, int], list[Place]]:
    """Validation rows whose prompt a training row has with another answer, and none with the same."""
    training: dict[bytes, list[tuple[bytes, Place]]] = {}
    for file in files:
        for row in file.states["rows"] if file.role is Role.TRAIN else ():
            training.setdefault(row.prompt, []).append((row.answer, Place(file.path, row.line)))
    found = {}
    for file in files:
        for row in file.states["rows"] if training and file.role is Role.VALIDATION else ():
            held = training.get(row.prompt, [])
            if held and all(answer != row.answer for answer, _ in held):
                found[file.index, row.line] = [place for _, place in held[:20]]
    return found


def matches(items: list[Item], roles: dict[int, Role], asked: Asked) -> Iterator[Match]:
    """For each row the earlier row of each kind of file that it is most like, if it is a near-copy of it."""
    shared = _shared(items)
    templated = any(shared)
    tables: list[dict[bytes, tuple[int, ...]]] = [{} for _ in range(BANDS)]
    for number, item in enumerate(items):
        met: list[int] = []
        alone = (number,)
        raw = item.slots.tobytes()
        size = WIDTH * item.slots.itemsize
        for band, table in enumerate(tables):
            first = band * WIDTH
            if templated and all(item.slots[at] in shared[at] for at in range(first, first + WIDTH)):
                continue
            key = raw[band * size : (band + 1) * size]
            bucket = table.get(key)
            if bucket is None:
                table[key] = alone
                continue
            met += bucket
            if len(bucket) < CROWD:
                table[key] = bucket + alone
        if met:
            often = [(times, -other) for other, times in Counter(met).items() if times >= OFTEN]
            yield from _nearest(item, sorted(often, reverse=True), items, roles, shared, asked)


def _nearest(
    item: Item,
    often: list[tuple[int, int]],
    items: list[Item],
    roles: dict[int, Role],
    shared: list[set[int]],
    asked: Asked,
) -> Iterator[Match]:
    for role in Role:
        others = [items[-other] for _, other in often if roles[items[-other].file] is role][:NEAREST]
        best = _best(item, others, shared, asked)
        if best is not None:
            yield best


def _shared(items: list[Item]) -> list[set[int]]:
    """Per slot the values that a good share of the rows has: the template, if there is one."""
    step = max(1, len(items) // SAMPLE)
    sample = items[::step]
    bound = max(FEW, SHARED * len(sample))
    columns = zip(*(item.slots for item in sample), strict=True)
    return [{value for value, times in Counter(c).items() if times > bound} for c in columns] or [set()] * SLOTS


def _best(item: Item, others: Sequence[Item], shared: list[set[int]], asked: Asked) -> Match | None:
    best = None
    mine = asked.pair(item) if others else None
    for other in others:
        if other.turns != item.turns:  # one conversation, told up to another turn, is no copy
            continue
        theirs = asked.pair(other)
        if mine and theirs and mine[0] == theirs[0] and mine[1] != theirs[1]:
            continue  # the same prompt with another answer has rules of its own
        alike = similarity(item.slots, other.slots, shared)
        if alike >= ALIKE and (best is None or alike > best.alike):
            best = Match(item, other, alike)
    return best


def similarity(one: array[int], two: array[int], shared: list[set[int]]) -> float:
    """Share of equal slots among those that tell rows apart; 0 where too few are left."""
    equal = different = 0
    for mine, theirs, common in zip(one, two, shared, strict=True):
        if mine != theirs:
            different += 1
        elif mine not in common:
            equal += 1
    return equal / (equal + different) if equal + different >= TELLING else 0.0
