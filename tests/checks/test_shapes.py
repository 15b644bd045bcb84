"""Plain rows: what most checks leave out of a chat file holds nothing that they would find."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, conversation, user
from ftlint import formats, parse
from ftlint.checks import conversation as messages
from ftlint.checks import images, limits, prompts, schema, tools, turns
from ftlint.checks.base import Batch, BatchCheck
from ftlint.checks.columns import Rows
from ftlint.context import make_context
from ftlint.model import Example, Format, Line, Problem, Role
from ftlint.settings import Settings
from ftlint.talks import ROLES, Talks, none_plain, talks
from ftlint.texts import texts_of

CONTEXT = make_context(Settings(today=TODAY))
CHECKS: list[BatchCheck] = [
    schema.schema,
    tools.arguments,
    tools.undeclared,
    tools.deprecated,
    turns.turns,
    messages.answers,
    messages.call_ids,
    messages.nothing_trained,
    messages.tool_results,
    images.images,
]
WORDS = ["", " ", "\n\u3000", "Who tunes a piano?", "A tuner.", "a  TUNER", '{"a": 1}', "None", "調律師です。"]
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PART = {"type": "text", "text": "Who tunes a piano?"}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,x"}}

plain_messages = st.fixed_dictionaries({"role": st.sampled_from(sorted(ROLES)), "content": st.sampled_from(WORDS)})
odd_messages = st.fixed_dictionaries(
    {
        "role": st.sampled_from([*sorted(ROLES), "tool", "function", "User", None, 1, ["user"]]),
        "content": st.sampled_from([*WORDS, None, 0, [PART], [PART, IMAGE], []]),
    },
    optional={
        "weight": st.sampled_from([0, 1, True]),
        "name": st.sampled_from(["Ada", "Bo", ""]),
        "tool_calls": st.sampled_from([[], [CALL], [CALL, CALL]]),
        "tool_call_id": st.sampled_from(["c", "d"]),
        "function_call": st.just({"name": "f", "arguments": "{}"}),
        "refusal": st.sampled_from([None, "No."]),
    },
)
odd_rows = st.fixed_dictionaries(
    {"messages": st.lists(odd_messages | plain_messages | st.sampled_from([None, "x", {}]), max_size=4)},
    optional={"tools": st.just([{"type": "function", "function": {"name": "f"}}]), "id": st.integers(0, 2)},
)
plain_rows = st.fixed_dictionaries({"messages": st.lists(plain_messages, min_size=1, max_size=4)})
files = st.lists(plain_rows | odd_rows | st.just({"messages": None}) | st.just({}), max_size=12)


def batch_of(values: Iterable[dict[str, Any]]) -> Batch:
    """A batch of chat rows, as the engine makes it."""
    examples = []
    for number, value in enumerate(values, 1):
        line = Line(number, 0, json.dumps(value).encode(), terminated=True)
        examples.append(Example(line, *parse.parse(line)))
    return Batch(Role.TRAIN, Format.CHAT, [example.line for example in examples], examples)


def without_shapes(batch: Batch) -> Batch:
    """The same batch, where each row is looked at as if it were odd."""
    other = Batch(batch.role, batch.format, batch.lines, batch.examples)
    other.talks = none_plain(len(batch.examples))
    return other


def found_by(check: BatchCheck, batch: Batch) -> list[Problem]:
    return sorted(check(batch, CONTEXT), key=lambda problem: problem.line or 0)


@given(files)
def test_every_check_finds_the_same_when_no_row_is_plain(values: list[dict[str, Any]]) -> None:
    batch = batch_of(values)
    for check in CHECKS:
        assert found_by(check, batch) == found_by(check, without_shapes(batch))


@given(files, files)
def test_every_state_is_the_same_when_no_row_is_plain(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    for make in (Rows, prompts.Prompts, limits.Images):
        one, other = make(), make()
        for values in (first, second):
            one.add(batch_of(values), CONTEXT)
            other.add(without_shapes(batch_of(values)), CONTEXT)
        assert one == other
        assert list(getattr(one, "lines", [])) == list(getattr(other, "lines", []))  # in the same order


@given(plain_rows)
def test_a_plain_row_is_valid(value: dict[str, Any]) -> None:
    assert batch_of([value]).odd == []
    assert schema.screen(Format.CHAT).is_valid(value)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_plain_row_is_valid_in_any_order_of_roles(count: int) -> None:
    for roles in itertools.product(sorted(ROLES), repeat=count):
        value = conversation(*({"role": role, "content": ""} for role in roles))
        assert batch_of([value]).talks == Talks([roles], [""] * count, list(roles), [0, count], ())
        assert schema.screen(Format.CHAT).is_valid(value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"messages": None},
        {"messages": []},
        {"messages": [None]},
        {"messages": {"role": "user"}},
        conversation(user(), assistant(), tools=[]),
        conversation(user(), assistant(name="Ada")),
        conversation(user(), {"role": "assistant"}),
        conversation(user(), {"role": "assistant", "text": "A tuner."}),
        conversation(user(), {"content": "A tuner.", "text": "A tuner."}),
        conversation(user([PART]), assistant()),
        conversation(user(), assistant(None)),
        conversation(user(), {"role": "tool", "content": "A tuner."}),
        conversation(user(), {"role": ["user"], "content": "A tuner."}),
    ],
)
def test_what_is_not_plain(value: dict[str, Any]) -> None:
    batch = batch_of([conversation(user("Hi"), assistant("Ho")), value])
    roles = ("user", "assistant")
    assert batch.talks == Talks([roles, None], ["Hi", "Ho"], list(roles), [0, 2, 2], [1])
    assert batch.odd == batch.examples[1:]


@pytest.mark.parametrize("fmt", [Format.PREFERENCE, Format.REINFORCEMENT, Format.COMPLETION])
def test_only_chat_rows_are_plain(fmt: Format) -> None:
    batch = batch_of([conversation(user(), assistant())])
    other = Batch(batch.role, fmt, batch.lines, batch.examples)
    assert other.talks == none_plain(1)
    assert other.odd == batch.examples


@given(files, st.sampled_from(list(Format)))
def test_the_texts_of_a_batch_are_those_of_its_rows(values: list[dict[str, Any]], fmt: Format) -> None:
    chat = batch_of(values)
    batch = Batch(Role.TRAIN, fmt, chat.lines, chat.examples)
    rows = [texts_of(example, fmt) for example in batch.examples]
    texts, wanted = batch.texts, [text for row in rows for text in row]
    assert list(texts) == texts[:] == wanted
    assert [texts[at - len(wanted)] for at in range(len(wanted))] == wanted
    assert (texts.strings, texts.roles, texts.lines) == (
        [text.text for text in wanted],
        [text.role for text in wanted],
        [text.line for text in wanted],
    )
    for example, row in zip(batch.examples, rows, strict=True):
        assert texts.of_line(example.line.number) == row
    for at, text in enumerate(wanted):
        assert slice(*texts.row(at)) == slice(texts.lines.index(text.line), at + texts.lines[at:].count(text.line))


@given(plain_rows | odd_rows | st.fixed_dictionaries({}, optional={"prompt": st.just("a"), "completion": st.just("b")}))
def test_a_row_with_messages_is_never_in_another_format_than_its_file(value: dict[str, Any]) -> None:
    for fmt in Format:
        own = formats.row_format(value)
        same = own in (fmt, Format.UNKNOWN) or {own, fmt} <= {Format.CHAT, Format.REINFORCEMENT}
        assert formats.deviates(value, fmt) == (None if same else own)


@given(files)
def test_the_columns_of_rows_are_those_of_each_row_one_after_the_other(values: list[dict[str, Any]]) -> None:
    alone = [talks([value]) for value in values]
    together = talks(values)
    assert together.roles == [found.roles[0] for found in alone]
    assert together.texts == [text for found in alone for text in found.texts]
    assert together.speakers == [speaker for found in alone for speaker in found.speakers]
    assert together.ends == list(itertools.accumulate((found.ends[-1] for found in alone), initial=0))
    assert list(together.odd) == [at for at, found in enumerate(alone) if found.odd]
    for value, found in zip(values, alone, strict=True):
        held = value.get("messages")
        messages = held if isinstance(held, list) else []
        plain = [
            isinstance(message, dict)
            and message.keys() == {"role", "content"}
            and isinstance(message["role"], str)
            and message["role"] in ROLES
            and isinstance(message["content"], str)
            for message in messages
        ]
        assert bool(found.odd) is not (len(value) == 1 and bool(plain) and all(plain))
