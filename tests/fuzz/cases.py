"""The hostile inputs: more than two thousand files, the same for the same seed, each made when it is needed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from fuzz.pumps import LINES, expressions, pumps
from hostile import PIECES

SEED = 20261122
FIXTURES = Path(__file__).parents[2] / "fixtures"
CLEAN = {path.stem: path.read_bytes().splitlines() for path in sorted((FIXTURES / "clean").glob("*.jsonl"))}
REAL = [line for lines in CLEAN.values() for line in lines]


class Case(NamedTuple):
    """One input: what it is called in a failure, the name of its file as bytes, and what makes its content."""

    name: str
    make: Callable[[], bytes]
    file: bytes = b"train.jsonl"


TERMINAL = (
    "\x1b[2J\x1b[H", "\x1b[35;5mred\x1b[0m", "\x1b]8;;http://evil.invalid\x07link\x1b]8;;\x1b\\", "\x1b]0;title\x07",
    "\x1b]52;c;cm0gLXJm\x07", "\x1bP+q544e\x1b\\", "\x1b_apc\x1b\\", "\x1b^pm\x1b\\", "\x1bc", "\x9b31m", "\x9d0;t\x9c",
    "\x90q\x9c", "\x07\x07", "a\bb\bc", "\x0b\x0c", "\x00", "\x7f", "\x0e\x0f", "\x85next", "a\rb", "a\r\nb", "a\nb",
    "\u2028\u2029", "\u202eevil\u202c", "\u2066a\u2067b\u2069", "\u200e\u200f\u061c", "\u200b\u200c\u200d\u2060",
    "\ufeff", "\ufff9a\ufffab\ufffb", "\ufffe\uffff", "\xad", "\u180e", "\U000e0041\U000e007f", "\U0010ffff",
    "\ud800", "\udfff", "\udc80\udcff", "\ud83d", "\u0301" * 200,
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "</script><script>alert(1)//", "<!--", "-->", "<![CDATA[", "]]>", "<?xml?>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;&#0;&#x1b;&lt;", "\"'><img src=x onerror=alert(1)>", "</style><svg/onload=a>",
    "</title></pre></mark></details>", "' onmouseover='a", "<a href=javascript:a>", "{{7*7}}", "${7*7}", "%s%n%(x)s",
    "{0}{message}{value!r:>99}", "[bold red]rich[/bold red]", "[/]", "[link=http://evil.invalid]x[/link]", "\\[",
    ":smile:",
    "[a](javascript:b)", "![a](http://evil.invalid/b.png)", "`code` ``two`` ```", "| a | b |", "\n\n# head\n- item\n",
    "**b** __b__ ~~s~~", "@someone #12 GH-1 a@b.invalid", "http://evil.invalid www.evil.invalid", "~~~\n",
)  # fmt: skip
COMMANDS = (
    "::error::x",
    "\n::error file=a,line=1::x",
    "\r::stop-commands::t",
    "%0A::set-output name=a::b",
    "%0D%0A::debug::",
    " ::add-mask::x",
    "##[error]x",
    "##vso[task.setvariable variable=a]b",
    "##[command]x",
    "#" * 9 + "[error]",
    "##teamcity[buildStop]",
    "::group::a\n::endgroup::",
    "::warning::%25%0A",
    "section_start:1:a\r\x1b[0K",
    ",:,:=,",
)
PLACED = tuple(dict.fromkeys((*TERMINAL, *MARKUP, *COMMANDS, *PIECES)))


def cases(seed: int = SEED) -> list[Case]:
    """All inputs, in an order that spreads the slow ones."""
    made = [
        *_random_bytes(seed), *_mutated(seed), *_nested(), *_numbers(), *_keys(), *_runs(), *_pumped(), *_placed(seed),
        *_names(seed), *_wrong_types(),
    ]  # fmt: skip
    random.Random(seed).shuffle(made)
    assert len({case.name for case in made}) == len(made)
    return made


def dumps(value: Any, *, ascii_only: bool = False) -> bytes:
    """JSON as a careless program writes it: lone surrogates and NaN included."""
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


def chat(user: Any, assistant: Any, **more: Any) -> dict[str, Any]:
    """One chat row with anything in it."""
    return {"messages": [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}], **more}


def among(line: bytes, kind: str = "chat", before: int = 2) -> bytes:
    """The line after some rows that are in order, so that the file has a format."""
    rows = CLEAN[kind]
    return b"\n".join([*(rows[index % len(rows)] for index in range(before)), line, b""])


def _random_bytes(seed: int) -> Iterator[Case]:
    for number in range(150):
        yield Case(f"random-{number}", partial(_noise, seed + number))


def _noise(seed: int) -> bytes:
    rng = random.Random(seed)
    alphabet = rng.choice(
        [bytes(range(256)), b'{}[]",:\\ \n\t\rtfn0123456789eE+-."', b"\x00\xff\xfe\xef\xbb\xbf\n{", b" \n\t\r"]
    )
    body = bytes(rng.choices(alphabet, k=rng.choice([1, 3, 40, 400, 4000, 70_000])))
    return (
        rng.choice([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04", b'{"messages": ', REAL[0] + b"\n"])
        + body
    )


def _mutated(seed: int) -> Iterator[Case]:
    for number in range(250):
        yield Case(f"truncated-{number}", partial(_truncated, seed + number))
    for number in range(350):
        yield Case(f"mutated-{number}", partial(_mutant, seed + number))


def _truncated(seed: int) -> bytes:
    rng = random.Random(seed)
    line = rng.choice(REAL)
    at = rng.randrange(1, len(line))
    cut = rng.choice([line[:at], line[at:], line[:at] + b"\n" + line[at:], line[:at] + line[: rng.randrange(at)]])
    return b"\n".join([*rng.sample(REAL, rng.randrange(3)), cut]) + rng.choice([b"", b"\n", b"\r\n", b"\r"])


def _mutant(seed: int) -> bytes:
    rng = random.Random(seed)
    line = bytearray(rng.choice(REAL))
    for _ in range(rng.choice([1, 2, 5, 30])):
        at = rng.randrange(len(line))
        piece = rng.choice(PLACED).encode("utf-8", "surrogatepass")
        change = rng.randrange(6)
        if change == 0:
            line[at] = rng.randrange(256)
        elif change == 1:
            del line[at : at + rng.randrange(1, 20)]
        elif change == 2:
            line[at:at] = piece
        elif change == 3:
            line[at:at] = line[at : at + rng.randrange(1, 200)]
        elif change == 4:
            line[at : at + 1] = rng.choice(
                [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"'", b"\\u", b"\\ud800", b"\n"]
            )
        else:
            line[at:at] = rng.choice([b"null", b"NaN", b"-Infinity", b"1e999", b"True", b"/*x*/", b"0x1"])
        if not line:
            line += b"{"
    return among(bytes(line), rng.choice(list(CLEAN)), rng.randrange(3))


_OPEN = {"objects": ('{"a":', "1", "}"), "lists": ("[", "", "]"), "mixed": ('[{"a":', "1", "}]")}
_HOLDERS = {
    "alone": ("", ""),
    "messages": ('{"messages": ', "}"),
    "content": ('{"messages": [{"role": "user", "content": ', "}]}"),
    "parameters": ('{"messages": [], "tools": [{"type": "function", "function": {"name": "f", "parameters": ', "}}]}"),
    "preference": ('{"input": ', ', "preferred_output": [], "non_preferred_output": []}'),
    "reference": ('{"messages": [{"role": "user", "content": "a"}], "reference": ', "}"),
}


def _nested() -> Iterator[Case]:
    for depth in (100, 240, 260, 1000, 10_000, 100_000, 1_000_000):
        for kind in _OPEN:
            for holder in _HOLDERS if depth <= 1000 else ("alone", "content"):
                yield Case(f"nested-{kind}-{holder}-{depth}", partial(_deep, kind, holder, depth, closed=True))
            yield Case(f"nested-{kind}-unclosed-{depth}", partial(_deep, kind, "messages", depth, closed=False))
        yield Case(f"nested-arguments-{depth}", partial(_deep_arguments, depth))


def _deep(kind: str, holder: str, depth: int, *, closed: bool) -> bytes:
    opening, middle, closing = _OPEN[kind]
    before, after = _HOLDERS[holder]
    text = opening * depth + middle + closing * depth if closed else opening * depth
    return among(f"{before}{text}{after if closed else ''}".encode())


def _deep_arguments(depth: int) -> bytes:
    return among(dumps(_call('{"a":' * depth + "1" + "}" * depth)), "chat_tools")


def _call(arguments: Any, name: Any = "f", **message: Any) -> dict[str, Any]:
    calls = [{"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {}}}}}]
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": calls, **message}]
    return {"messages": messages, "tools": tools}


_NUMBERS = (
    "9" * 100_000, "-" + "9" * 100_000, "0." + "1" * 100_000, "1e" + "9" * 50_000, "1e400", "-1e400", "1e-400", "-0",
    "-0.0", "NaN", "-NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x10", "1_000", "18446744073709551615",
    "18446744073709551616", "-9223372036854775809", "1e308", "5e-324", "１２", "1e", "--1", "9007199254740993",
)  # fmt: skip


def _numbers() -> Iterator[Case]:
    for number, text in enumerate(_NUMBERS):
        places = {
            "weight": f'{{"messages": [{{"role": "assistant", "content": "a", "weight": {text}}}]}}',
            "content": f'{{"messages": [{{"role": "user", "content": {text}}}]}}',
            "row": text,
            "reference": f'{{"messages": [{{"role": "user", "content": "a"}}], "n": {text}}}',
            "arguments": dumps(_call(f'{{"a": {text}}}')).decode(),
        }
        for place, line in places.items():
            yield Case(f"number-{number}-{place}", partial(among, line.encode()))


def _keys() -> Iterator[Case]:
    for size in (1000, 100_000, 3_000_000):
        yield Case(f"huge-key-{size}", partial(_row_with_key, "k" * size))
        yield Case(f"huge-wide-key-{size}", partial(_row_with_key, "鍵\x1b" * (size // 2)))
        yield Case(f"huge-role-{size}", partial(_row_with, {"role": "r" * size, "content": "a"}))
        yield Case(f"huge-name-{size}", partial(_row_with, {"role": "user", "name": "n" * size, "content": "a"}))
    for count in (2, 1000, 10_000):
        yield Case(f"same-key-{count}", partial(_same_key, count))
        yield Case(f"many-keys-{count}", partial(_many_keys, count))
        yield Case(f"many-messages-{count}", partial(_many_messages, count))
        yield Case(f"many-rows-{count}", partial(_many_rows, count // 2))
    for number, key in enumerate(PLACED):
        yield Case(f"hostile-key-{number}", partial(_row_with_key, key))
        yield Case(f"hostile-double-key-{number}", partial(_doubled, key))


def _row_with_key(key: str) -> bytes:
    return among(dumps({"messages": [{"role": "user", "content": "a", key: 1}], key: {key: key}}))


def _row_with(message: dict[str, Any]) -> bytes:
    return among(dumps({"messages": [message, {"role": "assistant", "content": "a"}]}))


def _same_key(count: int) -> bytes:
    return among(b"{" + b'"messages": [], ' * count + b'"messages": []}')


def _many_keys(count: int) -> bytes:
    return among(dumps({"messages": [], **{f"k{number}": number for number in range(count)}}))


def _many_messages(count: int) -> bytes:
    return among(dumps({"messages": [{"role": f"r{number}", "content": number} for number in range(count)]}))


def _many_rows(count: int) -> bytes:
    return b"".join(dumps(chat(f"question {number} ?", "")) + b"\n" for number in range(count))


def _doubled(key: str) -> bytes:
    name = dumps(key, ascii_only=True)
    return among(
        b'{"messages": [{"role": "user", ' + name + b": 1, " + name + b": 2}], " + name + b": 1, " + name + b": 1}"
    )


_UNITS = (
    "a", " ", "\u3000", "\t", "7", "7 ", "0-", "+1", "(0", "@", "a@", "@a.", "a.", ".", "-", "_", "%", "[", "]",
    "[[", "(", "{", "}", '"', "'", "\\", "\\n", "\\u", "/", "//", "http://", "https://a@", "www.", "<", "</",
    "<a ", "<br>", "&", "&a", "&#", "<|", "|", "<<", ">", "#", "# ", "*", "`", "```", "\n", "\r", "\n\n",
    "\r\n", "。", "あ", "縺", "é", "Ã©", "\ufffd", "\u200b", "\u200e", "\u202e", "👩\u200d", "\U000e0041", ": ",
    "::", "A:", "User: ", "I ", "As an AI ", "TODO ", "ab", "ab ", "null", "=", ",", "a,", ";", "!", "?",
    "word word ", "\x1b[", "𝒳", "한", "א", "1.", "1,000 ", "data:", "data:image/png;base64,", ";a=b",
)  # fmt: skip


def _runs() -> Iterator[Case]:
    for number, unit in enumerate(_UNITS):
        yield Case(f"run-{number}-texts", partial(_run_in_texts, unit, 50_000))
        yield Case(f"run-{number}-arguments", partial(_run_in_calls, unit, 50_000))
        yield Case(f"run-{number}-raw", partial(_raw_run, unit, b'{"messages": [{"role": "user", "content": "a'))
        yield Case(f"run-{number}-bare", partial(_raw_run, unit, b""))
        yield Case(f"run-{number}-image", partial(_run_in_image, unit))
    for number, unit in enumerate(_UNITS[:40:3]):
        yield Case(f"long-{number}-texts", partial(_run_in_texts, unit, 5_000_000))
        yield Case(f"long-{number}-raw", partial(_raw_run, unit, b'{"a": ', 5_000_000))


def _run(unit: str, size: int = 50_000) -> str:
    written = len(dumps(unit)) - 2  # in bytes of JSON
    return unit * min(size // written, LINES if "\n" in unit else size) + "!"


def _run_in_texts(unit: str, size: int) -> bytes:
    run = _run(unit, size)
    return among(dumps(chat(run if size < 1_000_000 else "a", run)))


def _run_in_calls(unit: str, size: int) -> bytes:
    run = _run(unit, size)
    row = _call(run, run[:100], refusal=run)
    row["tools"][0]["function"]["description"] = run
    return among(dumps(row), "chat_tools")


def _run_in_image(unit: str) -> bytes:
    parts = [
        {"type": "image_url", "image_url": {"url": start + _run(unit)}} for start in ("", "data:image/png", "https://")
    ]
    return among(dumps(chat(parts, _run(unit, 500))), "chat_vision")


def _raw_run(unit: str, before: bytes, size: int = 50_000) -> bytes:
    return among(before + _run(unit, size).encode("utf-8", "surrogatepass"))


def _pumped() -> Iterator[Case]:
    for name, pattern in expressions():
        for number, pump in enumerate(pumps(pattern)):
            yield Case(f"pump-{name}-{number}", partial(_pump_in, pump))


def _pump_in(pump: str) -> bytes:
    row = dumps({"messages": [
        {"role": "system", "content": pump}, {"role": "user", "content": pump}, {"role": "assistant", "content": pump},
    ]})  # fmt: skip
    raw = pump.encode("utf-8", "surrogatepass")
    return b"\n".join(
        [*CLEAN["chat"][:2], row, raw, b'{"messages": [{"role": "user", "content": "' + raw, b'{"a": ' + raw, b""]
    )


def _placed(seed: int) -> Iterator[Case]:
    """Each piece in every place of a row at once, and in one place at a time, raw and escaped."""
    for number, piece in enumerate(PLACED):
        for place, row in _rows_with(piece).items():
            kind = {"tools": "chat_tools", "vision": "chat_vision"}.get(place, "chat")
            yield Case(f"piece-{number}-{place}", partial(_row, row, kind, number % 2 == 0))
        yield Case(f"piece-{number}-raw", partial(_raw_piece, piece, seed + number))
        yield Case(f"piece-{number}-cut", partial(_cut_piece, piece))


def _rows_with(piece: str) -> dict[str, Any]:
    hidden = f"a {piece} b"
    call = _call(f'{{"{hidden}": "{hidden}"}}', hidden, content=hidden)
    call["tools"][0]["function"].update(name=hidden, description=hidden)
    return {
        "texts": chat(hidden, hidden),
        "start": chat(piece, piece),
        "role": {"messages": [{"role": hidden, "content": hidden}, {"role": "assistant", "content": "a"}]},
        "name": {"messages": [{"role": "user", "name": hidden, "content": "x"}, {"role": "assistant", "content": "a"}]},
        "tools": call,
        "vision": chat([{"type": hidden}, {"type": "image_url", "image_url": {"url": hidden, "detail": hidden}}], "a"),
        "value": {"messages": hidden},
        "other": {"instruction": hidden, "input": hidden, "output": hidden, hidden: hidden},
        "preference": {"input": hidden, "preferred_output": hidden, "non_preferred_output": [{"role": hidden}]},
        "address": chat(
            f"https://user:{hidden}@a.invalid/", f"mail to jane.doe.{hidden}@mailbox.org +81 3-6234-5671 {hidden}"
        ),
    }


def _row(row: Any, kind: str, ascii_only: bool) -> bytes:
    return among(dumps(row, ascii_only=ascii_only), kind, 0 if ascii_only else 2)


def _raw_piece(piece: str, seed: int) -> bytes:
    line = random.Random(seed).choice(REAL)
    at = random.Random(seed + 1).randrange(len(line))
    return among(line[:at] + piece.encode("utf-8", "surrogatepass") + line[at:])


def _cut_piece(piece: str) -> bytes:
    return b'{"messages": [{"role": "user", "content": "' + piece.encode("utf-8", "surrogatepass")


def _names(seed: int) -> Iterator[Case]:
    """The piece in the name of the file; what no file system takes (NUL, a slash) is left away."""
    for number, piece in enumerate(PLACED):
        raw = piece.encode("utf-8", "surrogatepass").replace(b"\0", b"").replace(b"/", b"")[:150]
        yield Case(f"name-{number}", partial(_mutant, seed + number), b"t " + raw + b".jsonl")
        yield Case(f"name-start-{number}", partial(_truncated, seed + number), raw or b"x")


_WRONG = (
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    "\ud800",
    [],
    [[]],
    [None],
    {},
    {"a": {"b": []}},
    "data:image/png;base64,AAAA",
)


def _wrong_types() -> Iterator[Case]:
    """Every wrong type in every place of rows that use all of their format; and every place left away."""
    for kind, row in _whole_rows().items():
        for path in _paths(row):
            for number, wrong in enumerate(_WRONG):
                yield Case(
                    f"type-{kind}-{'.'.join(map(str, path))}-{number}", partial(_replaced, kind, row, path, wrong)
                )
            yield Case(f"type-{kind}-{'.'.join(map(str, path))}-gone", partial(_replaced, kind, row, path, _GONE))


_GONE = object()


def _whole_rows() -> dict[str, dict[str, Any]]:
    call = _call('{"a": 1}', content=None, weight=1)
    call["messages"] += [
        {"role": "tool", "tool_call_id": "c1", "content": "r"},
        {"role": "assistant", "content": "done"},
    ]
    image = {"type": "image_url", "image_url": {"url": "https://a.invalid/b.png", "detail": "low"}}
    return {
        "chat_tools": {**call, "parallel_tool_calls": True},
        "chat_vision": chat([{"type": "text", "text": "see"}, image], "a"),
        "preference": {
            "input": {"messages": [{"role": "user", "content": "q"}], "tools": [], "parallel_tool_calls": True},
            "preferred_output": [{"role": "assistant", "content": "a"}],
            "non_preferred_output": [{"role": "assistant", "content": "b"}],
        },
        "reinforcement": {
            "messages": [{"role": "user", "content": "q"}],
            "reference": {"answer": [1, "2"]},
            "tools": [],
        },
        "completion": {"prompt": "p", "completion": "c"},
    }


def _paths(node: Any, base: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield (*base, key)
        yield from _paths(child, (*base, key))


def _replaced(kind: str, row: dict[str, Any], path: tuple[Any, ...], value: Any) -> bytes:
    changed = copy.deepcopy(row)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    if value is _GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return among(dumps(changed), kind, len(path) % 3)
