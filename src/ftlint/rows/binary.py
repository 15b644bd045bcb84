"""Parquet files and Excel sheets: dates as ISO text, numbers as they are, and nothing is run."""

from __future__ import annotations

import datetime
import decimal
import zipfile
from pathlib import Path
from typing import Any

from ftlint.errors import InputError, UsageError, missing_extra
from ftlint.rows.table import rows_of

Row = dict[str, Any]

LARGEST_WORKBOOK = 1 << 30
"""Bytes that a workbook may unpack to."""
_EXACT = 2**53
"""Below it every whole number of a sheet, which are all doubles, is exact."""


def read_parquet(path: Path) -> list[Row]:
    """The rows of a Parquet file; dates and times as ISO text, decimals as text, NaN as no value.

    Raises:
        InputError: it cannot be read.
        UsageError: the ``run`` extra is needed and not installed.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        raise missing_extra("run", "pyarrow") from None
    try:
        rows: list[Row] = parquet.read_table(path).to_pylist()
    except Exception as error:  # whatever the reader raises, there are no rows
        raise InputError(f"cannot read {path}: {_first_line(error)}") from error
    return [json_value(row) for row in rows]


def read_sheet(path: Path, sheet: str | None) -> list[Row]:
    """The rows of a sheet of an Excel workbook: values as they were saved; no formula is worked out, no macro run.

    Args:
        path: the workbook.
        sheet: the sheet's name, or None for the first one.

    Raises:
        InputError: it cannot be read, or its table is no table.
        UsageError: there is no such sheet, or the ``run`` extra is needed and not installed.
    """
    try:
        from python_calamine import CalamineWorkbook, WorksheetNotFound
    except ImportError:
        raise missing_extra("run", "python-calamine") from None
    _measured(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = list(book.sheet_names)
            found = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
            cells = found.to_python(skip_empty_area=False)
    except WorksheetNotFound:
        listed = ", ".join(names)
        raise UsageError(f"{path} has no sheet `{sheet}`", f"its sheets are {listed}") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise InputError(f"cannot read {path}: {_first_line(error)}") from error
    records = [(number, [_cell(cell) for cell in row]) for number, row in enumerate(cells, start=1)]
    records = [(number, row) for number, row in records if any(cell is not None for cell in row)]
    return rows_of(records[0][1], records[1:], str(path), "row", records[0][0]) if records else []


def _measured(path: Path) -> None:
    """Refuse a workbook that would fill the memory, and what is no workbook at all."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(f"cannot read {path}: {_first_line(error).lower()}", "save it again as .xlsx") from None
    if size > LARGEST_WORKBOOK:
        raise InputError(f"{path} unpacks to {size >> 20:,} MB, which is no sheet of text", "export the sheet as CSV")


def _cell(value: Any) -> Any:
    """A cell as JSON has it; an empty cell and an error such as ``#N/A`` hold no value."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return json_value(value) if value != "" else None


def json_value(value: Any) -> Any:
    """A value as JSON has it: dates and times as ISO text, decimals as text, NaN as None; bytes stay what they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta | decimal.Decimal):
        return str(value)
    return value


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
