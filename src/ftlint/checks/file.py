"""FT0, the file as bytes: told from its head and its line ends, before a line is parsed."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ftlint.model import Problem
from ftlint.read import MAX_LINE_BYTES, Reader

_COMPRESSED = {
    b"\x1f\x8b": ("gzip", "gunzip"),
    b"BZh": ("bzip2", "bunzip2"),
    b"\xfd7zXZ\x00": ("xz", "unxz"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
    b"7z\xbc\xaf\x27\x1c": ("7-zip", "7z x"),
}
_BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file",
    b"\x7fELF": "a program",
}
_WIDE_BOMS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"),
              (codecs.BOM_UTF16_BE, "UTF-16"))  # fmt: skip
_HEADER_WORDS = {"prompt", "completion", "question", "answer", "input", "output", "instruction", "response", "text",
                 "dialogue", "summary", "messages", "system", "user", "assistant", "label"}  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the head of a file says.

    Attributes:
        problems: findings about the whole file.
        skip: bytes of a byte order mark at the start.
        readable: the lines are worth reading; False where a problem already says it all.
    """

    problems: tuple[Problem, ...]
    skip: int = 0
    readable: bool = True


def sniff(head: bytes) -> Sniffed:
    """Tell what a file is from its first megabyte; a file that is no JSONL gives exactly one problem."""
    if not head.strip(b" \t\r\n\xef\xbb\xbf"):
        return _refused("FT001")
    for bom, encoding in _WIDE_BOMS:
        if head.startswith(bom):
            return _refused("FT003", encoding=encoding)
    if encoding := _wide_without_bom(head):
        return _refused("FT003", encoding=encoding)
    for magic, (kind, command) in _COMPRESSED.items():
        if head.startswith(magic):
            return _refused("FT007", kind=kind, command=command)
    if head.startswith(b"PK\x03\x04"):
        excel = b"xl/" in head
        return _refused("FT005", kind="an Excel workbook") if excel else _refused("FT007", kind="zip", command="unzip")
    for magic, kind in _BINARY.items():
        if head.startswith(magic):
            return _refused("FT005", kind=kind)
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return _refused("FT006")
    if len(_CONTROL.findall(head[:65536])) > max(8, len(head[:65536]) // 10):
        return _refused("FT005", kind="a binary file")
    return _text(head)


def _refused(code: str, **values: str) -> Sniffed:
    return Sniffed((Problem(code, values=dict(values)),), readable=False)


def _wide_without_bom(head: bytes) -> str | None:
    sample = head[:4096]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 2 > len(sample) * 0.6 and min(even, odd) * 2 < len(sample) * 0.1:
        return "UTF-16"
    return "UTF-32" if (even + odd) > len(sample) * 0.7 else None


def _text(head: bytes) -> Sniffed:
    skip = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    marks = (Problem("FT004"),) if skip else ()
    text = head[skip:].decode("utf-8", "replace")
    start = text.lstrip()
    first = start.split("\n", 1)[0].strip()
    if start.startswith("[") and not (_parses(first) and "\n" in start.rstrip()):
        return Sniffed((*marks, Problem("FT014")), skip, readable=False)
    if start.startswith("{") and not _parses(first) and _spans_lines(start, first):
        return Sniffed((*marks, Problem("FT015")), skip, readable=False)
    if not start.startswith(("{", "[")) and (delimiter := _delimiter(start)):
        return Sniffed((*marks, Problem("FT017", values={"kind": delimiter})), skip, readable=False)
    return Sniffed(marks, skip)


def _parses(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _spans_lines(start: str, first: str) -> bool:
    """The first JSON value runs over several lines, with line ends between its tokens and not inside a string."""
    if first != "{" and not re.search(r"[\[{,:]$", first):
        return False
    try:
        _, end = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        return first == "{" and len(start) > 2  # longer than the head, or broken inside: still laid out over lines
    return "\n" in start[:end]


def _delimiter(start: str) -> str | None:
    lines = start.splitlines()[:2]
    for delimiter, kind in ((",", "CSV"), ("\t", "TSV"), (";", "CSV")):
        rows = list(csv.reader(lines, delimiter=delimiter))
        header = {cell.strip().strip('"').lower() for cell in rows[0]} if rows else set()
        if len(header) > 1 and header & _HEADER_WORDS:
            return kind
    return None


def after_reading(reader: Reader, blank: list[int]) -> Iterator[Problem]:
    """Problems that only the whole file shows: line ends, blank lines, lines that are too long."""
    if reader.first_crlf is not None:
        yield Problem("FT008", reader.first_crlf, values={"count": reader.crlf})
    for number in blank:
        yield Problem("FT009", number)
    for number, length in reader.too_long:
        yield Problem("FT018", number, values={"size": length // 1_000_000, "limit": MAX_LINE_BYTES // (1024 * 1024)})
