"""FT1, lines that are no JSON: a broken row is one finding that names cause and place; a valid one is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import GOOD, codes, judged, one
from ftlint.checks import syntax
from ftlint.model import Line
from ftlint.parse import parse

AFTER = GOOD.replace("piano", "harp")
"""A good row below the broken one, so that the broken one is not the end of the file."""


def line(text: str | bytes, number: int = 1) -> Line:
    return Line(number, 0, text.encode() if isinstance(text, str) else text, True)


def nested(levels: int, opening: str = '{"a":', middle: str = "1", closing: str = "}") -> str:
    return opening * levels + middle + closing * levels


BROKEN = {
    # name: the row, its code, the cause in the finding's data (FT101), the text that the finding points at
    "trailing comma in an object": ('{"messages": [],}', "FT101", "trailing-comma", ","),
    "trailing comma in a list": ('{"messages": [1, 2, ]}', "FT101", "trailing-comma", ","),
    "comma after the object": (GOOD + ",", "FT101", "trailing-comma", ","),
    "single quotes": ("{'messages': []}", "FT101", "single-quotes", "'"),
    "single quotes inside": ("{\"messages\": [{'role': 'user'}]}", "FT101", "single-quotes", "'"),
    "True": ('{"messages": [], "x": True}', "FT101", "python-literal", "True"),
    "False": ('{"messages": [], "x": False}', "FT101", "python-literal", "False"),
    "None": ('{"messages": [], "x": [None]}', "FT101", "python-literal", "None"),
    "smart quotes": ("{“messages”: []}", "FT101", "smart-quotes", "“"),
    "smart quotes round a value": ('{"messages": „x“}', "FT101", "smart-quotes", "„"),
    "full-width quotes": ('{"messages": ＂x＂}', "FT101", "smart-quotes", "＂"),
    "unescaped quote": ('{"messages": "he said "hi" to me"}', "FT101", "unescaped-quote", '"'),
    "raw tab": ('{"messages": "a\tb"}', "FT101", "raw-control", "\t"),
    "wrong escape": ('{"messages": "C:\\Users"}', "FT101", "bad-escape", "\\U"),
    "short escape": ('{"messages": "\\u12"}', "FT101", "bad-escape", "\\u"),
    "missing comma": ('{"role": "user" "content": "x"}', "FT101", "missing-comma", '"'),
    "missing comma between rows of a list": ('{"messages": ["a" "b"]}', "FT101", "missing-comma", '"'),
    "comment at the end": ('{"messages": [] // none\n', "FT101", "comment", "/"),
    "comment between": ('{/* none */ "messages": []}', "FT101", "comment", "/"),
    "unquoted key": ("{messages: []}", "FT101", "unquoted-key", "messages"),
    "no-break space": ('{"messages":\u00a0[]}', "FT101", "odd-space", "\u00a0"),
    "ideographic space": ('\u3000{"messages": []}', "FT101", "odd-space", "\u3000"),
    "zero-width space": ('{\u200b"messages": []}', "FT101", "odd-space", "\u200b"),
    "a mark inside the file": ("\ufeff" + GOOD, "FT101", "byte-order-mark", "\ufeff"),
    "text behind the object": (GOOD + " done", "FT101", "other", "d"),
    "a bracket too many": (GOOD + "}", "FT101", "other", "}"),
    "a missing value": ('{"messages": }', "FT101", "other", "}"),
    "a missing colon": ('{"messages" []}', "FT101", "missing-colon", "["),
    "an equals sign": ('{"messages"= []}', "FT101", "missing-colon", "="),
    "a list that is not closed": ('{"messages": [{"a": 1}}', "FT101", "brackets", "}"),
    "an object that is not closed": ('{"messages": [{"a": 1]}', "FT101", "brackets", "]"),
    "missing comma between objects": ('{"messages": [{"a": 1} {"b": 2}]}', "FT101", "missing-comma", "{"),
    "two commas": ('{"a": 1,, "b": 2}', "FT101", "double-comma", ","),
    "no JSON at all": ("x" + GOOD, "FT101", "other", "x"),
    "only a bracket": ("}", "FT101", "other", "}"),
    "the line ends in a list": ('{"messages": [', "FT101", "cut-off", "["),
    "the line ends after a comma": ('{"messages": [],', "FT101", "cut-off", ","),
    "the line ends in a string": ('{"messages": "no end', "FT101", "raw-newline", '"'),
    "the line ends in an escape": ('{"messages": "no end\\', "FT101", "raw-newline", '"'),
    "a number of 5,000 digits": ('{"a": ' + "9" * 5000 + "}", "FT101", "number-range", "9" * 5000),
    "a number with a huge exponent": ('{"a": -1e999}', "FT101", "number-range", "-1e999"),
    "NaN": ('{"a": NaN}', "FT103", None, "NaN"),
    "Infinity": ('{"a": [Infinity]}', "FT103", None, "Infinity"),
    "minus Infinity": ('{"a": -Infinity}', "FT103", None, "-Infinity"),
    "nan": ('{"a": nan}', "FT103", None, "nan"),
    "several NaN": ('{"a": NaN, "b": NaN}', "FT103", None, "NaN"),
    "a high half": ('{"a": "\\ud83d"}', "FT104", None, "\\ud83d"),
    "a low half": ('{"a": "\\uDE00 x"}', "FT104", None, "\\uDE00"),
    "halves in the wrong order": ('{"a": "\\ude00\\ud83d"}', "FT104", None, "\\ude00"),
    "a half behind a pair": ('{"a": "\\ud83d\\ude00\\ud83d"}', "FT104", None, "\\ud83d"),
    "a half in a key": ('{"\\ud83d": 1}', "FT104", None, "\\ud83d"),
    "a NUL": ('{"a": "\x00"}', "FT010", None, "\x00"),
    "an escape byte": ('{"a": "\x1b[1m"}', "FT010", None, "\x1b"),
    "a form feed between tokens": ('{\x0c"a": 1}', "FT010", None, "\x0c"),
    "a carriage return in a text": ('{"a": "x\ry"}', "FT010", None, "\r"),
    "two objects": (GOOD + AFTER, "FT016", None, "{"),
    "two objects with a space": (GOOD + " " + AFTER, "FT016", None, "{"),
    "two objects with a comma": (GOOD + ", " + AFTER, "FT016", None, ","),
    "three objects": (GOOD * 3, "FT016", None, "{"),
    "a second object that is cut off": (GOOD + '{"mess', "FT016", None, "{"),
    "old Mac line ends": (GOOD + "\r" + AFTER, "FT016", None, "{"),
    "10,000 levels": (nested(10_000), "FT108", None, "{"),
    "10,000 levels of lists": ('{"a": ' + nested(10_000, "[", "", "]") + "}", "FT108", None, "["),
    "10,000 levels that never close": (nested(10_000, closing=""), "FT108", None, "{"),
    "1,100 levels": (nested(1_100), "FT108", None, "{"),
    "a list": ("[1]", "FT105", None, "[1]"),
    "an empty list": ("[]", "FT105", None, "[]"),
    "a string": (json.dumps(GOOD), "FT105", None, json.dumps(GOOD)),
    "a number": ("7", "FT105", None, "7"),
    "null": ("null", "FT105", None, "null"),
    "true": ("true", "FT105", None, "true"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_one_finding_at_its_place(name: str) -> None:
    row, code, cause, pointed = BROKEN[name]
    row = row.rstrip("\n")
    finding = one(judged(f"{GOOD}\n{row}\n{AFTER}\n"))
    assert (finding.code, finding.line) == (code, 2)
    assert finding.data.get("cause") == cause
    assert finding.column is not None
    assert finding.end_column is not None
    assert row[finding.column - 1 : finding.end_column - 1] == pointed
    assert finding.help


def with_parameters(raw: str) -> str:
    """A row that holds any JSON, as the default of a tool's parameter."""
    function = '{"name": "tune", "parameters": {"type": "object", "default": ' + raw + "}}"
    return f'{GOOD[:-1]}, "tools": [{{"type": "function", "function": {function}}}]}}'


