"""Defects of the file and of its JSON: FT0 and FT101 to FT108."""

from __future__ import annotations

import gzip
import json
import re

from benchmarks.detection import base
from benchmarks.detection.field import Field, Kind, Planted
from benchmarks.detection.pictures import png

_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a2146" * 8 + b"\nsize 140211\n"
_TWO = base.talk("Which two months have the letter r twice?", "February and, in English, no other.")


def _bytes_in_answer(more: bytes) -> bytes:
    return base.line(
        base.talk("What is the speed limit here?", "It is thirty in the village MARK and fifty outside.")
    ).replace(b"MARK", more)


def _spoil(old: str, new: str) -> bytes:
    """A row whose JSON is spoilt by hand, as an editor or a script of one's own does it."""
    user = '{"role": "user", "content": "Which way is north?"}'
    good = '{"messages": [' + user + ', {"role": "assistant", "content": "Behind the old mill."}]}'
    assert old in good
    return good.replace(old, new).encode()


def _line(old: str, new: str):  # noqa: ANN202
    return lambda field: field.raw(lambda _: _spoil(old, new))


def _duplicate_key(field: Field) -> Planted:
    return field.raw(lambda line: line.replace(b'{"role": "user"', b'{"role": "user", "role": "user"'))


def _array(field: Field) -> Planted:
    return Planted(json.dumps(field.rows(), ensure_ascii=False, indent=1).encode())


def _array_on_a_line(field: Field) -> Planted:
    return Planted(json.dumps(field.rows(), ensure_ascii=False).encode())


def _pretty(field: Field) -> Planted:
    text = "\n".join(json.dumps(row, ensure_ascii=False, indent=2) for row in field.rows())
    return Planted(text.encode() + b"\n")


def _csv(field: Field) -> Planted:
    cells = ((row["messages"][-2]["content"], row["messages"][-1]["content"]) for row in field.rows())
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in pair) for pair in cells)
    return Planted("\n".join(["prompt,completion", *quoted, ""]).encode())


def _tsv(field: Field) -> Planted:
    cells = ((row["messages"][-2]["content"], row["messages"][-1]["content"]) for row in field.rows())
    lines = ("\t".join(re.sub(r"\s+", " ", cell) for cell in pair) for pair in cells)
    return Planted("\n".join(["question\tanswer", *lines, ""]).encode())


def _two_on_a_line(field: Field) -> Planted:
    return field.raw(lambda line: line + b" " + base.line(_TWO))


def _glued(field: Field) -> Planted:
    halves = (json.dumps(part, ensure_ascii=False) for part in (field.rows()[:100], field.rows()[100:]))
    return Planted("".join(halves).encode())


def _cut_at_the_end(field: Field) -> Planted:
    whole = base.encode(field.rows())
    return Planted(whole[:-40], frozenset({whole.count(b"\n")}))


def _blank(field: Field) -> Planted:
    rows = field.rows()
    at = field.spot(rows)
    lines = [base.line(row) for row in rows]
    lines.insert(at, b"")
    return Planted(b"\n".join(lines) + b"\n", frozenset({at + 1}))


def _torn(field: Field) -> Planted:
    return field.raw(lambda _: _spoil("Behind the old", "Behind the\nold"))


def _long_line(field: Field) -> Planted:
    row = base.line(base.talk("How long is the road?", "It never ends."))
    return field.raw(lambda _: row[:-1] + b" " * (65 * 1024 * 1024) + b"}")


def _shift_jis(field: Field) -> Planted:
    return field.whole(
        lambda data: data.decode().replace("🍿", "").replace("😄", "").replace("–", "-").encode("cp932", "replace")
    )


def _deep(field: Field) -> Planted:
    return field.raw(lambda _: _spoil('"Behind the old mill."', "[" * 400 + "]" * 400))


def _format(row: dict[str, object]):  # noqa: ANN202
    return lambda field: field.edit(lambda _: row)


def _all_rows(keys: tuple[str, str], nested: bool = False):  # noqa: ANN202
    """Every row in a layout of another tool."""

    def plant(field: Field) -> Planted:
        rows = []
        for row in field.rows():
            ask, reply = row["messages"][-2]["content"], row["messages"][-1]["content"]
            turns = [{"from": "human", "value": ask}, {"from": "gpt", "value": reply}]
            rows.append({"conversations": turns} if nested else dict(zip(keys, (ask, reply), strict=True)))
        return Planted(base.encode(rows))

    return plant


