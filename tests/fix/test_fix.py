"""The fixer: what it mends, what it leaves alone byte for byte, and that doing it twice changes nothing."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FIXTURES, TODAY, chat
from ftlint import accept, engine
from ftlint.accept import Acceptances
from ftlint.fix.mend import mend
from ftlint.fix.rules import FIXES
from ftlint.model import Role
from ftlint.read import Source
from ftlint.rulebook import load_book
from ftlint.settings import Settings

SETTINGS = Settings(today=TODAY)
ROW = b'{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Good day."}]}'


def fixed(content: bytes, *, unsafe: bool = False, **changes: Any) -> tuple[bytes, Counter[str], Counter[str]]:
    """The mended bytes, what was mended, and what was held back."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "train.jsonl"
        path.write_bytes(content)
        work = Path(folder) / "work"
        work.mkdir()
        source = Source(str(path), Role.TRAIN, path)
        result = mend(source, dataclasses.replace(SETTINGS, **changes), work, unsafe=unsafe)
        assert path.read_bytes() == content
        return result.path.read_bytes() if result.path else content, result.fixed, result.held


def codes(content: bytes) -> set[str]:
    report = engine.check([("-", Role.TRAIN)], SETTINGS, stdin=content)
    return {finding.code for finding in report.findings}


def test_the_rule_pages_say_what_is_done() -> None:
    told = {code: rule.fix for code, rule in load_book().rules.items() if rule.fix != "none"}
    assert told == {code: kind for code, kind in FIXES.items() if code in load_book().rules}


@pytest.mark.parametrize("path", sorted((FIXTURES / "clean").glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_clean_file_is_left_alone(path: Path) -> None:
    content = path.read_bytes()
    assert fixed(content, unsafe=True) == (content, Counter(), Counter())


def test_the_safe_fixes() -> None:
    damaged = (
        b"\xef\xbb\xbf" + ROW + b"\r\n\n  \t\r\n" + ROW.replace(b"hi", b"ho") + b"\r\n \n" + ROW.replace(b"hi", b"hu")
    )
    content, done, held = fixed(damaged)
    assert content == b"".join(ROW.replace(b"hi", word) + b"\n" for word in (b"hi", b"ho", b"hu"))
    assert done == {"FT004": 1, "FT008": 1, "FT009": 3, "FT011": 1}
    assert not held


def test_the_byte_order_mark_stays_where_the_provider_wants_it() -> None:
    content = b"\xef\xbb\xbf" + ROW + b"\n"
    assert fixed(content, provider="azure")[0] == content


def test_line_ends_stay_where_their_rule_is_off() -> None:
    content = ROW + b"\r\n\r\n" + ROW.replace(b"hi", b"ho") + b"\r\n"
    assert fixed(content, ignore=("FT008",))[0] == content.replace(b"\r\n\r\n", b"\r\n")


def test_a_cut_off_last_line_gets_no_line_end() -> None:
    content = ROW + b"\n" + ROW[:-20]
    assert fixed(content, unsafe=True)[0] == content


CASES = [
    ("FT114", '{"role": "asistant"', '{"role": "assistant"'),
    ("FT114", '{"role" : "Assistant "', '{"role" : "assistant"'),
    ("FT114", '{"role": "gpt"', '{"role": "assistant"'),
    ("FT115", '{"rol": "assistant"', '{"role": "assistant"'),
    ("FT119", '{"wieght": 1, "role": "assistant"', '{"weight": 1, "role": "assistant"'),
]


@pytest.mark.parametrize(("code", "damage", "mended"), CASES)
def test_a_span_is_replaced_and_the_rest_of_the_line_keeps_every_byte(code: str, damage: str, mended: str) -> None:
    odd = (
        '{"messages" :[{"role":"user",  "content": "\\u65e5\\ud83d\\ude42 日🙂\\/ 1.50"},%s,"content":"Good day."}] }\n'
    )
    others = b"".join(ROW.replace(b"hi", str(n).encode()) + b"\n" for n in range(3))
    content, done, _ = fixed(others + (odd % damage).encode(), unsafe=True)
    assert content == others + (odd % mended).encode()
    assert done == {code: 1}
    assert fixed(others + (odd % damage).encode())[2] == {code: 1}


def test_a_misspelt_list_of_messages_and_what_is_in_it() -> None:
    others = b"".join(ROW.replace(b"hi", str(n).encode()) + b"\n" for n in range(3))
    damaged = ROW.replace(b'"messages"', b'"mesages"').replace(b'"assistant"', b'"asistant"')
    assert fixed(others + damaged + b"\n", unsafe=True)[0] == others + ROW + b"\n"


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace(b'"assistant"', b'"narrator"'),  # no role is near
        ROW.replace(b'{"role": "assistant"', b'{"role": "asistant", "role": "asistant"'),  # a key twice
        ROW[:-1] + b', "source": "x"}',  # no known key is near
        ROW.replace(b'"messages"', b'"mesages"').replace(b"[", b'"').replace(b"]", b'"').replace(b'{"r', b"r"),
    ],
)
def test_what_is_not_clear_is_left_alone(row: bytes) -> None:
    others = b"".join(ROW.replace(b"hi", str(n).encode()) + b"\n" for n in range(3))
    assert fixed(others + row + b"\n", unsafe=True)[0] == others + row + b"\n"


