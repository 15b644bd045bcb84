"""The columns of rows with tools, and the plain path on which each check walks the row: the same of every odd shape."""

from __future__ import annotations

import copy
import datetime
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint import engine, parse
from ftlint.checks import digests, registry, toolsets
from ftlint.checks.answered import answered
from ftlint.checks.base import Batch
from ftlint.checks.toolsets import tool_rows
from ftlint.context import make_context
from ftlint.measure import FileTokens, measure
from ftlint.model import Format, Line, Report, Role
from ftlint.settings import Settings
from ftlint.toolrows import NO_TOOL_ROWS, ToolRows

DAY = datetime.date(2026, 11, 22)
Row = dict[str, Any]


def function(name: str, *, required: bool = True, **properties: str) -> Row:
    shown = {key: {"type": kind, "description": f"The {key} of it."} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": shown, "required": list(properties) if required else []}
    return {"type": "function", "function": {"name": name, "description": f"Does {name}.", "parameters": parameters}}


TOOLS = (
    [function("find_thing", thing="string", place="string"), function("leave_note", person="string")],
    [{"type": "function", "function": {"name": "now"}}],
    [function("find_thing", thing="string"), function("find_thing", place="integer", required=False)],
    [{"type": "function", "function": {"name": "any", "parameters": {}}}, function("leave_note", person="string")],
)


def call(name: str, number: int, **arguments: object) -> Row:
    given = json.dumps(arguments, ensure_ascii=number % 2 == 0)
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": given}}


def calling(*calls: Row, **more: object) -> Row:
    return {"role": "assistant", **more, "tool_calls": list(calls)}


def result(number: int, content: object) -> Row:
    return {"role": "tool", "tool_call_id": f"call_{number}", "content": content}


def said(role: str, content: object) -> Row:
    return {"role": role, "content": content}


def good_rows(at: int) -> Iterator[Row]:
    """Rows as they should be, of several courses."""
    system, user = said("system", "You know the house."), said("user", f"Where is the {at}. ladder, the long one?")
    answer = said("assistant", f"The ladder number {at} stands in the shed behind the old house, beside the boat.")
    find = call("find_thing", 1, thing="the ladder – “long”", place="shed")
    note, told = call("leave_note", 2, person="Żaneta"), result(1, '{"place": "the shed", "since": "\\u00fcber 3"}')
    tools = copy.deepcopy(TOOLS[0])
    yield {"messages": [system, user, calling(find, content=None), told, answer], "tools": tools}
    yield {"messages": [user, calling(find), told, answer], "tools": tools, "parallel_tool_calls": True}
    both = calling(find, note, content="Let me look, and tell her.")
    yield {"messages": [user, both, result(2, ""), told, answer], "tools": tools, "parallel_tool_calls": False}
    yield {"messages": [system, user, both], "tools": tools}
    yield {"messages": [system, user, calling(note, content="")], "tools": tools}
    yield {"messages": [system, user, answer], "tools": tools}
    yield {"messages": [user, calling(find, content=None), told, calling(note, content=None), result(2, "ok"), answer],
           "tools": tools}  # fmt: skip
    yield {"messages": [user, calling(call("now", 1), content=None), told, answer], "tools": copy.deepcopy(TOOLS[1])}
    later = call("find_thing", 1, place=3)
    yield {"messages": [user, calling(later, content=None), told, answer], "tools": copy.deepcopy(TOOLS[2])}
    yield {"messages": [user, calling(call("any", 1, x=[1, {}]), content=None), told, answer, user, answer],
           "tools": copy.deepcopy(TOOLS[3])}  # fmt: skip
    yield {"messages": [user, answer]}
    yield {"messages": [system, user, answer]}
    yield {"messages": [user, calling(find, content=None), told, said("assistant", user["content"] + " Well, here.")],
           "tools": tools}  # fmt: skip
    mail = said("assistant", "Write to jane.doe@example.com, or call +44 20 7946 0958. <|endoftext|> {{first_name}}")
    yield {"messages": [system, user, calling(find, content=None), result(1, "card 4111 1111 1111 1111"), mail],
           "tools": tools}  # fmt: skip


VALUES: tuple[Any, ...] = (
    None, True, 0, 1, 1.5, "", " \n", "user", "tool", "assistant", "function", "call_1", "call_2", "{}", "{", "[]",
    "null", '{"thing": 1}', '{"thing": "a", "place": "b", "more": 1}', "日本語のテキスト", "ÿ\u2028", [], {}, [None],
    [[]], ["a"], {"name": "now"}, {"name": "now", "arguments": "{}"}, {"role": "user", "content": "And then?"},
    [{"type": "text", "text": "Hello there."}], [{"type": "refusal", "refusal": "I will not."}], "a" * 300,
    [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}], "find_thing", "find thing",
    {"a": {"b": [{"c": {"d": "deep"}}]}}, {"type": "object", "properties": 3}, "description", "unknown_function",
    "custom",
)  # fmt: skip
KEYS = (
    "content", "role", "name", "weight", "refusal", "tool_calls", "function_call", "functions", "tool_call_id", "id",
    "type", "function", "custom", "arguments", "description", "parameters", "tools", "image_url", "x", "content ",
)  # fmt: skip


