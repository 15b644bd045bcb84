"""Runs of lines as columns, and examples that are made when one is asked for: the same as if all were made at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint import parse, read
from ftlint.lines import Lines, joined, numbers_of, raws_of
from ftlint.model import Example, Line, Role
from ftlint.read import Reader, Source

TEXT = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\n", b"\r", b"xxxxxxxx"]), max_size=60).map(b"".join)
RAWS = st.lists(st.binary(max_size=4), min_size=1, max_size=12)


def plainly(content: bytes, most: int) -> list[Line]:
    """The lines of a file, one by one; none of those that are too long."""
    found, offset = [], 0
    for number, raw in enumerate(_pieces(content), 1):
        ended = raw.endswith(b"\n")
        bare = raw.removesuffix(b"\n")
        if len(bare) <= most:
            found.append(Line(number, offset, bare.removesuffix(b"\r") if ended else bare, ended))
        offset += len(raw)
    return found


def _pieces(content: bytes) -> Iterator[bytes]:
    *ended, rest = content.split(b"\n")
    yield from (raw + b"\n" for raw in ended)
    if rest:
        yield rest


def run(raws: list[bytes], number: int = 1, offset: int = 0) -> Lines:
    return Lines(raws, number, offset, offset + sum(map(len, raws)) + len(raws))


@given(TEXT, st.integers(1, 9), st.integers(1, 5), st.integers(1, 40), st.integers(2, 12))
def test_lines_are_the_same_in_any_chunks_and_batches(
    content: bytes, batch: int, first: int, chunk: int, most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "CHUNK_BYTES", chunk)
        patch.setattr(read, "MAX_LINE_BYTES", most)
        reader = Reader(Source("x", Role.TRAIN, None, content), batch_lines=batch, first_lines=first)
        batches = list(reader.batches())
    wanted = plainly(content, most)
    assert [line for lines in batches for line in lines] == wanted
    assert [lines[at] for lines in batches for at in range(len(lines))] == wanted
    assert [raw for lines in batches for raw in raws_of(lines)] == [line.raw for line in wanted]
    assert [number for lines in batches for number in numbers_of(lines)] == [line.number for line in wanted]
    assert all(0 < len(lines) <= batch for lines in batches)


@given(RAWS, st.integers(1, 99), st.integers(0, 99), st.integers(-14, 14), st.integers(-14, 14))
def test_a_part_of_a_run_has_the_places_of_the_whole(
    raws: list[bytes], number: int, offset: int, first: int, last: int
) -> None:
    lines = run(raws, number, offset)
    part = lines[first:last]
    assert list(part) == list(lines)[first:last]
    assert part.end == (part.offsets[-1] if part else part.offset)
    assert [lines[at] for at in range(-len(raws), 0)] == list(lines)
    assert list(joined(lines[:first], lines[first:])) == list(lines)


def test_a_run_is_no_list() -> None:
    lines = run([b"a", b"b", b"c"])
    with pytest.raises(IndexError):
        lines[3]
    with pytest.raises(ValueError, match="follow one another"):
        lines[::2]


def test_runs_with_a_line_between_them_are_no_run() -> None:
    one, two = run([b"a", b"b"]), run([b"c"], 4, 90)
    assert isinstance(joined(one, run([b"c"], 3, 4)), Lines)
    apart = joined(one, two)
    assert not isinstance(apart, Lines)
    assert [(line.number, line.offset) for line in apart] == [(1, 0), (2, 2), (4, 90)]


@pytest.mark.parametrize("with_texts", [True, False])
def test_examples_are_those_of_their_lines(with_texts: bool) -> None:
    lines = run([b'{"b": 1, "a": "x"}', b'{"a": 2}', b"{}"])
    values, texts = parse.parse_all(lines)
    wanted = [Example(*each) for each in zip(lines, values, texts, strict=True)]
    held = parse.Examples(lines, values, texts if with_texts else None)
    assert list(held.canonicals) == texts
    for when in ("one by one", "all at once"):  # the second time all of them have been made
        assert [held[at].line for at in (0, 1, 2, -1)] == [lines[at] for at in (0, 1, 2, -1)], when
        assert [held[at].canonical for at in range(3)] == texts
        assert [example.value for example in held] == values
    assert [(each.line, each.value, each.canonical) for each in held[1:]] == wanted[1:]
    assert len(held) == 3
