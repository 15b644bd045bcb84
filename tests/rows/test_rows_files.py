"""Rows from files of every kind: what stays text, what layouts are read, and how hostile files are refused."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import string
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.errors import InputError, UsageError
from ftlint.rows.files import read_file
from ftlint.rows.jsontext import read_json
from ftlint.rows.table import read_table

ROWS = [
    {"question": "What is a fjord?", "answer": "An arm, of the sea"},
    {"question": "冬", "answer": 'a "cold"\nseason'},
]


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def table(rows: list[dict[str, str]], delimiter: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", table(ROWS, ",")),
        ("a.csv", table(ROWS, ";")),
        ("a.csv", "sep=;\n" + table(ROWS, ";")),
        ("a.tsv", table(ROWS, "\t")),
        ("a.csv", table(ROWS, "\t")),
        ("a.jsonl", table(ROWS, ",")),
        ("a.txt", table(ROWS, ";")),
        ("a.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS)),
        ("a.jsonl", "\r\n\r\n".join(json.dumps(row) for row in ROWS)),
        ("a.jsonl", " ".join(json.dumps(row) for row in ROWS)),
        ("a.jsonl", "".join(json.dumps(row) for row in ROWS)),
        ("a.json", json.dumps(ROWS)),
        ("a.json", json.dumps(ROWS, indent=1)),
        ("a.json", "\n".join(json.dumps(row, indent=2) for row in ROWS)),
        ("a.json", json.dumps({"data": ROWS})),
        ("a.json", json.dumps({"version": "1", "meta": {}, "examples": ROWS}, indent=1)),
        ("a.json", json.dumps({"whatever": ROWS})),
    ],
)
def test_every_layout_gives_the_same_rows(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    assert read_file(written(tmp_path / name, text, encoding)) == ROWS


def test_cells_stay_text() -> None:
    text = "a,b,c\nNA,01,2012-01-01\n null ,1e5,\nTrue,None,x\u2028y\n"
    assert read_table(text, "t") == [
        {"a": "NA", "b": "01", "c": "2012-01-01"},
        {"a": " null ", "b": "1e5", "c": ""},
        {"a": "True", "b": "None", "c": "x\u2028y"},
    ]


def test_empty_columns_at_the_end_are_no_columns() -> None:
    assert read_table("a,b,,\n1,2,,\n3,4,,,\n", "t") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize("row", [{"messages": [{"role": "user"}]}, {"prompt": [{}]}, {"a": []}, {"data": "x"}])
def test_a_row_that_holds_a_list_is_no_wrapper(row: dict[str, Any]) -> None:
    assert read_json(json.dumps(row), "t") == [row]
    assert read_json(json.dumps(row, indent=1), "t") == [row]


def test_nan_is_how_pandas_writes_no_value() -> None:
    assert read_json('{"a": NaN}', "t") == [{"a": None}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b'a,b\n1,2\n3,"4\n5,6\n', "line 3: a quotation mark is opened and never closed"),
        ("a.csv", b'a,b\n1,"2"3\n', "line 2: text stands behind a closing quotation mark"),
        ("a.csv", b"a,b\n1,2,3\n", r"line 2: row 1 has not as many fields as the header \(3, not 2\)"),
        ("a.csv", b'a,b\n"x\ny",2\n1\n', "line 4: row 2 has not as many fields"),
        ("a.csv", b"a,a\n1,2\n", "line 1: two columns are called `a`"),
        ("a.csv", b"a, a \n1,2\n", "two columns are called `a`"),
        ("a.csv", b"a,,c\n1,2,3\n", "line 2: column 2 holds a value and has no name"),
        ("a.csv", b",\n1,2\n", "line 1: the header names no column"),
        ("a.csv", b"a,b\n1,\x00\n", "line 2: holds a NUL"),
        ("a.csv", "a,b\n質問,答え\n".encode("cp932"), "is not UTF-8: the byte at offset 4 cannot be read"),
        ("a.csv", "a,b\n質問,答え\n".encode("utf-16-le"), "not UTF-8|holds a NUL"),
        ("a.csv", b"\xff\xfea\x00\x00\xd8", "is not UTF-16: the byte at offset 4"),
        ("a.csv", b'"' + b"x" * (65 << 20), "line 1: a cell is longer than 64 MB"),
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "line 2: expecting value"),
        ("a.jsonl", b'{"a": 1}\n{"a": "\x01"}\n', "line 2: invalid control character"),
        ("a.jsonl", b'{"a": 1, "a": 2}\n', "line 1: the key `a` stands twice"),
        ("a.jsonl", b'{"a": Infinity}\n', "line 1: holds Infinity"),
        ("a.jsonl", b'{"a": 1}\n"x"\n', "line 2: not a JSON object"),
        ("a.json", b'{\n  "a": 1,\n}\n{}', "line 3"),
        ("a.json", b'{"a":\n 1} [1]', "object 2: not a JSON object"),
        ("a.json", b'[{"a": 1},\n]', "line 2"),
        ("a.json", b'{"data": [{}], "rows": [{}]}', "holds several lists of rows: `data`, `rows`"),
        ("a.json", b'{"a": ' + b"[" * 200_000, "nested too deeply"),
        ("a.json", b'{"a":\n' + b'{"a":\n' * 200_000, "nested too deeply"),
        ("a.jsonl", b"just words\n", "line 1: expecting value"),
        ("a.jsonl.gz", gzip.compress(b"{}", mtime=0), r"is compressed \(gzip\)"),
        ("a.zip", b"PK\x03\x04rest", "is a zip file"),
        ("a.xlsx", b"PK\x03\x04rest", "cannot read"),
        ("a.xlsx", b"", "cannot read"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "is an old or a protected Excel workbook"),
        ("a.parquet", b"", "cannot read"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_file(written(tmp_path / name, content))
    assert "\n" not in caught.value.message


def test_a_japanese_table_in_an_old_encoding_gets_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_file(written(tmp_path / "a.csv", "質問,回答\nこれは何ですか,りんごです\n", "cp932"))
    assert "iconv -f CP932 -t UTF-8" in (caught.value.hint or "")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.json", "a.jsonl", "a.xlsx", "a.parquet", "a"]))
def test_any_bytes_give_rows_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, name: str
) -> None:
    path = written(tmp_path_factory.mktemp("any") / name, raw)
    try:
        rows = read_file(path)
    except InputError:
        return
    assert all(isinstance(row, dict) for row in rows)


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_NAME = st.text(string.ascii_letters + "質問回答 ", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(deadline=None)
@given(
    st.lists(_NAME, min_size=2, max_size=4, unique=True).flatmap(
        lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, _CELL)), min_size=1, max_size=5)
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_table_reads_back_as_it_was_written(rows: list[dict[str, str]], delimiter: str, quoting: Any) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    assert read_table(f"sep={delimiter}\n" + out.getvalue(), "t") == rows
    sniffed = read_table(out.getvalue(), "t", tabs=delimiter == "\t")
    assert sniffed == rows


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([])
    sheet.append(["question", "answer", None, "when", "score", "ok"])
    sheet.append(["01", "=1+1", None, datetime.date(2024, 1, 2), 3, True])
    sheet.append([None] * 6)
    sheet.append([" q\nr ", "NA", None, datetime.datetime(2024, 1, 2, 3, 4, 5), 2.5, None])
    other = book.create_sheet("質問")
    other.append(["a"])
    other.append(["b"])
    book.save(path)
    return path


def test_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    assert read_file(path) == [
        {"question": "01", "answer": None, "when": "2024-01-02", "score": 3, "ok": "TRUE"},
        {"question": " q\nr ", "answer": "NA", "when": "2024-01-02T03:04:05", "score": 2.5, "ok": None},
    ]
    assert read_file(path, "質問") == [{"a": "b"}]
    with pytest.raises(UsageError, match="has no sheet `x`") as caught:
        read_file(path, "x")
    assert caught.value.hint == "its sheets are Sheet, 質問"
    with pytest.raises(UsageError, match="has no sheets"):
        read_file(written(tmp_path / "a.csv", "a,b\n1,2\n"), "x")


@pytest.mark.parametrize(("name", "package"), [("a.xlsx", "python_calamine"), ("a.parquet", "pyarrow")])
def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str) -> None:
    path = workbook(tmp_path / name)
    if package == "pyarrow":
        path.write_bytes(b"PAR1")
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(UsageError, match="which is not installed") as caught:
        read_file(path)
    assert caught.value.hint == "pip install 'ftlint[run]'"


def test_parquet_values_are_what_json_has(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    when = datetime.datetime(2024, 1, 2, 3, 4, 5)
    rows = [{"q": "01", "at": when, "n": 1.5, "m": [{"role": "user", "content": "x"}]}, {"q": None, "n": float("nan")}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    assert read_file(tmp_path / "a.parquet") == [
        {"q": "01", "at": when.isoformat(), "n": 1.5, "m": [{"role": "user", "content": "x"}]},
        {"q": None, "at": None, "n": None, "m": None},
    ]
