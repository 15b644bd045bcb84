"""The stand-in model: it learns from the data, the same way every time, in more than one script."""

from __future__ import annotations

import json
from itertools import product

import pytest

from ftlint.sandbox.learner import Parameters, answer, lead, learn, overlap
from ftlint.sandbox.words import count_tokens, cut, cut_tokens, is_cjk, length, sentences, words

from .conftest import example


def pair(number: int) -> tuple[str, str]:
    row = example(number)["messages"]
    return row[0]["content"], row[1]["content"]


def japanese(number: int) -> tuple[str, str]:
    people = ("田中", "佐藤", "鈴木", "高橋")
    things = ("新しい自転車", "電車の切符", "青いランプ")
    who, thing = people[number % 4], things[number % 3]
    talk = (
        f"{who}：こんにちは。\n店員：いらっしゃいませ。今日はとても暑いですね。\n"
        f"{who}：{thing}を注文したいです。\n店員：はい。ありがとうございます。"
    )
    return f"次の会話を要約してください。\n\n{talk}\n\n要約：", f"{who}は{thing}を注文する。"


def test_the_template_is_learned_and_stripped() -> None:
    learned = learn([pair(number) for number in range(12)])
    assert learned.prefix == "Summarise the dialogue in one sentence.\n\n## Dialogue\n"
    assert learned.suffix == "\n\n## Summary"
    assert "Summar" not in answer(learned, pair(50)[0])


def test_the_length_is_that_of_the_training_answers() -> None:
    prompts = [pair(number)[0] for number in range(12)]
    short = learn([(prompt, "one two three") for prompt in prompts])
    long = learn([(prompt, "one two three four five six seven eight nine ten") for prompt in prompts])
    assert (short.length_words, long.length_words) == (3, 10)
    assert length(answer(short, prompts[0])) <= 3
    assert 3 < length(answer(long, prompts[0])) <= 10


def test_names_are_written_as_the_answers_write_them() -> None:
    assert learn([pair(number) for number in range(12)]).tags == "name"
    assert learn([(prompt, f"{reply.split()[0]}: buys") for prompt, reply in map(pair, range(12))]).tags == "colon"
    assert learn([(prompt, "somebody buys something") for prompt, _ in map(pair, range(12))]).tags == "none"


def test_what_was_learned_helps_on_new_text() -> None:
    learned = learn([pair(number) for number in range(24)])
    found = [
        (overlap(answer(learned, prompt), reply), overlap(lead(prompt), reply))
        for prompt, reply in map(pair, range(40, 60))
    ]
    assert sum(tuned for tuned, _ in found) > 3 * sum(base for _, base in found)


def test_japanese_is_cut_in_characters_and_chosen_by_its_words() -> None:
    learned = learn([japanese(number) for number in range(11)])
    assert learned.length_characters > 0
    assert learned.length_words == 0
    prompt, reply = japanese(11)
    tuned = answer(learned, prompt)
    assert "要約" not in tuned
    assert length(tuned) <= learned.length_characters
    assert overlap(tuned, reply) > overlap(lead(prompt), reply)


def test_the_same_data_gives_the_same_parameters_and_they_survive_json() -> None:
    pairs = [pair(number) for number in range(12)]
    learned = learn(pairs)
    assert learned == learn(pairs)
    assert Parameters.from_json(json.loads(json.dumps(learned.to_json()))) == learned


@pytest.mark.parametrize("pairs", [[], [("", "")], [("a", "b")], [("same", "x")] * 3, [("a\n", ""), ("b\n", "")]])
def test_little_or_odd_data_does_no_harm(pairs: list[tuple[str, str]]) -> None:
    learned = learn(pairs)
    for prompt in ("", "\n", "One. Two. Three.", "名前：はい。"):
        assert isinstance(answer(learned, prompt), str)


def test_the_untrained_answer() -> None:
    assert lead("One.\n\nTwo.\nThree.") == "One.\nTwo."
    assert lead("One. Two! Three?") == "One.\nTwo!"
    assert lead(" \n ") == ""


def test_words_of_several_scripts() -> None:
    assert words("The 2 cats' map") == ["the", "2", "cats", "map"]
    assert words("東京大学でテニスをする") == ["東京", "京大", "大学", "テニス"]
    assert words("Привет, мир") == ["привет", "мир"]
    assert sentences("A b. C d? 東京。大阪！") == ["A b.", "C d?", "東京。", "大阪！"]


def test_lengths_and_cuts() -> None:
    assert is_cjk("東京に行く")
    assert not is_cjk("Tokyo 東京 is a large city")
    assert (length("a b  c"), length("東京 に")) == (3, 3)
    assert cut("a b c", 2) == "a b"
    assert cut("東京に行く", 2) == "東京"
    assert cut_tokens("one two three", 2) == "one two"
    for text, limit in product(("", "one", "a, b, c", "東京に行く", "extraordinarily"), (1, 2, 50, 10**30)):
        assert count_tokens(cut_tokens(text, limit)) == min(limit, count_tokens(text))