VALID = {
    "plain": GOOD,
    "spaces everywhere": '{ "messages" : [ { "role" : "user" , "content" : "Who tunes a piano?" } , '
    '{ "role" : "assistant" , "content" : "A piano tuner does." } ] }',
    "a tab between tokens": GOOD.replace(": ", ":\t"),
    "a carriage return between tokens": GOOD.replace('"}, {', '"},\r{'),
    "escaped quotes": GOOD.replace("piano", 'so-called \\"piano\\"'),
    "escaped line end": GOOD.replace("piano", "piano\\n"),
    "escaped backslash before u": GOOD.replace("piano", "C:\\\\ud83d"),
    "a pair": GOOD.replace("piano", "\\ud83c\\udfb9"),
    "two pairs": GOOD.replace("piano", "\\ud83c\\udfb9\\uD83D\\uDE00"),
    "NaN in a text": GOOD.replace("piano", "NaN, -Infinity and 1e999"),
    "Python in a text": GOOD.replace("piano", "True, None and 'x'"),
    "JSON in a text": GOOD.replace("piano", '{\\"a\\": 1}{\\"a\\": 2}'),
    "brackets in a text": GOOD.replace("piano", "[" * 400),
    "smart quotes in a text": GOOD.replace("piano", "“piano”"),
    "odd spaces in a text": GOOD.replace("piano", "a\u00a0\u3000piano"),
    "DEL in a text": GOOD.replace("piano", "piano\x7f"),
    "an escaped NUL": GOOD.replace("piano", "piano\\u0000"),
    "a trailing comma in a text": GOOD.replace("piano", "[1, 2,]"),
    "a comment in a text": GOOD.replace("piano", "// piano"),
    "single quotes in a text": GOOD.replace("piano", "{'a': 'b'}"),
    "every escape": GOOD.replace("piano", '\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9'),
    "a mark in a text": GOOD.replace("piano", "\ufeffpiano"),
    "noncharacters in a text": GOOD.replace("piano", "\uffff\U0010ffff"),
    "numbers at the edge of a double": with_parameters("[1.7e308, -1.7e308, 5e-324, -0.0, 1e-999]"),
    "a number of 300 digits": with_parameters("9" * 300),
    "200 levels": with_parameters("[" * 200 + "]" * 200),
    "true, false and null": with_parameters("[true, false, null]"),
    "empty lists and objects": with_parameters('[[], {}, [{}], {"": []}]'),
    "equal keys in different objects": with_parameters('[{"a": 1}, {"a": {"a": 1}}]'),
    "keys that differ in capitals": with_parameters('{"a": 1, "A": 1}'),
    "large and small numbers": '{"messages": [{"role": "user", "content": "Who tunes it?"}, '
    '{"role": "assistant", "content": "A piano tuner does.", "weight": 1.0e0}]}',
}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_row_is_no_finding(name: str) -> None:
    assert codes(f"{VALID[name]}\n{AFTER}\n", ignore=("FT5", "FT6")) == []


