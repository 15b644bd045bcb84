"""FT0: a file that is no JSONL is told once, and a file that is one is left alone."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import GOOD, codes, judged, one
from ftlint import catalog, read
from ftlint.checks.file import sniff
from ftlint.rulebook import load_book

OTHER = GOOD.replace("piano", "harp")
JAPANESE = (
    '{"messages": [{"role": "user", "content": "雪はなぜ白いのですか。"}, '
    '{"role": "assistant", "content": "光を散らすからです。"}]}'
)


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


WRONG = {
    "no bytes": (b"", "FT001"),
    "a line end": (b"\n", "FT001"),
    "white space": (b" \t\r\n\n  ", "FT001"),
    "form feeds": (b"\x0c\n\x0b", "FT001"),
    "ideographic spaces": ("\u3000\n\u3000".encode(), "FT001"),
    "only a mark": (codecs.BOM_UTF8 + b"\n", "FT001"),
    "UTF-16 with a mark": (GOOD.encode("utf-16"), "FT003"),
    "UTF-16 LE": (GOOD.encode("utf-16-le"), "FT003"),
    "UTF-16 BE": (GOOD.encode("utf-16-be"), "FT003"),
    "Japanese UTF-16 LE": (JAPANESE.replace("雪", "雪" * 3000).encode("utf-16-le"), "FT003"),
    "Japanese UTF-16 BE": (JAPANESE.replace("雪", "雪" * 3000).encode("utf-16-be"), "FT003"),
    "UTF-32 with a mark": (GOOD.encode("utf-32"), "FT003"),
    "UTF-32 LE": (GOOD.encode("utf-32-le"), "FT003"),
    "UTF-32 BE": (GOOD.encode("utf-32-be"), "FT003"),
    "a table in UTF-16": ("question,answer\nwhy,because\n".encode("utf-16-le"), "FT003"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "FT005"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "FT005"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n", "FT005"),
    "Parquet": (b"PAR1" + bytes(range(256)), "FT005"),
    "SQLite": (b"SQLite format 3\x00" + bytes(200), "FT005"),
    "Excel": (zipped("xl/workbook.xml"), "FT005"),
    "NUL bytes": (bytes(5000), "FT005"),
    "noise": (bytes(number * 37 % 251 for number in range(9000)), "FT005"),
    "a web page": (b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n", "FT005"),
    "prose": (b"Dear all,\n\nhere is the data.\n\nKim\n", "FT005"),
    "YAML": (b"messages:\n- role: user\n  content: hi\n", "FT005"),
    "a log": (b"[2026-11-22 10:00:00] started\n[2026-11-22 10:00:01] done\n", "FT101"),
    "an LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "FT006"),
    "gzip": (gzip.compress(GOOD.encode()), "FT007"),
    "bzip2": (bz2.compress(GOOD.encode()), "FT007"),
    "xz": (lzma.compress(GOOD.encode()), "FT007"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x58\x09\x00\x00", "FT007"),
    "zip": (zipped("train.jsonl"), "FT007"),
    "an array on one line": (f"[{GOOD}, {GOOD}]".encode(), "FT014"),
    "an array over lines": (f"[\n{GOOD},\n{GOOD}\n]\n".encode(), "FT014"),
    "an empty array": (b"[]", "FT014"),
    "an array that is cut off": (f"[\n  {GOOD},\n  {GOOD[:50]}".encode(), "FT014"),
    "arrays end to end": (f"[{GOOD}][{GOOD}]".encode(), "FT014"),
    "pretty-printed": (b'{\n  "messages": [\n    {"role": "user", "content": "hi"}\n  ]\n}\n', "FT015"),
    "pretty-printed, second style": (b'{"messages": [\n {"role": "user",\n "content": "hi"}]}\n', "FT015"),
    "pretty-printed and cut off": (b'{\n  "messages": [\n    {"role": "user", "conte', "FT015"),
    "CSV": (b"question,answer\nWhy?,Because.\n", "FT017"),
    "CSV with quotes": (b'"prompt","completion"\n"a ""b""","c\nd"\n', "FT017"),
    "CSV with semicolons": (b"input;output\na;b\n", "FT017"),
    "TSV": (b"text\tlabel\nfine\t1\n", "FT017"),
    "Japanese CSV": ("質問,回答\n雪はなぜ白い,光を散らすから\n".encode(), "FT017"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_no_jsonl_gives_one_finding(name: str) -> None:
    content, code = WRONG[name]
    found = codes(content)
    assert set(found) == {code}
    assert len(found) == (1 if code != "FT101" else 2)


ALSO_A_MARK = {
    "an array": (f"[{GOOD}]".encode(), "FT014"),
    "pretty-printed": (b'{\n "messages": []\n}', "FT015"),
    "CSV": (b"question,answer\n", "FT017"),
    "prose": (b"hello\n", "FT005"),
}


@pytest.mark.parametrize("name", ALSO_A_MARK)
def test_a_mark_in_front_does_not_hide_what_the_file_is(name: str) -> None:
    content, code = ALSO_A_MARK[name]
    assert codes(codecs.BOM_UTF8 + content) == ["FT004", code]


RIGHT = {
    "one row": GOOD,
    "a row with spaces round it": f"  {GOOD}  ",
    "Japanese": JAPANESE,
    "ASCII escapes": JAPANESE.replace("雪", "\\u96ea"),
    "an emoji": GOOD.replace("piano", "🎹"),
    "a row that speaks of CSV": GOOD.replace("Who tunes a piano?", "question,answer\\nWhy?,Because."),
    "a row that speaks of LFS": GOOD.replace("piano", "version https://git-lfs.github.com/spec/v1"),
    "a row that speaks of PDF": GOOD.replace("piano", "%PDF-1.7"),
    "escaped control characters": GOOD.replace("piano", "piano\\u0000\\u001b"),
    "brackets in a text": GOOD.replace("piano", "[{]}"),
    "DEL and C1": GOOD.replace("piano", "pi\x7f\x85ano"),
    "line separators in a text": GOOD.replace("piano", "pi\u2028ano"),
    "a long first row": GOOD.replace("piano", "piano " * 300_000),
    "a text longer than the head": GOOD.replace("piano", "雪の音" * 400_000),
    "Chinese": GOOD.replace("piano", "钢琴调音师"),
    "Russian": GOOD.replace("piano", "рояль"),
    "Arabic": GOOD.replace("piano", "البيانو"),
    "Thai": GOOD.replace("piano", "เปียโน"),
    "Korean": GOOD.replace("piano", "피아노"),
    "one accent": GOOD.replace("piano", "café"),
    "a mark inside a text": GOOD.replace("piano", "\ufeffpiano"),
    "a row that speaks of HTML": GOOD.replace("piano", "<!DOCTYPE html><html>"),
    "a row that speaks of an array": GOOD.replace("piano", '[{\\"messages\\": []}]'),
    "a row with a table in it": GOOD.replace("piano", "prompt\\tcompletion\\na\\tb"),
    "a row that starts with a tab": "\t" + GOOD,
    "prompt and completion": '{"prompt": "Who tunes a piano?", "completion": "A piano tuner does that, once a year."}',
    "a preference pair": '{"input": {"messages": [{"role": "user", "content": "Who tunes a piano?"}]}, '
    '"preferred_output": [{"role": "assistant", "content": "A piano tuner does."}], '
    '"non_preferred_output": [{"role": "assistant", "content": "Somebody does."}]}',
    "many control characters as escapes": GOOD.replace("piano", "\\u0000" * 500),
    "keys in another order": '{"messages": [{"content": "Who tunes it?", "role": "user"}, '
    '{"content": "A piano tuner does that.", "role": "assistant"}]}',
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_jsonl_file_is_left_alone(name: str) -> None:
    assert codes(RIGHT[name] + "\n", select=("FT0", "FT1")) == []


@pytest.mark.parametrize("name", RIGHT)
def test_a_jsonl_file_is_readable_from_its_head(name: str) -> None:
    sniffed = sniff(RIGHT[name].encode()[: read.HEAD_BYTES])
    assert (sniffed.problems, sniffed.skip, sniffed.readable) == ((), 0, True)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(head: bytes) -> None:
    sniffed = sniff(head)
    assert sniffed.readable or sniffed.problems


@given(st.binary(max_size=120))
def test_any_bytes_give_a_report(content: bytes) -> None:
    found = judged(content, tokens=False)
    assert all(finding.message for finding in found)


def test_a_row_with_a_run_of_nul_bytes_behind_it_is_read_and_the_run_is_named() -> None:
    finding = one(judged(GOOD.encode() + b"\n" + bytes(4096)))
    assert (finding.code, finding.line, finding.column) == ("FT010", 2, 1)


def test_a_foreign_line_between_good_ones_is_named_itself() -> None:
    foreign = JAPANESE.encode("cp932")
    finding = one(judged(b"\n".join([GOOD.encode(), JAPANESE.encode(), foreign, b""])))
    assert (finding.code, finding.line, finding.column) == ("FT002", 3, foreign.index("雪".encode("cp932")) + 1)
    assert finding.message == "byte `0x90` is not UTF-8; the text looks like Shift_JIS"


@pytest.mark.parametrize(
    ("encoding", "text", "guess", "command"),
    [
        ("cp932", JAPANESE, "Shift_JIS", "iconv -f CP932"),
        ("euc_jp", JAPANESE, "EUC-JP", "iconv -f EUC-JP"),
        ("latin-1", GOOD.replace("piano", "café"), "Windows-1252 or Latin-1", "iconv -f WINDOWS-1252"),
        ("gb18030", GOOD.replace("piano", "钢琴调音师"), "GB 18030", "iconv -f GB18030"),
    ],
)
def test_a_file_in_another_encoding_is_told_once(encoding: str, text: str, guess: str, command: str) -> None:
    lines = [text.replace("}]}", f'{number}"}}]}}').replace('"}]}', "}]}").encode(encoding) for number in range(40)]
    finding = one(judged(b"\n".join([GOOD.encode(), *lines])))
    assert (finding.code, finding.line) == ("FT002", None)
    assert guess in finding.message
    assert finding.help is not None
    assert command in finding.help
    assert "line 2" in finding.help


def test_utf8_cut_in_a_character_by_the_end_of_the_head_is_no_other_encoding() -> None:
    row = GOOD.replace("piano", "雪")
    content = "\n".join([row] * 9000).encode()
    for cut in range(read.HEAD_BYTES - 3, read.HEAD_BYTES):
        head = b" " * (read.HEAD_BYTES - cut) + content
        assert sniff(head[: read.HEAD_BYTES]).problems == ()


def test_a_mark_is_an_information_and_the_rows_are_judged() -> None:
    finding = one(judged(codecs.BOM_UTF8 + GOOD.encode() + b"\n"))
    assert (finding.code, finding.level, finding.fix) == ("FT004", "info", "safe")


def test_a_mark_is_not_reported_where_the_provider_asks_for_one() -> None:
    assert codes(codecs.BOM_UTF8 + GOOD.encode() + b"\n", provider="azure") == []
    wants = {name for name, provider in catalog.load_providers().items() if provider.bom == "wanted"}
    assert set(load_book().rules["FT004"].providers) == set(catalog.load_providers()) - wants


def test_windows_line_ends_are_counted_once() -> None:
    other = GOOD.replace("piano", "harp")
    finding = one(judged(f"{other}\n{GOOD}\r\n".encode()))
    assert (finding.code, finding.line, finding.message) == ("FT008", 2, "lines that end in CR LF: 1")


def test_line_ends_inside_a_text_are_no_windows_line_ends() -> None:
    assert codes(GOOD.replace("piano", "piano\\r\\n") + "\n") == []


def test_blank_lines_are_named_one_by_one() -> None:
    found = judged(f"\n{GOOD}\n  \n{GOOD.replace('piano', 'harp')}\n\t\n".encode())
    assert [(finding.code, finding.line, finding.fix) for finding in found] == [
        ("FT009", 1, "safe"), ("FT009", 3, "safe"), ("FT009", 5, "safe"),
    ]  # fmt: skip


def test_the_final_line_end_is_no_blank_line() -> None:
    assert codes(GOOD + "\n") == []


LONG = "FT018"  # the page's code, "FT018", stands for a line that no page can show


def test_a_line_beyond_the_bound_is_told_and_the_others_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_LINE_BYTES", 3 * 1024 * 1024)
    long = GOOD.replace("piano", "x" * 5 * 1024 * 1024, 1)
    found = judged(f"{GOOD}\n{long}\n{{}}\n".encode(), tokens=False)
    assert [finding.code for finding in found] == [LONG, "FT110"]
    assert found[0].message.startswith("line 2 is 5 MB long")


def test_a_line_of_a_hundred_megabytes_is_one_finding() -> None:
    content = GOOD.encode().replace(b"piano", b"x" * 100_000_000, 1)
    finding = one(judged(content, tokens=False))
    assert finding.code == LONG
    assert finding.message == "line 1 is 95 MB long, and is not read beyond 64 MB"


def test_a_line_of_a_hundred_megabytes_without_json_is_one_finding() -> None:
    assert codes(b"x" * 100_000_000) == ["FT005"]


def test_a_line_just_below_the_bound_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_LINE_BYTES", len(GOOD))
    assert codes(GOOD + "\n") == []


def test_a_cell_longer_than_a_csv_reader_takes_is_no_traceback() -> None:
    assert codes(b"question," + b"x" * 200_000 + b"\n") == ["FT017"]


def test_a_last_row_without_a_line_end() -> None:
    finding = one(judged(f"{GOOD}\n{OTHER}"))
    assert (finding.code, finding.level, finding.line, finding.fix) == ("FT011", "info", 2, "safe")
    assert (finding.column, finding.end_column) == (len(OTHER), len(OTHER) + 1)


@pytest.mark.parametrize("content", [f"{GOOD}\n{OTHER}\n", f"{GOOD}\n{OTHER}\r\n", f"{GOOD}\n{OTHER}\n\n"])
def test_a_file_that_ends_as_it_should(content: str) -> None:
    assert "FT011" not in codes(content)


def test_a_row_that_was_cut_off_is_told_once() -> None:
    assert codes(f"{GOOD}\n{OTHER[:-9]}") == ["FT101"]


def test_a_second_mark_is_a_defect_of_the_first_row_alone() -> None:
    content = codecs.BOM_UTF8 * 2 + f"{GOOD}\n{OTHER}\n".encode()
    finding = one(judged(content, ignore=("FT004",)))
    assert (finding.code, finding.line, finding.data) == ("FT101", 1, {"cause": "byte-order-mark"})


def test_a_broken_first_row_does_not_make_a_table_of_the_file() -> None:
    rows = [f'{{"messages":[{{"role":"user","content":"{n}"}},{{"role":"assistant","content":"x"}}]}}' for n in "abc"]
    findings = judged("\u200b" + "\n".join(rows) + "\n", select=("FT0", "FT1"))
    assert [(finding.code, finding.line) for finding in findings] == [("FT101", 1)]
