"""Redaction: every planted value is gone, each has one placeholder, and no other byte is changed."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FIXTURES, TODAY, chat
from ftlint import engine
from ftlint.fix.placeholders import CODES, Placeholders, normal
from ftlint.fix.redact import TWICE, UNREADABLE, Redacted, Redactor
from ftlint.model import Role
from ftlint.read import Source
from ftlint.settings import Settings
from privacy.drawn import KEYS, jwt, pem

SETTINGS = Settings(today=TODAY)
MAIL = "kim.larsen@hallgarten-optik.com"
OPEN, CLOSE = "\ue000", "\ue001"
"""Round a planted value until the row is written, so that what is expected can be written in the same way."""

TEMPLATES = {
    "EMAIL": "Please write to {} 🎉 today.",
    "PHONE": "電話は{}です。",
    "CARD": "My card is {}, thanks.",
    "IBAN": "Transfer it to {} now.",
    "ID": "The SSN is {} as you know.",
    "ADDRESS": "Send it to {}, please.",
    "BIRTH_DATE": "I was born on {}, in spring.",
    "IP": "The host {} was seen again.",
    "KEY": "The key is {} there.",
    "PRIVATE_KEY": "Here it is:\n{}\nKeep it.",
    "CREDENTIAL": "postgres://{}@db.hallgarten-optik.com/x",
    "TOKEN": "Use {} for it.",
    "PASSWORD": "the password is {} ok",
}
VALUES = {
    "EMAIL": [MAIL, "aoi.m@widgets-of-kyoto.jp", "AOI.M＠widgets-of-kyoto.jp"],
    "PHONE": ["(415) 867-5309", "03-6234-5671", "０３－６２３４－５６７１"],
    "CARD": ["4539 1488 0343 6467", "4539148803436467"],
    "IBAN": ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819"],
    "ID": ["539-48-0120", "219-09-8765"],
    "ADDRESS": ["12 Main Street, Springfield, IL 62701", "東京都千代田区丸の内1丁目9番2号"],
    "BIRTH_DATE": ["3 May 1988", "1990-12-01"],
    "IP": ["81.2.69.142", "2a02:6b8:0:1::242"],
    "KEY": [KEYS["github-token"], KEYS["aws-access-key"]],
    "PRIVATE_KEY": [pem(), pem("RSA", 3)],
    "CREDENTIAL": ["bob:Gx7kQ2pLm9", "eva:Zt5wPq81Rc"],
    "TOKEN": [jwt(sub="81"), jwt(sub="82")],
    "PASSWORD": ["Vk8mtQ2xWz", "Hn4bsK7dRy"],
}
Cell = tuple[str, str]
CELLS = st.sampled_from(
    [(kind, value) for kind, values in VALUES.items() for value in values] + [("", "There is nothing to say.")]
)


def said(cell: Cell) -> str:
    kind, value = cell
    return TEMPLATES[kind].format(f"{OPEN}{value}{CLOSE}") if kind else value


def encode(text: str, plain: bool) -> str:
    """A JSON string; where it is not plain, with an escape for every character, but for placeholders."""
    if plain:
        return json.dumps(text, ensure_ascii=False)
    made, inside = [], False
    for char in text:
        inside = char == OPEN or (inside and char != CLOSE)
        units = char.encode("utf-16-be")
        kept = char in (OPEN, CLOSE) or (inside and PLACEHOLDERS)
        made.append(
            char if kept else "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2))
        )
    return f'"{"".join(made)}"'


PLACEHOLDERS: list[bool] = []
"""Holds something while what is expected is written."""


def dump(value: Any, plain: bool) -> str:
    if isinstance(value, str):
        return encode(value, plain)
    if isinstance(value, dict):
        return "{ " + " ,".join(f"{json.dumps(key)}:  {dump(item, plain)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump(item, plain) for item in value) + " ]"
    return json.dumps(value)


def _chat(cells: list[Cell], inner: bool) -> dict[str, Any]:
    a, b, c, d = (said(cell) for cell in cells)
    arguments = dump({"to": c, "n": 3, "deep": [{"note": 'ü"\\'}]}, inner)
    call = {"id": "call_1", "type": "function", "function": {"name": "send", "arguments": arguments}}
    return {
        "messages": [
            {"role": "system", "content": a},
            {"role": "user", "content": [{"type": "text", "text": b}]},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": dump({"found": d}, inner)},
            {"role": "assistant", "content": "It is done."},
        ]
    }


def _named(cells: list[Cell], inner: bool) -> dict[str, Any]:
    a, b, c, d = (said(cell) for cell in cells)
    user = {"role": "user", "name": f"{OPEN}{cells[0][1]}{CLOSE}" if cells[0][0] == "EMAIL" else "kim", "content": a}
    return {"messages": [user, {"role": "assistant", "content": b, "refusal": c}], "metadata": {"of": [d]}}


def _preference(cells: list[Cell], inner: bool) -> dict[str, Any]:
    a, b, c, d = (said(cell) for cell in cells)
    return {
        "input": {"messages": [{"role": "system", "content": a}, {"role": "user", "content": b}]},
        "preferred_output": [{"role": "assistant", "content": c}],
        "non_preferred_output": [{"role": "assistant", "content": d}],
    }


def _reference(cells: list[Cell], inner: bool) -> dict[str, Any]:
    a, b, c, d = (said(cell) for cell in cells)
    return {"messages": [{"role": "user", "content": a}], "answer": b, "facts": {"of": [c, 7, True, None]}, "id": d}


def _completion(cells: list[Cell], inner: bool) -> dict[str, Any]:
    a, b, _, _ = (said(cell) for cell in cells)
    return {"prompt": a, "completion": b}


SHAPES: list[Callable[[list[Cell], bool], dict[str, Any]]] = [_chat, _named, _preference, _reference, _completion]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(SHAPES), st.lists(CELLS, min_size=4, max_size=4), st.booleans(), st.booleans(), st.booleans()
    ),
    min_size=1,
    max_size=6,
)


def written(rows: list[Any], words: dict[str, str] | None) -> bytes:
    """The file, with these values written in another way."""
    lines = []
    PLACEHOLDERS[:] = [True] * (words is not None)
    for shape, cells, plain, inner, carriage in rows:
        row = shape([(kind, (words or {}).get(value, value)) for kind, value in cells], inner)
        lines.append(dump(row, plain).replace(OPEN, "").replace(CLOSE, "") + ("\r\n" if carriage else "\n"))
    PLACEHOLDERS.clear()
    return "".join(lines).encode()


def expected(rows: list[Any], taken: set[str]) -> dict[str, str]:
    """The placeholder of every value: numbered as they appear, the same for other ways to write one."""
    codes = {"PHONE": "FT702", "CARD": "FT703", "IBAN": "FT704", "ID": "FT705"}
    words: dict[str, str] = {}
    names: dict[str, str] = {}
    next_one: Counter[str] = Counter()
    for shape, cells, *_ in rows:
        for kind, value in cells[: 2 if shape is _completion else 4]:
            if kind and value not in words:
                key = normal(value, codes.get(kind, "FT701"))
                while key not in names:
                    next_one[kind] += 1
                    if f"[{kind}_{next_one[kind]}]" not in taken:
                        names[key] = f"[{kind}_{next_one[kind]}]"
                words[value] = names[key]
    return words


def redacted(content: bytes, codes: frozenset[str] = CODES) -> tuple[bytes, Redacted]:
    with TemporaryDirectory() as folder:
        path, output = Path(folder) / "train.jsonl", Path(folder) / "out.jsonl"
        path.write_bytes(content)
        redactor = Redactor(Source(str(path), Role.TRAIN, path), SETTINGS, codes)
        redactor.look()
        with output.open("wb") as out:
            done = redactor.write(out)
        done.left.extend(redactor.still(Source(str(output), Role.TRAIN, output)))
        assert path.read_bytes() == content
        return output.read_bytes(), done


def left(done: Redacted) -> list[tuple[int, str | None, str | None]]:
    return [item[:3] for item in done.left]


@settings(max_examples=60)
@given(ROWS, st.booleans())
def test_values_become_placeholders_and_nothing_else_changes(rows: list[Any], taken: bool) -> None:
    head = b'{"messages": [{"role": "user", "content": "Who is [EMAIL_1] or \\u005bPHONE_02]?"}]}\n' if taken else b""
    words = expected(rows, {"[EMAIL_1]", "[PHONE_2]"} if taken else set())
    content = head + written(rows, None)
    out, done = redacted(content)
    assert out == head + written(rows, words)
    assert done.left == []
    assert sum(total for total, _ in done.placeholders.counts().values()) == out.count(b"[") - content.count(b"[")
    shown = unicodedata.normalize("NFKC", out.decode())
    for line in out.decode().splitlines():
        shown += unicodedata.normalize("NFKC", json.dumps(json.loads(line), ensure_ascii=False))
    assert not any(unicodedata.normalize("NFKC", value) in shown for value in words)
    again, done = redacted(out)
    assert (again, done.rows, done.placeholders.counts()) == (out, 0, {})
    report = engine.check([("-", Role.TRAIN)], Settings(today=TODAY, select=tuple(sorted(CODES))), stdin=out)
    assert report.findings == ()


def row(*texts: str, **more: Any) -> bytes:
    roles = ("user", "assistant") * len(texts)
    messages = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]
    return json.dumps({"messages": messages, **more}, ensure_ascii=False).encode() + b"\n"


def test_what_only_the_question_tells_is_found() -> None:
    out, done = redacted(row("When were you born?", "On 3 May 1988, in Bergen."))
    assert out == row("When were you born?", "On [BIRTH_DATE_1], in Bergen.")
    assert done.left == []


def test_a_known_value_is_found_where_no_word_stands_beside_it() -> None:
    content = row("Call (415) 867-5309.", "I dialled 4158675309.") + row("4158675309", "415 867 5309, or 4158675308")
    out, done = redacted(content)
    assert out == row("Call [PHONE_1].", "I dialled [PHONE_1].") + row("[PHONE_1]", "[PHONE_1], or 4158675308")
    assert done.placeholders.counts() == {"PHONE": (4, 1)}


def test_a_date_is_looked_for_in_its_own_row_only() -> None:
    content = row("I was born on 3 May 1988.", "So 3 May 1988 it is.") + row("What was on 3 May 1988?", "A Tuesday.")
    out, _ = redacted(content)
    assert out == row("I was born on [BIRTH_DATE_1].", "So [BIRTH_DATE_1] it is.") + content.split(b"\n")[1] + b"\n"


def test_dates_with_the_same_digits_are_two() -> None:
    out, _ = redacted(row("I was born on 1/12/1988.", "And she was born on 11/2/1988."))
    assert out == row("I was born on [BIRTH_DATE_1].", "And she was born on [BIRTH_DATE_2].")


def call(arguments: str) -> dict[str, Any]:
    function = {"name": "pay", "arguments": arguments}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    return {"messages": [{"role": "user", "content": "Pay."}, {"role": "assistant", "tool_calls": calls}]}


def test_arguments_stay_json() -> None:
    given = '{"card": 4539148803436467, "at": {"street": "12 Main Street", "city": "Springfield, IL 62701"}, "n": -1}'
    wanted = '{"card": "[CARD_1]", "at": {"street": "[ADDRESS_1]", "city": "[ADDRESS_2]"}, "n": -1}'
    out, done = redacted(json.dumps(call(given)).encode())
    assert json.loads(out) == call(wanted)
    assert done.left == []


def test_what_cannot_be_replaced_is_told_without_the_value() -> None:
    schema = {"type": "object", "properties": {MAIL: {"type": "string", "enum": [MAIL]}}, "required": [MAIL]}
    tools = [{"type": "function", "function": {"name": "send", "parameters": schema}}]
    content = row("Hello", "Hi", tools=tools) + json.dumps(call(json.dumps({MAIL: 1}))).encode() + b"\n"
    out, done = redacted(content)
    where = "$.tools[0].function.parameters"
    assert set(left(done)) == {
        (1, "FT701", f"{where}.properties"),
        (1, "FT701", f"{where}.required[0]"),
        (2, "FT701", "$.messages[1].tool_calls[0].function.arguments"),
    }
    assert json.loads(out.splitlines()[0])["tools"][0]["function"]["parameters"]["properties"][MAIL]["enum"] == [
        "[EMAIL_1]"
    ]
    assert out.splitlines()[1] == content.splitlines()[1]
    assert MAIL not in repr(done.left)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"messages": [{"role": "user", "content": "kim.larsen@hallgarten-optik.com"', UNREADABLE),
        (b"\xff\xfe kim.larsen@hallgarten-optik.com", UNREADABLE),
        (b'{"a": "kim.larsen@hallgarten-optik.com", "a": 1}', TWICE),
    ],
)
def test_a_row_that_cannot_be_judged_is_copied_and_told(line: bytes, reason: str) -> None:
    good = row(f"Write to {MAIL}.", "Yes.")
    out, done = redacted(good + line + b"\n\n" + good)
    assert out == good.replace(MAIL.encode(), b"[EMAIL_1]") + line + b"\n\n" + good.replace(MAIL.encode(), b"[EMAIL_1]")
    assert [(item.line, item.reason) for item in done.left] == [(2, reason)]


def test_secrets_alone() -> None:
    content = row(f"Write to {MAIL}.", f"The key is {KEYS['github-token']}.")
    out, done = redacted(content, frozenset({"FT720"}))
    assert out == row(f"Write to {MAIL}.", "The key is [KEY_1].")
    assert done.left == []


def test_images_and_ids_are_left_alone() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,4539148803436467"}}
    content = json.dumps({"messages": [{"role": "user", "content": [part]}, chat("a", "b")["messages"][1]]}).encode()
    assert redacted(content)[0] == content


@pytest.mark.parametrize("path", sorted((FIXTURES / "clean").glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_clean_file_is_left_alone(path: Path) -> None:
    content = path.read_bytes()
    out, done = redacted(content)
    assert (out, done.left) == (content, [])


def test_a_placeholder_that_the_file_holds_is_never_given() -> None:
    placeholders = Placeholders()
    placeholders.reserve("[EMAIL_1] ［ＥＭＡＩＬ＿３］ email_0004")
    placeholders.note(MAIL, "FT701", "email-address")
    assert placeholders.of(MAIL, "FT701", "email-address") == "[EMAIL_2]"
    assert placeholders.of("x" + MAIL, "FT701", "email-address") == "[EMAIL_5]"
    assert placeholders.of(MAIL.upper(), "FT701", "email-address") == "[EMAIL_2]"