@pytest.mark.parametrize("name", VALID)
def test_a_valid_row_among_broken_ones_is_no_finding(name: str) -> None:
    lines = f"{{'a': 1}}\n{VALID[name]}\n{{'a': 1}}\n"
    assert [finding.line for finding in judged(lines, ignore=("FT5", "FT6"))] == [1, 3]


def test_the_end_of_a_file_that_was_cut_off_is_called_that() -> None:
    for cut in (GOOD[:-1], GOOD[:-3], GOOD[:40], GOOD[:13]):
        finding = one(judged(f"{AFTER}\n{cut}"))
        assert (finding.code, finding.line, finding.data) == ("FT101", 2, {"cause": "cut-off"})
        assert "the file ends in the middle of this row" in finding.message


def test_old_line_ends_are_named_in_the_help() -> None:
    finding = one(judged(f"{GOOD}\r{AFTER}"))
    assert finding.help is not None
    assert "lone carriage return" in finding.help


@pytest.mark.parametrize("rest", ["", " ", " {", ", {", "\r{'"])
def test_objects_on_a_line_are_counted(rest: str) -> None:
    assert syntax.rows_on(line(f" {GOOD} {AFTER}{rest}")) == 2 + bool(rest.strip())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['{"a": "first', 'second"}'], [True]),
        (['{"a": [', "1]}"], [True]),
        (['{"a": "first', '{"b": "second'], [False]),
        (['{"a": "first', "second", 'third"}'], [True, True]),
        (['{"a": "code:', "{", "  x();", "}", "42", "{}", '{\\"b\\": 1}', "{'b': 1}", '"}'], [True] * 8),
        (['{"a": "first', "{'messages': []}", "{messages: []}", "{“messages”: []}", ' { "b": ['], [False] * 4),
        (["{", '"a": [', "{'b': 1}"], [True, False]),
    ],
)
def test_the_rest_of_a_torn_row_is_told_apart_from_a_row(lines: list[str], expected: list[bool]) -> None:
    torn = syntax.runs_on(syntax.diagnose(line(lines[0]), last=False))
    assert torn
    assert [syntax.continues(line(text), torn) for text in lines[1:]] == expected


