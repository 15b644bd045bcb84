"""Stages 1 to 3 for a run of lines: the batch path gives what a plain, slow path gives, row by row."""

from __future__ import annotations

import json
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY, chat
from ftlint import formats, parse
from ftlint.checks import syntax
from ftlint.checks.base import Batch
from ftlint.checks.schema import describe
from ftlint.context import make_context
from ftlint.judging import Judge
from ftlint.model import Example, Format, Line, Problem, Role
from ftlint.read import Source
from ftlint.settings import Settings
from ftlint.talks import ROLES, none_plain, talks
from test_workers import MESSY

CONTEXT = make_context(Settings(today=TODAY))
ROWS_ALONE = make_context(Settings(today=TODAY, select=("FT0", "FT1", "FT2")))
"""No rule compares rows."""
TEXT = st.lists(st.sampled_from(['"', "\\", ":", '":', '{"a":', "a", "\u3042", "\\u0022", "\n", " "]), max_size=3).map(
    "".join
)
VALUE = st.recursive(
    st.one_of(TEXT, st.integers(-5, 5), st.none(), st.sampled_from([1e5, 1e-5, 1e16])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(st.tuples(TEXT, inner))),
    max_leaves=8,
)
"""JSON whose objects are lists of pairs, so that they can hold a key twice; a list of pairs is an object."""


def written(value: Any, escaped: bool) -> str:
    """The value as JSON, duplicates and all; ``escaped`` writes quotes and colons in strings by their numbers."""
    if isinstance(value, str):
        by_number = {'"', ":"} if escaped else {}
        return '"' + "".join(f"\\u{ord(c):04X}" if c in by_number else json.dumps(c)[1:-1] for c in value) + '"'
    if isinstance(value, list) and value and all(isinstance(item, tuple) for item in value):
        pairs = (f"{written(key, escaped)} : {written(item, escaped)}" for key, item in value)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, escaped) for item in value) + "]"
    return json.dumps(value)


def repeats(text: str) -> bool:
    """An object holds a key twice, told by the standard library's parser."""
    found = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.append(len({key for key, _ in pairs}) < len(pairs))
        return dict(pairs)

    json.loads(text, object_pairs_hook=look)
    return any(found)


@given(st.lists(st.tuples(VALUE, st.booleans()), min_size=1, max_size=4))
def test_no_key_that_an_object_holds_twice_is_missed(values: list[tuple[Any, bool]]) -> None:
    texts = [written(value, escaped) for value, escaped in values]
    raws = [text.encode() for text in texts]
    canonicals = [orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS) for raw in raws]
    for text, raw, canonical in zip(texts, raws, canonicals, strict=True):
        told = syntax.may_repeat_keys(raw, canonical)
        assert told is (repeats(text) or "\\u0022" in text)
        assert repeats(text) is any(True for _ in syntax.duplicate_keys(Line(1, 0, raw, True)))
    together = syntax.may_repeat_keys(b"\n".join(raws), b"".join(canonicals))
    assert together is any(syntax.may_repeat_keys(*pair) for pair in zip(raws, canonicals, strict=True))


MEMBERS = st.one_of(
    st.tuples(st.just("role"), st.sampled_from(sorted(ROLES))),
    st.tuples(st.just("content"), TEXT),
)
MESSAGE = st.tuples(st.sampled_from(sorted(ROLES)), TEXT, st.lists(MEMBERS, max_size=1)).map(
    lambda said: [*said[2], ("role", said[0]), ("content", said[1])]
)
TALK = st.lists(MESSAGE, min_size=1, max_size=3)
TALKS = st.tuples(st.lists(st.tuples(st.just("messages"), TALK), max_size=1), TALK).map(
    lambda row: [*row[0], ("messages", row[1])]
)
"""Rows that are plain once they are parsed; some of them hold a key twice."""


@given(st.lists(st.tuples(TALKS, st.booleans()), min_size=1, max_size=4))
def test_no_key_that_a_plain_row_holds_twice_is_missed(rows: list[tuple[Any, bool]]) -> None:
    texts = [written(value, escaped) for value, escaped in rows]
    raws = [text.encode() for text in texts]
    found = talks([orjson.loads(raw) for raw in raws])
    assert not found.odd
    twice = any(map(repeats, texts))
    told = syntax.plain_may_repeat_keys(raws, found.texts)
    assert told or not twice
    assert twice or not told or any("\\u0022" in text for text in texts)