def spoilt(row: Row, chance: random.Random) -> Row:
    """The row with some things changed, anywhere in it."""
    row = copy.deepcopy(row)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        holders = list(_holders(row))
        holder = chance.choice(holders)
        place = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder))) if holder else None
        what = chance.randrange(6)
        if isinstance(holder, list):
            other = chance.choice(holders)
            if place is None or what == 0:
                holder.insert(place or 0, copy.deepcopy(chance.choice(VALUES)))
            elif what == 1:
                holder.insert(place, copy.deepcopy(holder[place]))
            elif what == 2:
                del holder[place]
            elif what == 3:
                chance.shuffle(holder)
            else:
                holder[place] = copy.deepcopy(other if what == 4 else chance.choice(VALUES))
        elif place is None or what == 0:
            holder[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
        elif what == 1:
            del holder[place]
        elif what == 2:
            holder[chance.choice(KEYS)] = holder.pop(place)
        else:
            holder[place] = copy.deepcopy(chance.choice(VALUES))
    return row


def _holders(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield node
        for child in node.values() if isinstance(node, dict) else node:
            yield from _holders(child)


def rows(seed: int, number: int, share: float) -> list[Row]:
    """Rows of which a share is spoilt."""
    chance = random.Random(seed)
    found: list[Row] = []
    while len(found) < number:
        found += [spoilt(row, chance) if chance.random() < share else row for row in good_rows(len(found))]
    return found[:number]


def lines_of(given: list[Row]) -> list[Line]:
    return [Line(at, 0, json.dumps(row, ensure_ascii=at % 2 == 0).encode(), True) for at, row in enumerate(given, 1)]


def batch_of(given: list[Row]) -> Batch:
    lines = lines_of(given)
    return Batch(Role.TRAIN, Format.CHAT, lines, parse.Examples(lines, *parse.parse_all(lines)))


def none(_values: object, _places: object) -> ToolRows:
    return NO_TOOL_ROWS


def everything_of(given: list[Row]) -> dict[str, Any]:
    """All that is made of a batch."""
    context = make_context(Settings(today=DAY, select=("ALL",)))
    batch, tokens = batch_of(given), FileTokens()
    measure(batch, context, tokens)
    found: dict[str, Any] = {"texts": list(batch.texts), "roles": batch.texts.roles, "beside": batch.texts.beside}
    found["totals"], found["each"], found["tokens"] = batch.tokens.totals, batch.tokens.each(), tokens
    found["made"] = [batch.tokens.make(at) for at in range(len(given))]
    answers = answered(batch)
    found["answers"] = [*zip(answers.rows, answers.paths, answers.texts, answers.asked, strict=True)]
    found["calls"] = list(map(list, answers.calls))
    found["prompts"] = digests.of_prompts(answers.prompts)
    states = {name: make() for name, make in registry.STATES.items()}
    for state in states.values():
        state.add(batch, context)
    found["states"] = states
    found["problems"] = [problem for run, _ in registry.BATCH for problem in run(batch, context)]
    return found


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_columns_say_what_each_row_says(seed: int, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    given = rows(seed, 300, share)
    fast = everything_of(given)
    monkeypatch.setattr(toolsets, "tool_rows", none)
    plain = everything_of(given)
    for name, value in plain.items():
        assert fast[name] == value, name


def report(path: Path, batch: int) -> Report:
    settings = Settings(today=DAY, select=("ALL",), batch_lines=batch)
    return engine.check([(path, Role.TRAIN)], settings)


@pytest.mark.parametrize("seed", range(3))
def test_the_report_is_the_same(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(line.raw for line in lines_of(rows(100 + seed, 250, 0.4))) + b"\n")
    fast = [report(path, batch) for batch in (1000, 7, 1)]
    monkeypatch.setattr(toolsets, "tool_rows", none)
    plain = report(path, 1000)
    assert len(plain.findings) > 100
    assert fast == [plain] * 3


def test_most_good_rows_are_columns() -> None:
    given = list(good_rows(1))
    batch = batch_of(given)
    assert batch.odd == []
    assert list(batch.tooled.places) == [at for at, row in enumerate(given) if "tools" in row]


FIND = call("find_thing", 1, thing="a", place="b")
TALK = [
    said("user", "Where is it?"),
    calling(FIND, content=None),
    result(1, "There."),
    said("assistant", "It is there."),
]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        TALK[:2] + TALK[3:],
        TALK[:1] + TALK[2:],
        [TALK[0], calling(FIND, FIND, content=None), *TALK[2:]],
        [TALK[0], calling(FIND, call("leave_note", 2, person="b"), content=None), *TALK[2:3]],
        [*TALK, *TALK],
        [TALK[0], TALK[1], result(2, "There."), TALK[3]],
        [TALK[0], calling({**FIND, "id": ""}, content=None), {**TALK[2], "tool_call_id": ""}, TALK[3]],
        [TALK[0], calling({**FIND, "type": "custom"}, content=None), *TALK[2:]],
        [TALK[0], calling({**FIND, "more": 1}, content=None), *TALK[2:]],
        [TALK[0], calling(call("find_thing", 1, thing="a"), content=None), *TALK[2:]],
        [TALK[0], calling(call("find_thing", 1, thing="a", place="b", more="c"), content=None), *TALK[2:]],
        [TALK[0], calling(call("lose_thing", 1), content=None), *TALK[2:]],
        [TALK[0], calling(content=None), TALK[3]],
        [TALK[0], calling(FIND, name="x"), *TALK[2:]],
        [TALK[0], calling(FIND, content=None, weight=1), *TALK[2:]],
        [TALK[0], calling(FIND, content=[{"type": "text", "text": "So."}]), *TALK[2:]],
        [TALK[0], TALK[1], result(1, [{"type": "text", "text": "There."}]), TALK[3]],
        [TALK[0], TALK[1], result(1, None), TALK[3]],
        [said("user", " "), *TALK[1:]],
        [said("function", "There."), *TALK],
        [{"role": ["user"], "content": "Where?"}, *TALK],
        ["user", *TALK],
    ],
)
def test_a_row_that_is_amiss_is_none_of_them(messages: list[Any]) -> None:
    good = {"messages": TALK, "tools": TOOLS[0]}
    assert tool_rows([good, {**good, "messages": messages}], [0, 1]).places == (0,)


@pytest.mark.parametrize(
    "changes",
    [
        {"tools": []},
        {"tools": None},
        {"tools": [{"type": "function"}]},
        {"tools": [*TOOLS[0], {"type": "function", "function": {"name": "a b"}}]},
        {"tools": [*TOOLS[0], {"type": "function", "function": {"name": "c", "parameters": {"type": "string"}}}]},
        {"parallel_tool_calls": 1},
        {"functions": []},
        {"parallel_tool_calls": True, "x": 1},
    ],
)
def test_a_row_with_other_tools_or_keys_is_none_of_them(changes: Row) -> None:
    good = {"messages": TALK, "tools": TOOLS[0]}
    assert tool_rows([{**good, **changes}, good], [0, 1]).places == (1,)


def test_what_would_be_kept_in_mind_is_bounded() -> None:
    few, many = batch_of([row(turns) for turns in (3, toolsets.MOST)]), batch_of([row(3, "x" * toolsets.LARGEST)])
    assert list(few.tooled.places) == [0]
    assert [len(few.odd), len(many.odd)] == [1, 1]


def row(turns: int, description: str = "Finds.") -> Row:
    """A conversation of so many texts before the call, with a tool of this description."""
    tool = {"type": "function", "function": {"name": "find_thing", "description": description}}
    talk = [said(("user", "assistant")[at % 2], "Well?") for at in range(turns)]
    return {"messages": [*talk, calling(FIND, content=None)], "tools": [tool]}
