"""A local file to rows, by what its first bytes and its name say it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftlint.errors import InputError, UsageError
from ftlint.rows.binary import read_parquet, read_sheet
from ftlint.rows.encoding import decode
from ftlint.rows.jsontext import read_json
from ftlint.rows.table import delimiter_of, read_table

Row = dict[str, Any]

_PACKED = {
    b"\x1f\x8b": ("gzip", "gunzip -k"),
    b"BZh": ("bzip2", "bunzip2 -k"),
    b"\xfd7zXZ\x00": ("xz", "unxz -k"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_TABLES = {".csv", ".tsv", ".tab"}
_SHEETS = {".xlsx", ".xlsm"}


def read_file(path: Path, sheet: str | None = None) -> list[Row]:
    """The rows of a local file, in its order. Texts stay what they are: no cell is taken for a number, date or null.

    Args:
        path: JSON, JSONL, CSV, TSV, Parquet, or an Excel workbook.
        sheet: of a workbook, or None for the first one.

    Raises:
        InputError: it cannot be read; the message names the line, row or byte.
        UsageError: a sheet is named and there is none, or the ``run`` extra is needed and not installed.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    suffix = path.suffix.lower()
    if head.startswith(b"PK\x03\x04") or suffix in _SHEETS:
        return _workbook(path, sheet, suffix)
    if sheet is not None:
        raise UsageError(f"{path} has no sheets", "--sheet is for Excel workbooks")
    if suffix == ".parquet" or head.startswith(b"PAR1"):
        return read_parquet(path)
    for magic, (kind, command) in _PACKED.items():
        if head.startswith(magic):
            raise InputError(f"{path} is compressed ({kind})", f"unpack it first: {command} {path.name}")
    if head.startswith(_OLD_EXCEL):
        raise InputError(f"{path} is an old or a protected Excel workbook", "save it as .xlsx without a password")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    return _text(decode(raw, str(path)), path, suffix)


def _workbook(path: Path, sheet: str | None, suffix: str) -> list[Row]:
    if suffix not in _SHEETS:
        raise InputError(f"{path} is a zip file", "unpack it first; an Excel workbook is called .xlsx")
    return read_sheet(path, sheet)


def _text(text: str, path: Path, suffix: str) -> list[Row]:
    """A table where the name says so, or where the text is no JSON and has rows of several cells."""
    start = text[:4096].lstrip()[:1]
    if suffix in _TABLES or (start not in ("", "{", "[") and delimiter_of(text) is not None):
        return read_table(text, str(path), tabs=suffix in (".tsv", ".tab"))
    return read_json(text, str(path))