@given(st.binary(max_size=60))
def test_quotes_are_counted_the_same_without_numpy(data: bytes) -> None:
    import numpy as np

    assert syntax._quotes(data) == data.count(b'"') == np.count_nonzero(np.frombuffer(data, np.uint8) == ord('"'))
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "numpy")
        assert syntax._quotes(data) == data.count(b'"')


class Plain:
    """The parser of the rows, one by one."""

    def __init__(self, fmt: Format) -> None:
        self.format = fmt
        self.blank: list[int] = []
        self.nonblank = self.objects = 0
        self.first_object: int | None = None
        self.torn = ""
        self.examples: list[Example] = []
        self.problems: list[Problem] = []

    def line(self, line: Line) -> None:
        if not line.raw.strip():
            if not self.torn:
                self.blank.append(line.number)
            return
        try:
            value, canonical = parse.parse(line)
        except parse.Unparsable:
            if not (self.torn and syntax.continues(line, self.torn)):
                problem = syntax.diagnose(line, last=not line.terminated)
                self.nonblank += syntax.rows_on(line) if problem.code == "FT016" else 1
                self.torn = syntax.runs_on(problem)
                self.problems.append(problem)
            return
        if self.torn and syntax.continues(line, self.torn):
            return
        self.nonblank += 1
        self.torn = ""
        if not isinstance(value, dict):
            self.problems.append(syntax.not_an_object(line, describe(value), self.format))
            return
        self.objects += 1
        self.first_object = self.first_object or line.number
        self.problems += syntax.duplicate_keys(line)
        if self.format is Format.UNKNOWN:
            return
        other = formats.deviates(value, self.format)
        if other is None:
            self.examples.append(Example(line, value, canonical))
        else:
            values = {"format": other.value, "majority": self.format.value}
            self.problems.append(Problem("FT106", line.number, (), values=values))


ROWS = st.one_of(
    MESSY.filter(lambda raw: b"\n" not in raw),
    st.sampled_from([
        json.dumps(chat("a", "b")).encode(), b'{"messages": [], "messages": [1]}', b'{"prompt": "", "completion": ""}',
        b'{"messages": [{"role": "user", "content": "a', b'b"}]}', b"42", b" \x0b ", b'{"a": 1} {"a": 2}', b"{}",
        b'{"input": {}, "preferred_output": []}', b'{"messages":[{"role":"user","content":"\\u0022","content":""}]}',
    ]),
)  # fmt: skip


@given(st.lists(ROWS, max_size=30), st.sampled_from(list(Format)), st.integers(1, 8), st.booleans())
def test_the_rows_of_a_batch_are_those_of_the_plain_way(raws: list[bytes], fmt: Format, size: int, ended: bool) -> None:
    last = len(raws)
    lines = [Line(number, 0, raw, ended or number < last) for number, raw in enumerate(raws, 1)]
    plain, judge = Plain(fmt), Judge(Source("x.jsonl", Role.TRAIN, None, b""), fmt, CONTEXT)
    problems: list[Problem] = []
    examples: list[Example] = []
    for first in range(0, len(lines), size):
        batch = Batch(Role.TRAIN, fmt, lines[first : first + size])
        problems += sorted(judge._parse(batch), key=lambda problem: problem.line or 0)
        examples += batch.examples
    for line in lines:
        plain.line(line)
    assert problems == plain.problems
    assert examples == plain.examples
    tally = judge.tally
    assert (list(tally.blank), tally.nonblank, tally.objects) == (plain.blank, plain.nonblank, plain.objects)
    assert (tally.first_object, judge.torn) == (plain.first_object, plain.torn)


@given(st.lists(ROWS, max_size=12), st.sampled_from(list(Format)))
def test_the_rows_are_the_same_where_no_rule_asks_for_their_canonical_json(raws: list[bytes], fmt: Format) -> None:
    lines = [Line(number, 0, raw, True) for number, raw in enumerate(raws, 1)]
    found = []
    for context in (CONTEXT, ROWS_ALONE):
        batch = Batch(Role.TRAIN, fmt, lines)
        problems = list(Judge(Source("x.jsonl", Role.TRAIN, None, b""), fmt, context)._parse(batch))
        found.append((problems, [(each.line, each.value, each.canonical) for each in batch.examples]))
        assert [each.canonical for each in batch.examples] == [parse.canonical(each.value) for each in batch.examples]
        assert batch.values == [each.value for each in batch.examples]
        assert batch.raws == [each.line.raw for each in batch.examples]
        assert batch.talks == (talks(batch.values) if fmt is Format.CHAT else none_plain(len(batch.examples)))
    assert found[0] == found[1]