@pytest.mark.parametrize("text", ["{'a': 1}", '{"a": 1,}', "x", '{"a": NaN}', '{"a": 1}{"b": 2}'])
def test_a_row_that_is_broken_but_whole_does_not_run_on(text: str) -> None:
    assert not syntax.runs_on(syntax.diagnose(line(text), last=False))


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        ('{"a": 1, "a": 2}', ["a"]),
        ('{"a":1,"a":2,"a":3}', ["a", "a"]),
        ('{"x": {"b": 1, "c": 2, "b": 3}}', ["b"]),
        ('{"x": [{"b": 1, "b": 3}, {"b": 1}]}', ["b"]),
        ('{"a" : 1, "a" : 2}', ["a"]),
        ('{"a"  : 1, "a"\t\t: 2}', ["a"]),
        ('{"a": 1, "\\u0061": 2}', ["a"]),
        ('{"q\\"": 1, "q\\u0022": 2}', ['q"']),
        ('{"a": {"a": {"a": 1}}, "a": 1}', ["a"]),
        ('{"a": "x\\"\\u003a", "b": 1, "b": 2}', ["b"]),
        ('{"":1,"":2}', [""]),
        ('{"雪": 1, "雪": 2}', ["雪"]),
        ('{"a": 1, "b": ' + nested(240) + ', "a": 2}', ["a"]),
    ],
)
def test_a_key_that_stands_twice_is_named(row: str, keys: list[str]) -> None:
    found = [finding for finding in judged(row) if finding.code == "FT102"]
    assert [finding.message for finding in found] == [
        f"the key `{key}` stands twice in this object; the last one counts" for key in keys
    ]
    for finding in found:
        assert finding.column is not None
        assert finding.end_column is not None
        pointed = row[finding.column - 1 : finding.end_column - 1]
        assert json.loads(pointed) in keys
        assert row.count(pointed, 0, finding.column - 1) >= (1 if "\\u" not in pointed else 0)


@pytest.mark.parametrize(
    "row",
    [
        '{"a": 1, "b": 2}',
        '{"a": {"a": 1}}',
        '{"a": [{"a": 1}, {"a": 2}]}',
        '{"a": "\\"a\\": 1", "b": "\\"a\\":"}',
        '{"a": "\\u0022a\\u0022:", "A": 1}',
        '{"a" : "a : b", "b" : "a :"}',
        '{"a": "{", "b": "a", "c": "a"}',
        '{"e\\u0301": 1, "é": 2}',
    ],
)
def test_equal_texts_that_are_not_keys_of_one_object_are_no_duplicates(row: str) -> None:
    assert "FT102" not in codes(row)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-1e9, 1e9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.booleans())