def test_arguments_become_a_string_as_they_stand() -> None:
    given = '{"type": "object", "properties": {"a": {"type": "string"}}}'
    tool = '{"type": "function", "function": {"name": "f", "parameters": %s}}' % given  # noqa: UP031 (braces)
    call = '{"id": "c1", "type": "function", "function": {"name": "f", "arguments": %s}}'
    row = '{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "tool_calls": [%s]}], "tools": [%s]}\n'
    damaged = row % (call % '{ "a" :  "\\u65e5 \\"x\\" 日" }', tool)
    content, done, _ = fixed(damaged.encode(), unsafe=True)
    value = json.loads(content)["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert value == '{ "a" :  "\\u65e5 \\"x\\" 日" }'
    assert done == {"FT134": 1}
    assert content.decode().startswith(damaged[: damaged.index('{ "a"')])


def test_preference_keys_are_renamed_where_they_hold_messages() -> None:
    side = '[{"role": "assistant", "content": "%s"}]'
    row = (
        '{"input": {"messages": [{"role": "user", "content": "q"}]}, "%s": '
        + side % "good"
        + ', "%s": '
        + side % "bad"
        + "}\n"
    )
    content, done, _ = fixed((row % ("chosen", "rejected")).encode(), unsafe=True, format=None)
    assert content.decode() == row % ("preferred_output", "non_preferred_output") or not done
    rows = (row % ("preferred_output", "non_preferred_output")) * 2 + row % (
        "preferred_completion",
        "non_preferred_completion",
    )
    content, done, _ = fixed(rows.encode(), unsafe=True, ignore=("FT501",))
    assert content.decode() == (row % ("preferred_output", "non_preferred_output")) * 3
    assert done == {"FT151": 2}


@pytest.mark.parametrize(
    ("code", "damage", "mended"),
    [
        ("FT601", "\\n  Good day. \\u3000", "Good day."),
        ("FT604", "A cafÃ© and a crÃ¨me.", "A café and a crème."),
        ("FT607", "Assistant: Good day.", "Good day."),
        ("FT608", "Good\\u200b day\u200b.", "Good day."),
        ("FT609", "Ham &amp;amp; eggs &lt; 3 &quot;x&quot;", 'Ham & eggs < 3 \\"x\\"'),
        ("FT610", "Who tunes a piano in this town? A tuner.", "A tuner."),
        ("FT612", "<think>So &lt; many.</think>\\nGood day.", "Good day."),
    ],
)
def test_texts_are_mended_inside_their_string(code: str, damage: str, mended: str) -> None:
    row = ROW.decode().replace("hi", "Who tunes a piano in this town?")
    content, done, _ = fixed((row.replace("Good day.", damage) + "\n").encode(), unsafe=True)
    assert content.decode() == row.replace("Good day.", mended) + "\n"
    assert done[code] == 1


def test_an_answer_is_never_mended_away() -> None:
    content = ROW.replace(b"Good day.", b"Assistant: ") + b"\n"
    assert json.loads(fixed(content, unsafe=True)[0])["messages"][1]["content"].strip() == "Assistant:"


def test_copies_go_and_the_first_one_stays() -> None:
    other = ROW.replace(b"hi", b"ho")
    again = json.dumps(json.loads(ROW), separators=(",", ":")).encode()
    content, done, _ = fixed(ROW + b"\r\n" + other + b"\n" + again + b"\r\n" + ROW, unsafe=True)
    assert content == ROW + b"\n" + other + b"\n"
    assert done["FT501"] == 2


def test_what_is_accepted_is_not_mended(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(ROW + b"\n" + ROW + b"\n")
    report = engine.check([(path, Role.TRAIN)], SETTINGS)
    held = Acceptances(tmp_path / accept.NAME)
    held = held.with_entries(held.entry(one, "weight", TODAY) for one in report.findings if one.code == "FT501")
    held.path.write_text(held.dump(), encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    source = Source(str(path), Role.TRAIN, path)
    result = mend(source, dataclasses.replace(SETTINGS, accepted=held.path), work, unsafe=True)
    assert result.path is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"a,b\n1,2\n",
        b"[\n{}]\n",
        b"\x1f\x8b\x00\r\n",
        '{"a": "日"}\r\n'.encode("utf-16"),
    ],
)
def test_what_is_no_jsonl_is_left_alone(content: bytes) -> None:
    assert fixed(content, unsafe=True)[0] == content


WORDS = st.sampled_from(["Guten Tag.", "日本 🙂", 'a "quoted" one', "\\u0041 \\n", "  spaced ", "tab\t", "x" * 300])
DAMAGE = st.sampled_from(
    [
        ('"assistant"', '"asistant"'),
        ('"assistant"', '"Assistant"'),
        ('"user"', '"human"'),
        ('"messages"', '"mesages"'),
        ('"role"', '"rol"'),
        ('"content"', '"contnet"'),
        ("{", "{ "),
        ("}", ""),
        ('"role"', '"role": "user", "role"'),
        (", ", ",  "),
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\r\n \t\r\n", b"\r\r\n"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file with damage of every kind that has a fix, and of some that have none."""
    out = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    rows = [chat(draw(WORDS) + str(draw(st.integers(0, 4))), draw(WORDS)) for _ in range(draw(st.integers(1, 6)))]
    for row in rows:
        line = json.dumps(row, ensure_ascii=draw(st.booleans()))
        for old, new in draw(st.lists(DAMAGE, max_size=3)):
            line = line.replace(old, new, draw(st.sampled_from([1, -1])))
        out += line.encode() + draw(ENDS)
    return out if draw(st.booleans()) else out.rstrip(b"\r\n \t")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(files(), st.booleans())
def test_mending_twice_changes_nothing_and_what_was_mended_is_gone(content: bytes, unsafe: bool) -> None:
    mended, done, _ = fixed(content, unsafe=unsafe)
    again, nothing, _ = fixed(mended, unsafe=unsafe)
    assert (again, nothing) == (mended, Counter())
    if not unsafe:
        assert not codes(mended) & done.keys()
        kept = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
        got = [line for line in mended.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
        assert [line.rstrip(b"\r") for line in kept] == [line.rstrip(b"\r") for line in got]
    else:
        lines = {line.rstrip(b"\r") for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")}
        got = [line for line in mended.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
        changed = [line for line in got if line.rstrip(b"\r") not in lines]
        assert len(changed) <= sum(done[code] for code in done if code not in ("FT004", "FT008", "FT009", "FT011"))


def test_a_row_may_hold_problems_with_and_without_an_edit() -> None:
    others = b"".join(ROW.replace(b"hi", str(n).encode()) + b"\n" for n in range(3))
    damaged = ROW.replace(b'"assistant"', b'"asistant"')  # and its line has no end
    content, done, _ = fixed(others + damaged, unsafe=True)
    assert content == others + ROW + b"\n"
    assert done == {"FT011": 1, "FT114": 1}
