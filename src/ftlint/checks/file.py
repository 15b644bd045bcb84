"""FT0, the file as bytes: told from its head and its line ends, before a line is parsed."""

from __future__ import annotations

import codecs
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator

from ftlint.checks.base import Batch, Context
from ftlint.checks.syntax import guess_encoding
from ftlint.model import Problem
from ftlint.read import HEAD_BYTES, MAX_LINE_BYTES, Extent
from ftlint.records import dataclass

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
_ARRAY = re.compile(r'\[\s*(?:[\[{"\]]|$)')
_ROW = re.compile(r'^\s*\{\s*"', re.MULTILINE)
_ICONV = {
    "Shift_JIS": "CP932",
    "EUC-JP": "EUC-JP",
    "GB 18030": "GB18030",
    "Windows-1252 or Latin-1": "WINDOWS-1252",
}
_ZEROS = {
    (False, True, False, True): "UTF-16",
    (True, False, True, False): "UTF-16",
    (False, True, True, True): "UTF-32",
    (True, True, True, False): "UTF-32",
}
"""Which of the first four bytes are zero, for text that starts with two ASCII characters, as JSON does."""
_PROSE_LINES = 20


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
    if not head.strip(b"\0"):
        return _refused("FT005", kind="nothing but NUL bytes")
    if wide := _wide(head):
        return _refused("FT003", encoding=wide)
    return _known_kind(head) or _text(head)


def _known_kind(head: bytes) -> Sniffed | None:
    """A file that its first bytes give away, or that holds too many control bytes to be a text."""
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
    noisy = len(_CONTROL.findall(head[:65536])) > max(8, len(head[:65536]) // 10)
    if noisy and not _parses(head.split(b"\n", 1)[0].decode("utf-8", "replace")):
        return _refused("FT005", kind="a binary file")
    return None


def _refused(code: str, **values: str) -> Sniffed:
    return Sniffed((Problem(code, values=dict(values)),), readable=False)


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32, told from a byte order mark, from the first characters, or from where the zeros are."""
    for bom, encoding in _WIDE_BOMS:
        if head.startswith(bom):
            return encoding
    start = head[:4]
    wide = _ZEROS.get(tuple(byte == 0 for byte in start))  # type: ignore[arg-type]
    if wide is not None and all(byte < 0x7F for byte in start):
        return wide
    sample = head[:4096]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "UTF-16" if max(even, odd) * 2 > len(sample) * 0.6 and min(even, odd) * 2 < len(sample) * 0.1 else None


def _text(head: bytes) -> Sniffed:
    skip = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    marks = (Problem("FT004"),) if skip else ()
    # a second mark is a defect of the first line, which says so itself
    try:
        start, refusal = head[skip:].decode("utf-8"), None
    except UnicodeDecodeError:
        start, refusal = head[skip:].decode("utf-8", "replace"), _other_encoding(head[skip:])
    refusal = refusal or _other_layout(start.lstrip().lstrip("\ufeff").lstrip())
    if refusal is not None:
        return Sniffed((*marks, refusal), skip, readable=False)
    return Sniffed(marks, skip)


def _other_encoding(head: bytes) -> Problem | None:
    """FT002 for the file as a whole, where nearly all lines with more than ASCII are not UTF-8; else lines tell."""
    lines = head.split(b"\n")
    if len(head) >= HEAD_BYTES - len(codecs.BOM_UTF8):
        lines.pop()  # cut by the end of the head, perhaps inside a character
    foreign = [(number, line) for number, line in enumerate(lines, 1) if not line.isascii()]
    broken = [(number, *found) for number, line in foreign if (found := _invalid_byte(line))]
    if len(broken) < 2 or len(broken) * 10 < len(foreign) * 9:
        return None
    number, byte, _ = broken[0]
    guess = guess_encoding(b"\n".join(line for *_, line in broken))
    name = _ICONV.get(guess, "ENCODING")
    remedy = f"convert the whole file (line {number} is the first): iconv -f {name} -t UTF-8 old.jsonl > new.jsonl"
    return Problem("FT002", values={"byte": f"0x{byte:02x}", "guess": guess}, help=remedy)


def _invalid_byte(line: bytes) -> tuple[int, bytes] | None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return line[error.start], line
    return None


def _other_layout(start: str) -> Problem | None:
    """A text that is laid out as something else than one JSON object per line."""
    if not start:  # white space of other scripts, which JSON does not know
        return Problem("FT001")
    first = start.split("\n", 1)[0].strip()
    if _ARRAY.match(start) and not (_parses(first) and "\n" in start.rstrip()):
        return Problem("FT014")
    if start.startswith("{"):
        return Problem("FT015") if not _parses(first) and _spans_lines(start, first) else None
    if delimiter := _delimiter(start):
        return Problem("FT017", values={"kind": delimiter})
    return Problem("FT005", values={"kind": kind}) if (kind := _prose(start)) else None


def _prose(start: str) -> str | None:
    """What a text is that has no trace of a JSON row in its first lines, or None."""
    lines = [line.strip() for line in start[:65536].splitlines() if line.strip()][:_PROSE_LINES]
    if any(line.startswith(("{", "[")) or '{"' in line or _parses(line) for line in lines):
        return None
    return "an HTML or XML page" if lines[0].startswith("<") else "plain text"


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
    if start.startswith("[") or _ROW.search(start, 0, 65536):
        return None
    import csv  # which rows of JSON do not need

    for delimiter, kind in ((",", "CSV"), ("\t", "TSV"), (";", "CSV")):
        try:
            rows = list(itertools.islice(csv.reader(io.StringIO(start[:65536]), delimiter=delimiter), 2))
        except csv.Error:  # a NUL, or a cell longer than the reader takes: no table that a person wrote
            continue
        header = [cell.strip().strip('"').lower() for cell in rows[0]] if rows else []
        if len(header) > 1 and (_HEADER_WORDS.intersection(header) or _looks_like_header(rows)):
            return kind
    return None


def _looks_like_header(rows: list[list[str]]) -> bool:
    """Two rows of as many cells, the first of short names without spaces (in any language)."""
    return (
        len(rows) == 2
        and len(rows[0]) == len(rows[1])
        and all(cell.strip() and len(cell) <= 40 and " " not in cell.strip() for cell in rows[0])
    )


def after_reading(seen: Extent, blank: Iterable[int]) -> Iterator[Problem]:
    """Problems that only the whole file shows: line ends, blank lines, lines that are too long."""
    if seen.first_crlf is not None:
        yield Problem("FT008", seen.first_crlf, values={"count": seen.crlf})
    for number in blank:
        yield Problem("FT009", number)
    for number, length in seen.too_long:
        size, limit = length // (1024 * 1024), MAX_LINE_BYTES // (1024 * 1024)
        yield Problem("FT018", number, values={"line": number, "size": size, "limit": limit})


def final_newline(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT011: the last row of the file is whole, but its line has no end; a row that was cut off is FT101's."""
    if batch.examples and not batch.examples[-1].line.terminated:
        line = batch.examples[-1].line
        end = len(line.raw.decode("utf-8"))
        yield Problem("FT011", line.number, chars=(end - 1, end))
