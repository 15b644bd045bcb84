"""CSV and TSV: every cell is text and stays text; the delimiter is found, the shape of every row is checked."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ftlint.errors import InputError

Row = dict[str, Any]

LARGEST_CELL = 64 << 20
"""Characters of a cell; a longer one is a quotation mark that was never closed."""
_SAMPLE = 1 << 16
_SAMPLE_RECORDS = 20
_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
_WHY = {
    "unexpected end of data": ("a quotation mark is opened and never closed", "close it, or double it inside a cell"),
    "expected after": ("text stands behind a closing quotation mark", "double the quotation marks inside a cell"),
    "field larger": ("a cell is longer than 64 MB", "look for a quotation mark that is never closed"),
}


def read_table(text: str, name: str, *, tabs: bool = False) -> list[Row]:
    """The rows of a delimited text, by its header.

    Args:
        text: the file; the delimiter is a comma, a semicolon, a tab or a bar (or what a first line ``sep=;`` says).
        name: the file, for messages.
        tabs: the name says that the delimiter is a tab.

    Raises:
        InputError: quotation marks are broken, the header repeats a name, or a row has not as many cells as it.
    """
    said = _SEPARATOR.match(text)
    skipped = said.end() if said else 0
    delimiter = said[1] if said else delimiter_of(text, tabs=tabs) or ("\t" if tabs else ",")
    records = _records(text[skipped:], delimiter, name, first=2 if said else 1)
    if not records:
        return []
    return rows_of(records[0][1], records[1:], name, "line", records[0][0])


def delimiter_of(text: str, *, tabs: bool = False) -> str | None:
    """The delimiter that gives the most regular rows of more than one cell, or None where none does."""
    found: list[tuple[float, int, str]] = []
    for delimiter in "\t,;|" if tabs else ",;\t|":
        sample = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=delimiter)
        try:
            widths = [len(record) for record in itertools.islice(sample, _SAMPLE_RECORDS) if record]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            found.append((sum(width == widths[0] for width in widths) / len(widths), widths[0], delimiter))
    return max(found, key=lambda each: each[:2])[2] if found else None


def _records(text: str, delimiter: str, name: str, first: int) -> list[tuple[int, list[str]]]:
    """Each record with the number of its first line; empty lines are no records."""
    before = csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    line = first
    try:
        for record in reader:
            if record:
                records.append((line, record))
            line = reader.line_num + first
    except csv.Error as error:
        problem, hint = next((known for word, known in _WHY.items() if word in str(error)), (str(error), None))
        raise InputError(f"{name}, line {line}: {problem}", hint) from None
    finally:
        csv.field_size_limit(before)
    return records


def rows_of(
    header: Sequence[Any], records: Iterable[tuple[int, Sequence[Any]]], name: str, unit: str, at: int
) -> list[Row]:
    """Rows from a header and records.

    Args:
        header: the names; white space at their ends is no part of them. A column without a name may hold no value.
        records: (number of the line or row in the file, its cells).
        name: the file; ``unit``: what the numbers count; ``at``: the header's number. All for messages.

    Raises:
        InputError: a name stands twice or none is there, or a record has not as many cells as the header.
    """
    names = ["" if cell is None else str(cell).strip() for cell in header]
    twice = next((each for each in names if each and names.count(each) > 1), None)
    if twice is not None:
        raise InputError(f"{name}, {unit} {at}: two columns are called `{twice}`", "give each column its own name")
    if not any(names):
        raise InputError(f"{name}, {unit} {at}: the header names no column", "the first row holds the columns' names")
    kept = [index for index, each in enumerate(names) if each]
    unnamed = [index for index, each in enumerate(names) if not each]
    rows = []
    for count, (number, record) in enumerate(records, start=1):
        if len(record) < len(names) or any(map(_filled, record[len(names) :])):
            raise InputError(
                f"{name}, {unit} {number}: row {count} has not as many fields as the header "
                f"({len(record)}, not {len(names)})",
                "a text that holds the delimiter or a line end stands in quotation marks" if unit == "line" else None,
            )
        lost = next((index for index in unnamed if _filled(record[index])), None)
        if lost is not None:
            raise InputError(
                f"{name}, {unit} {number}: column {lost + 1} holds a value and has no name in the header", "name it"
            )
        rows.append({names[index]: record[index] for index in kept})
    return rows


def _filled(cell: Any) -> bool:
    return cell is not None and bool(str(cell).strip())
