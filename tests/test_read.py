"""Stage 1: lines, offsets, terminators and hashes, whatever the chunks and batches."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint import read
from ftlint.errors import InputError
from ftlint.model import Role
from ftlint.read import Reader, Source, read_lines


def source(content: bytes) -> Source:
    return Source("x.jsonl", Role.TRAIN, None, content)


@given(st.binary(max_size=400), st.integers(1, 7), st.integers(1, 50))
def test_lines_are_those_of_split_for_any_chunk_and_batch(content: bytes, batch: int, chunk: int) -> None:
    original, read.CHUNK_BYTES = read.CHUNK_BYTES, chunk
    try:
        reader = Reader(source(content), batch_lines=batch)
        lines = [line for lines in reader.batches() for line in lines]
    finally:
        read.CHUNK_BYTES = original
    *ended, rest = content.split(b"\n")
    expected = [*ended, rest] if rest else ended
    assert [line.raw for line in lines] == [raw.removesuffix(b"\r") for raw in ended] + ([rest] if rest else [])
    assert [line.number for line in lines] == list(range(1, len(expected) + 1))
    for line, raw in zip(lines, expected, strict=True):
        assert content[line.offset : line.offset + len(raw)] == raw
    assert reader.sha256 == hashlib.sha256(content).hexdigest()
    assert reader.bytes == len(content)
    assert reader.final_newline is (content == b"" or content.endswith(b"\n"))


@given(st.integers(0, 40), st.integers(1, 7), st.integers(1, 9), st.integers(1, 50))
def test_the_first_batch_may_be_shorter(lines: int, batch: int, first: int, chunk: int) -> None:
    original, read.CHUNK_BYTES = read.CHUNK_BYTES, chunk
    try:
        found = [len(held) for held in Reader(source(b"x\n" * lines), batch_lines=batch, first_lines=first).batches()]
    finally:
        read.CHUNK_BYTES = original
    ahead = min(first, batch, lines)
    whole, rest = divmod(lines - ahead, batch)
    assert found == [size for size in (ahead, *[batch] * whole, rest) if size]


def test_carriage_returns_are_counted() -> None:
    reader = Reader(source(b"a\nb\r\nc\r\n"))
    assert [line.raw for lines in reader.batches() for line in lines] == [b"a", b"b", b"c"]
    assert (reader.crlf, reader.first_crlf) == (2, 2)


def test_a_line_above_the_bound_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_LINE_BYTES", 10)
    monkeypatch.setattr(read, "CHUNK_BYTES", 4)
    reader = Reader(source(b"short\n" + b"x" * 25 + b"\nlast\n"))
    assert [(line.number, line.offset, line.raw) for lines in reader.batches() for line in lines] == [
        (1, 0, b"short"),
        (3, 32, b"last"),
    ]
    assert reader.too_long == [(2, 25)]


def test_a_mark_at_the_start_is_skipped_but_hashed() -> None:
    content = b"\xef\xbb\xbf{}\n"
    reader = Reader(source(content), skip=3)
    lines = [line for lines in reader.batches() for line in lines]
    assert (lines[0].raw, lines[0].offset) == (b"{}", 3)
    assert reader.sha256 == hashlib.sha256(content).hexdigest()


def test_chosen_lines_are_read_again() -> None:
    found = read_lines(source(b"a\nb\nc\nd\n"), {2, 4})
    assert {number: line.raw for number, line in found.items()} == {2: b"b", 4: b"d"}


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_what_cannot_be_read_is_a_clear_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "folder" else tmp_path / "nowhere.jsonl"
    with pytest.raises(InputError) as caught:
        Source(str(path), Role.TRAIN, path).open()
    assert caught.value.exit_code == 2
    assert caught.value.hint