def test_no_serialised_value_has_a_duplicate_key(value: object, ascii_only: bool) -> None:
    text = json.dumps({"value": value}, ensure_ascii=ascii_only).encode("utf-8", "replace")
    assert list(syntax.duplicate_keys(line(text))) == []


@given(st.text(alphabet=st.sampled_from("{}[]\",:\\ab10 \t\r'NaInfTrue“\ufeff\u3000\x00"), max_size=30), st.booleans())
def test_every_refused_line_has_one_diagnosis(text: str, last: bool) -> None:
    row = line(text)
    try:
        parse(row)
    except ValueError:
        problem = syntax.diagnose(row, last=last)
        assert problem.code in ("FT010", "FT016", "FT101", "FT103", "FT104", "FT108")
        assert problem.chars is not None
        assert 0 <= problem.chars[0] <= problem.chars[1] <= max(len(text), problem.chars[0] + 1)


@given(st.binary(max_size=40))
def test_any_bytes_have_one_diagnosis(raw: bytes) -> None:
    row = line(raw.replace(b"\n", b""))
    try:
        parse(row)
    except ValueError:
        assert syntax.diagnose(row, last=False).line == 1


DEEP = ["FT108"]  # the page's code, "FT108", stands for a row that no page can show


@pytest.mark.parametrize("levels", [syntax.MAX_DEPTH + 1, 600, 1000, 1024])
def test_deep_rows_that_the_parser_takes_are_refused_all_the_same(levels: int) -> None:
    problem = syntax.too_deep(line(nested(levels)))
    assert (problem.code, problem.chars) == ("FT108", (5 * syntax.MAX_DEPTH, 5 * syntax.MAX_DEPTH + 1))


@pytest.mark.parametrize("levels", [syntax.MAX_DEPTH + 1, 600, 1000, 1024])
@pytest.mark.parametrize("brackets", [('{"a":', "1", "}"), ("[", "", "]")])
def test_deep_rows_are_one_finding(levels: int, brackets: tuple[str, str, str]) -> None:
    assert codes(f"{GOOD}\n{nested(levels, *brackets)}\n{AFTER}\n") == DEEP


@pytest.mark.parametrize(
    "tear", ["\n", "\n\n", "\nmiddle\n", "\n \n\nmiddle\n", "\n{\n  x();\n}\n", "\n1\n2\n", '\n{\\"a\\": 1}\n']
)
def test_a_row_torn_over_several_lines_is_one_finding(tear: str) -> None:
    finding = one(judged(GOOD.replace("piano", f"pi{tear}ano", 1) + f"\n{AFTER}\n"))
    assert (finding.code, finding.line, finding.data) == ("FT101", 1, {"cause": "raw-newline"})


def test_a_row_at_the_bound_is_judged() -> None:
    assert codes(f"{GOOD}\n{AFTER}\n{nested(syntax.MAX_DEPTH)}\n") == ["FT110"]


def test_a_file_that_ends_inside_a_character_was_cut_off() -> None:
    finding = one(judged(GOOD.encode() + b'\n{"messages": "\xe3\x81', ignore=("FT011",)))
    assert (finding.code, finding.line, finding.data) == ("FT101", 2, {"cause": "cut-off"})
    assert codes(GOOD.encode() + b'\n{"messages": "\xe3\x81\n') == ["FT002"]


@pytest.mark.parametrize(
    ("encoding", "text", "guess"),
    [
        ("cp932", "日本語処理", "Shift_JIS"),
        ("cp932", "にほんご", "Shift_JIS"),
        ("euc_jp", "にほんご", "EUC-JP"),
        ("gb18030", "汉语处理", "GB 18030"),
        ("latin-1", "café déjà vu", "Windows-1252 or Latin-1"),
    ],
)
def test_the_encoding_that_is_guessed(encoding: str, text: str, guess: str) -> None:
    assert syntax.guess_encoding(text.encode(encoding)) == guess


def test_a_guess_takes_time_in_proportion() -> None:
    raw = ("漢字" * 500_000).encode("cp932") + b"\xb1"  # a quadratic search would take hours
    assert syntax.guess_encoding(raw) == "another encoding"