FILE = [
    Kind("empty file", "FT001", "error", lambda _: Planted(b""), (16,)),
    Kind("file of white space", "FT001", "error", lambda _: Planted(b"\n \n\n"), (16,)),
    Kind("one byte that is not UTF-8", "FT002", "error", lambda f: f.raw(lambda _: _bytes_in_answer(b"\xe9")), (7,)),
    Kind("file in Shift_JIS", "FT002", "error", _shift_jis, (8,)),
    Kind("file in UTF-16", "FT003", "error", lambda f: f.whole(lambda data: data.decode().encode("utf-16")), (8,)),
    Kind(
        "file in UTF-16, no mark", "FT003", "error", lambda f: f.whole(lambda d: d.decode().encode("utf-16-le")), (8,)
    ),
    Kind("byte order mark", "FT004", "info", lambda f: f.whole(lambda data: b"\xef\xbb\xbf" + data), (1,)),
    Kind("picture instead of data", "FT005", "error", lambda _: Planted(png(64, 64))),
    Kind("Git LFS pointer", "FT006", "error", lambda _: Planted(_POINTER)),
    Kind("gzip file", "FT007", "error", lambda f: f.whole(lambda data: gzip.compress(data, mtime=0))),
    Kind("CR LF line ends", "FT008", "info", lambda f: f.whole(lambda data: data.replace(b"\n", b"\r\n")), (2,)),
    Kind("blank line", "FT009", "warning", _blank, (3,)),
    Kind("NUL byte", "FT010", "error", lambda f: f.raw(lambda _: _bytes_in_answer(b"\x00")), (15,)),
    Kind("escape byte", "FT010", "error", lambda f: f.raw(lambda _: _bytes_in_answer(b"\x1b[31m"))),
    Kind("no newline at the end", "FT011", "info", lambda f: f.whole(lambda data: data[:-1])),
    Kind(
        "file above 512 MB for Azure",
        "FT012",
        "error",
        lambda f: Planted(base.encode(f.rows()), grow=512_000_001),
        (17,),
        settings={"provider": "azure"},
        also=("FT010", "FT018"),
        heavy=True,
    ),
    Kind("name without .jsonl", "FT013", "warning", lambda f: f.whole(lambda data: data, "train.txt")),
    Kind("JSON array over many lines", "FT014", "error", _array, (5,)),
    Kind("JSON array on one line", "FT014", "error", _array_on_a_line, (5,)),
    Kind("two arrays glued together", "FT014", "error", _glued, (74,)),
    Kind("pretty-printed JSON", "FT015", "error", _pretty, (6,)),
    Kind("two objects on a line", "FT016", "error", _two_on_a_line, (15,)),
    Kind("CSV file", "FT017", "error", _csv),
    Kind("TSV file", "FT017", "error", _tsv),
    Kind("line above 64 MB", "FT018", "error", _long_line, heavy=True),
]

JSON = [
    Kind("trailing comma", "FT101", "error", _line('mill."}', 'mill.",}'), (9,)),
    Kind("single quotes", "FT101", "error", lambda f: f.raw(lambda _: _spoil('"', "'")), (10,)),
    Kind("Python literal", "FT101", "error", _line('"user"', "None"), (10,)),
    Kind("raw newline in a string", "FT101", "error", _torn, (4,)),
    Kind("smart quotes", "FT101", "error", _line('"assistant"', "“assistant”"), (4,)),
    Kind("quote that is not escaped", "FT101", "error", _line("the old mill", 'the "old" mill'), (4,)),
    Kind("missing comma", "FT101", "error", _line('"user", ', '"user" '), (4,)),
    Kind("key without quotes", "FT101", "error", _line('"role": "user"', 'role: "user"'), (4,)),
    Kind("comment", "FT101", "error", _line("}]}", "}]} // checked"), (4,)),
    Kind("backslash of a Windows path", "FT101", "error", _line("the old mill", "C:\\data\\old"), (4,)),
    Kind("line cut off in the middle", "FT101", "error", lambda f: f.raw(lambda line: line[: len(line) // 2]), (4,)),
    Kind("last line cut off", "FT101", "error", _cut_at_the_end, (4,), also=("FT011",)),
    Kind("duplicate key", "FT102", "warning", _duplicate_key, (13,)),
    Kind(
        "NaN", "FT103", "error", _line('"content": "Behind the old mill."', '"content": "Left.", "weight": NaN'), (12,)
    ),
    Kind(
        "Infinity",
        "FT103",
        "error",
        _line('"content": "Behind the old mill."', '"content": "Left.", "weight": -Infinity'),
        (12,),
    ),
    Kind("lone surrogate", "FT104", "error", _line("the old mill", "the old \\ud83d mill"), (14,)),
    Kind("line that is a list", "FT105", "error", lambda f: f.raw(lambda _: b'["user", "Which way is north?"]'), (11,)),
    Kind("line that is a string", "FT105", "error", lambda f: f.raw(lambda _: b'"Which way is north?"'), (11,)),
    Kind(
        "prompt/completion row in a chat file",
        "FT106",
        "error",
        _format({"prompt": "Where is it?", "completion": "Here."}),
        (18, 38),
    ),
    Kind(
        "preference row in a chat file",
        "FT106",
        "error",
        lambda f: f.edit(lambda _: base.fixture("preference")[3]),
        (38,),
    ),
    Kind("ShareGPT file", "FT107", "error", _all_rows(("", ""), nested=True), (22,)),
    Kind("Alpaca file", "FT107", "error", _all_rows(("instruction", "output")), (18,)),
    Kind("question and answer file", "FT107", "error", _all_rows(("question", "answer")), (18,)),
    Kind("plain columns of another name", "FT107", "error", _all_rows(("ask", "reply")), (18,)),
    Kind("row nested 400 deep", "FT108", "error", _deep),
]
