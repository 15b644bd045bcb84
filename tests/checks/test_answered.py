"""The columns of last answers, and what is told of all answers of a batch together: the same as of each alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.test_shapes import CONTEXT, batch_of, files, found_by, odd_rows, plain_rows, without_shapes
from ftlint.checks import digests, echoes, looping, patterns, quality, tokens
from ftlint.checks.answered import Answered, answer_of, answered, told
from ftlint.checks.columns import Rows
from ftlint.checks.folding import all_folded, folded
from ftlint.checks.signs import all_finished, finished
from ftlint.checks.writing import script_of, scripts_of
from ftlint.model import Example, Format
from ftlint.vocabulary import SPECIAL_TOKENS

PIECES = [
    *"aBzQé’“”—…·×É ßİıſΣςσЖ。．日本の가\u3000\xa0\x1c\x00\n_:/`~{}[(.,!5",
    "Straße ", "ΟΔΟΣ ", "The tuner said: ", "Question: ", "質問：", "調律師です。", "I cannot stop now. ", "  ",
    "x = f(y); ", "Who tunes a piano in this town, and when? ",
    "who TUNES a piano in this town — and when? ", "http://a.b ", "Ада ",
]  # fmt: skip
strings = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.builds(
    str.__mul__, st.sampled_from(PIECES), st.integers(1, 130)
)
columns = st.lists(strings, max_size=8)


@given(files)
def test_the_columns_hold_what_each_row_gives(values: list[dict[str, Any]]) -> None:
    batch = batch_of(values)
    found = answered(batch)
    wanted = [(at, answer_of(example, Format.CHAT)) for at, example in enumerate(batch.examples)]
    held = [(at, answer) for at, answer in wanted if answer is not None]
    assert list(found.rows) == [at for at, _ in held]
    for (_, answer), path, text, calls, prompt, asked in zip(held, *found[1:], strict=True):
        assert (path, text, list(calls), asked) == (answer.path, answer.text, list(answer.calls), answer.asked)
        assert told(prompt) == told(answer.prompt)
        assert digests.of_prompts([prompt]) == digests.of_prompts([answer.prompt])
    assert answered(batch) is found


@given(st.lists(plain_rows | odd_rows, min_size=2, max_size=8))
def test_two_rows_share_a_digest_when_they_share_a_prompt(values: list[dict[str, Any]]) -> None:
    found = answered(batch_of(values))
    given_prompts = [answer.prompt for answer in map(answer_of_value, values) if answer is not None]
    marks = [digests.of_prompts([prompt]) for prompt in found.prompts]
    for one, prompt in zip(marks, map(plainly, given_prompts), strict=True):
        assert [one == other for other in marks] == [prompt == plainly(other) for other in given_prompts]


def answer_of_value(value: dict[str, Any]) -> Any:
    (example,) = batch_of([value]).examples
    return answer_of(example, Format.CHAT)


def plainly(prompt: Any) -> str:
    """A prompt as JSON with sorted keys; ids of calls do not count where a result names one."""
    messages, declared = prompt
    if any(isinstance(message, dict) and "tool_call_id" in message for message in messages):
        messages = [without_ids(message) for message in messages]
    return json.dumps([messages, declared], sort_keys=True)


def without_ids(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    kept = {key: value for key, value in message.items() if key != "tool_call_id"}
    if "tool_calls" in kept:
        kept["tool_calls"] = [{**call, "id": None} for call in kept["tool_calls"]]
    return kept


def test_what_reads_like_the_start_of_a_message_is_text() -> None:
    words = ',{"content":"'
    rows = [
        {"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": text}]}
        for text in (words, f"a{words}b", f'\\"{words}', "a")
    ]
    found = answered(batch_of(rows)).prompts
    assert all(type(prompt) is Example for prompt in found)
    assert len({digests.of_prompts([prompt]) for prompt in found}) == 1


@given(columns)
def test_texts_are_folded_and_finished_together_as_they_are_alone(texts: list[str]) -> None:
    assert all_folded(texts) == [folded(text) for text in texts]
    assert all_finished(texts) == [finished(text) for text in texts]


@given(columns, st.integers(0, 60))
def test_scripts_of_many_are_told_as_they_are_alone(texts: list[str], foreign: int) -> None:
    many = ["Ада купила рояль, и он стоит в зале. "] * foreign + texts + ["The tuner’s café. " * 3] * 3
    assert list(scripts_of(many)) == [script_of(text) for text in many]


@given(columns, columns)
def test_every_echo_is_among_those_that_are_looked_at(asked: list[str], texts: list[str]) -> None:
    pairs = [(one, label + one + other) for one, other in zip(asked, texts, strict=False) for label in LABELS]
    pairs += list(zip(asked, texts, strict=False))
    found = echoes.may_repeat([one for one, _ in pairs], [text for _, text in pairs])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(echoes, "_differs", lambda *_: False)
        wanted = [at for at, (one, text) in enumerate(pairs) if echoes.repeated(one, text) is not None]
    assert set(wanted) <= set(found)


LABELS = ["", "Q: ", "“Question: ", "((( Prompt：", "§§§§§§ Question: ", "_", "USER :", "フ", "Uſer: "]


@given(st.lists(strings, max_size=4), st.integers(1, 70), st.integers(4, 9), st.integers(0, 200))
def test_every_loop_is_among_those_that_are_looked_at(noise: list[str], period: int, times: int, before: int) -> None:
    unit = "".join(chr(97 + at * 7 % 26) for at in range(period))
    noisy = "".join(chr(97 + at * at % 25) for at in range(before))
    texts = [noisy + unit * times + noisy[:at] for at in range(20)] + noise
    found = looping.that_may_loop(texts)
    assert found == sorted(found)
    assert {at for at, text in enumerate(texts) if looping.find_loop(text) is not None} <= set(found)


@given(files)
def test_checks_of_answers_find_the_same_when_no_row_is_plain(values: list[dict[str, Any]]) -> None:
    batch = batch_of(values)
    for check in (quality.untrimmed, quality.echo, quality.loops, tokens.special_tokens, patterns.patterns):
        assert found_by(check, batch) == found_by(check, without_shapes(batch))


@given(st.lists(st.tuples(strings, strings, st.booleans()), max_size=8))
def test_rows_are_remembered_the_same_when_no_row_is_plain(talks: list[tuple[str, str, bool]]) -> None:
    values = [
        {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": text, **WEIGHT[odd]}]}
        for asked, text, odd in talks
    ]
    batch = batch_of(values)
    one, other = Rows(), Rows()
    one.add(batch, CONTEXT)
    other.add(without_shapes(batch), CONTEXT)
    assert one == other
    assert found_by(quality.echo, batch) == found_by(quality.echo, without_shapes(batch))


WEIGHT: dict[bool, dict[str, int]] = {False: {}, True: {"weight": 1}}


def test_no_answers_are_no_columns() -> None:
    assert answered(batch_of([])) == Answered((), (), (), (), (), ())
    assert all_folded([]) == all_finished([]) == []
    assert scripts_of([]) == b""


def test_every_special_token_is_looked_for_where_templates_are() -> None:
    assert all(token.startswith("<|") for held in SPECIAL_TOKENS.values() for token in held)
    assert "<|" in patterns.NEEDLES[tokens.SCREEN]
