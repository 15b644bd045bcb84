"""FT503 to FT508, FT606, FT615, FT617 and FT620: answers beside the other answers of the file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.checks import columns
from ftlint.model import Level, Place, Role
from ftlint.settings import Settings

LONG = (
    "Garden number {} lies behind the station and has a small pond. In spring its beds are full of tulips, "
    "and in summer the old pear tree by the gate carries so much fruit that the neighbours come with baskets "
    "and ladders to help."
)


def asked(question: str, answer: Any, **more: Any) -> dict[str, Any]:
    return conversation(user(question), assistant(answer), **more)


def gardens(count: int) -> list[dict[str, Any]]:
    return [asked(f"Tell me about garden {n}.", LONG.format(n)) for n in range(count)]


def test_two_answers_to_one_prompt() -> None:
    text = rows(asked("Who tunes it?", "Kim."), asked("Who paints it?", "Lee."), asked("Who tunes it?", "Nobody."))
    finding = one(judged(text, select=("FT503",)))
    assert (finding.level, finding.line, finding.json_path) == (Level.WARNING, 3, "$.messages[1].content")
    assert finding.related == (Place("<stdin>", 1),)


def test_each_further_answer_is_told_once() -> None:
    held = [asked("Who?", answer) for answer in ("Kim.", "Lee.", "Kim.", "Ada.", "Lee.")]
    assert [finding.line for finding in judged(rows(*held), select=("FT503",))] == [2, 4]


@pytest.mark.parametrize(
    "other",
    [
        asked("Who tunes it?", " kim. "),
        asked("Who tunes it?", "Kim"),
        asked("Who tunes it now?", "Nobody."),
        conversation({"role": "system", "content": "Be brief."}, user("Who tunes it?"), assistant("Nobody.")),
        conversation(user("Who tunes it?"), assistant("Nobody.", weight=0)),
        asked("誰が調律しますか。", "誰も。"),
        asked("谁调音？", "没有人。"),
        asked("من يضبط؟", "لا أحد"),
    ],
)
def test_what_is_no_conflict(other: dict[str, Any]) -> None:
    assert codes(rows(asked("Who tunes it?", "Kim."), other), select=("FT503",)) == []


def test_pairs_for_one_prompt_are_no_conflict() -> None:
    def pair(good: str) -> dict[str, Any]:
        return {
            "input": {"messages": [user()]},
            "preferred_output": [assistant(good)],
            "non_preferred_output": [assistant("No.")],
        }

    assert codes(rows(pair("Kim."), pair("Lee.")), select=("FT503",)) == []


def test_calls_are_answers() -> None:
    def call(name: str) -> dict[str, Any]:
        made = {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}}
        return conversation(user(), {"role": "assistant", "content": None, "tool_calls": [made]})

    assert codes(rows(call("a"), call("a"), call("b")), select=("FT503",)) == ["FT503"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [('{"b": 2, "a": 1}', []), ('{"a":1,"b":2}', []), ('{"a": 1, "b": 3}', ["FT503"]), ('{"a": 1', ["FT503"])],
)
def test_calls_are_compared_by_what_their_arguments_say(arguments: str, expected: list[str]) -> None:
    def call(given: str) -> dict[str, Any]:
        made = {"id": given, "type": "function", "function": {"name": "a", "arguments": given}}
        return conversation(user(), {"role": "assistant", "tool_calls": [made]})

    assert codes(rows(call('{"a": 1, "b": 2}'), call(arguments)), select=("FT503",)) == expected


def test_the_ids_of_calls_do_not_make_another_prompt() -> None:
    def told(number: int, result: str, answer: str) -> dict[str, Any]:
        made = {"id": f"call_{number}", "type": "function", "function": {"name": "a", "arguments": "{}"}}
        result_of = {"role": "tool", "tool_call_id": f"call_{number}", "content": result}
        return conversation(user(), {"role": "assistant", "tool_calls": [made]}, result_of, assistant(answer))

    assert codes(rows(told(1, "Kim", "It is Kim."), told(2, "Kim", "It is Lee.")), select=("FT503",)) == ["FT503"]
    assert codes(rows(told(1, "Kim", "It is Kim."), told(2, "Lee", "It is Lee.")), select=("FT503",)) == []
    assert codes(rows(told(1, "Kim", "It is Kim."), told(2, "Kim", "It is Kim.")), select=("FT503",)) == []


def test_training_files_conflict_with_each_other(tmp_path: Path) -> None:
    for name, answer in (("a", "Kim."), ("b", "Lee.")):
        (tmp_path / f"{name}.jsonl").write_text(rows(asked("Who?", answer)), encoding="utf-8")
    paths = [(tmp_path / "a.jsonl", Role.TRAIN), (tmp_path / "b.jsonl", Role.TRAIN)]
    finding = one(engine.check(paths, Settings(today=TODAY, select=("FT503",))).findings)
    assert finding.related == (Place(str(tmp_path / "a.jsonl"), 1),)


@pytest.mark.parametrize(
    ("same", "other", "expected"), [(12, 0, ["FT506"]), (39, 1, ["FT506"]), (9, 0, []), (12, 12, [])]
)
def test_one_answer_to_everything(same: int, other: int, expected: list[str]) -> None:
    held = [asked(f"Question {n}?", "Please ask at the desk.") for n in range(same)]
    held += [asked(f"Other {n}?", f"Answer {n}.") for n in range(other)]
    assert codes(rows(*held), select=("FT506", "FT507")) == expected


def test_copies_of_a_row_are_not_one_answer_to_everything() -> None:
    assert codes(rows(*[asked("Who?", "Kim.")] * 20), select=("FT506",)) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(54, 6, ["FT507"]), (48, 12, ["FT507"]), (45, 15, []), (36, 4, [])]
)
def test_labels_out_of_balance(first: int, second: int, expected: list[str]) -> None:
    held = [asked(f"Sort {n}", "はい") for n in range(first)] + [
        asked(f"Sort too {n}", "いいえ") for n in range(second)
    ]
    assert codes(rows(*held), select=("FT506", "FT507")) == expected


EN = "In this bed there are lettuces, radishes and a few late onions."
JA = "この畝には、ちしゃと大根と、遅い玉ねぎが少し植えてあります。"
ZH = "这块地里种着生菜、小萝卜和一些晚熟的洋葱，旁边还有一棵很老的梨树，每年秋天都会结出许多又大又甜的果子。"
AR = "في هذا الحوض توجد خضروات طازجة وبعض البصل المتأخر والجزر الأحمر"
CODE = "```python\nfor bed in garden:\n    print(bed.plants)\n```"


@pytest.mark.parametrize(("usual", "odd"), [(EN, JA), (JA, EN), (EN, ZH), (EN, AR), (ZH, EN), (AR, JA)])
def test_an_answer_in_another_script(usual: str, odd: str) -> None:
    held = [asked(f"{n}?", usual) for n in range(25)] + [asked("25?", odd)]
    assert [finding.line for finding in judged(rows(*held), select=("FT508",))] == [26]


@pytest.mark.parametrize(
    ("usual", "question", "odd"),
    [
        (EN, "Translate this.", JA),
        (EN, "Say it in Japanese.", JA),
        (JA, "英語で答えてください。", EN),
        (JA, "?", CODE),
        (JA, "?", "OK"),
        (JA, "?", "東京都千代田区丸の内"),
        (EN, "?", "調律師"),
        (EN, "?", "Das Beet ist voll von Salat und Radieschen."),
        (ZH, "?", "print(1)"),
    ],
)
def test_what_is_no_drift(usual: str, question: str, odd: str) -> None:
    held = [asked(f"{n}?", usual) for n in range(25)] + [asked(question, odd)]
    assert codes(rows(*held), select=("FT508",)) == []


def test_a_file_of_many_languages_has_none_to_drift_from() -> None:
    held = [asked(f"{n}?", (EN, JA, ZH, AR)[n % 4]) for n in range(60)]
    assert codes(rows(*held), select=("FT508",)) == []


@pytest.mark.parametrize(
    "end", ["in the door of the", "and then,", "with a lid (", "```python\nprint(1)", "Put it into the fridge and"]
)
def test_a_cut_off_answer(end: str) -> None:
    text = (
        "Cut the ends, put the stems into a glass with a little water and pull a bag over the leaves before you go.\n"
        + end
    )
    assert codes(rows(asked("How?", text)), select=("FT606",)) == ["FT606"]


def test_one_of_the_longest_answers_without_full_stop_where_all_have_one() -> None:
    cut = asked("The last?", 2 * LONG.format(99).removesuffix(" ladders to help.") + " baskets by the dozen")
    assert codes(rows(*gardens(40), cut), select=("FT606",)) == ["FT606"]
    assert codes(rows(*gardens(5), cut), select=("FT606",)) == []
    forgotten = asked("The last?", LONG.format(99).removesuffix("."))
    assert codes(rows(*gardens(40), forgotten), select=("FT606",)) == []
    verbose = [asked(f"Which {n}?", 4 * LONG.format(n)) for n in range(9)]
    assert codes(rows(*gardens(40), *verbose, cut), select=("FT606",)) == []


@pytest.mark.parametrize(
    "end",
    [
        "Done.",
        "これで完成です。",
        "完成了。",
        "تم الأمر.",
        "```python\nprint(1)\n```",
        "Answer: B",
        "So it is 42",
        "😀",
        "- leaves",
        "(a bag)",
    ],
)
def test_a_finished_answer(end: str) -> None:
    text = (
        "Cut the ends, put the stems into a glass with a little water and pull a bag over the leaves before you go.\n"
        + end
    )
    assert codes(rows(*gardens(40), asked("How?", text)), select=("FT606",)) == []


@pytest.mark.parametrize(
    "answer", ['{"a": 1', '{"a": 1,}', '[{"a": 1}, {"b"]', '```json\n{"a": }\n```', '{"名前": "調律師']
)
def test_broken_json(answer: str) -> None:
    assert codes(rows(asked("As JSON?", answer)), select=("FT615",)) == ["FT615"]


def test_prose_among_json() -> None:
    held = [asked(f"{n}?", f'{{"n": {n}}}') for n in range(12)]
    assert codes(rows(*held, asked("13?", "The number is 13.")), select=("FT615",)) == ["FT615"]
    assert codes(rows(*held[:5], asked("13?", "The number is 13.")), select=("FT615",)) == []


@pytest.mark.parametrize(
    "answer",
    [
        '{"a": 1}',
        '{"a": 1}\nThat is all.',
        "{x | x > 0}",
        "[1] A tuner.",
        '{"a": True}',
        '{"a": ...}',
        "{'a': 1}",
        "A tuner.",
        '{"a": 1} // x',
        '```json\n{"a": 1}\n```',
        "［調律師］",
        "{name}さん",
        '{"名前": "調律師"}',
        "[link](x)",
    ],
)
def test_no_broken_json(answer: str) -> None:
    assert codes(rows(asked("?", answer)), select=("FT615",)) == []


@pytest.mark.parametrize("answer", ["null", "nan", "NaN", "undefined", "[object Object]", "`null`", "#N/A"])
def test_a_missing_value_as_the_answer(answer: str) -> None:
    assert codes(rows(asked("Who tunes it?", answer)), select=("FT617",)) == ["FT617"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many moons has Venus?", "None"),
        ("Write N/A if there is none.", "N/A"),
        ("What does it print? print(f(x))", "None"),
        ("Which value means missing: null or 0?", "null"),
        ("Who?", "Nan"[:2]),
        ("誰ですか。", "なし"),
        ("是谁？", "无"),
        ("من؟", "لا أحد"),
        ("Which bread?", "Naan"),
        ("What does this print?\nx = []\nx.sort()", "None"),
        ("Evaluate [1, 2].index(3) or get(7).", "nan"),
        ("What will JavaScript say to a missing key?", "undefined"),
        ("Reply as JSON.", "null"),
        ("Which word means nothing: `nil` or `zip`?", "nil"),
        ("SELECT name FROM users WHERE id = 9", "null"),
    ],
)
def test_words_that_are_answers(question: str, answer: str) -> None:
    assert codes(rows(asked(question, answer)), select=("FT617",)) == []


@pytest.mark.parametrize(
    "question",
    [
        "Who?",
        "Where can I print my ticket for the garden(s)?",
        "Which banana of the name is nonexistent (finance or vanilla)?",
        "Kim: Is the gate open?\nLee: Not yet; at nine.\nKim: Then I will wait.",
        "What is the postcode of the mill (the lower one)?",
    ],
)
@pytest.mark.parametrize("answer", ["None", "N/A", "na", "n/a", "null"])
def test_none_counts_where_answers_are_sentences(question: str, answer: str) -> None:
    assert codes(rows(*gardens(12), asked(question, answer)), select=("FT617",)) == ["FT617"]


def test_a_literal_that_the_system_prompt_asks_for_is_an_answer() -> None:
    told = {"role": "system", "content": "Answer N/A or null where the text does not tell."}
    held = [conversation(told, user("Who keeps the gate?"), assistant(answer)) for answer in ("N/A", "null")]
    assert codes(rows(*gardens(12), *held), select=("FT617",)) == []


def test_a_system_prompt_may_ask_for_a_piece_of_a_sentence() -> None:
    told = {"role": "system", "content": "Continue the sentence by a few words."}
    held = conversation(told, user("The mill stands"), assistant("in the lower valley and the"))
    assert codes(rows(held), select=("FT606",)) == []
    assert codes(rows(conversation(*held["messages"][1:])), select=("FT606",)) == ["FT606"]


@pytest.mark.parametrize("answer", ["ok", "Yes.", "はい"])
def test_a_very_short_answer(answer: str) -> None:
    assert codes(rows(*gardens(30), asked("Who?", answer)), select=("FT620",)) == ["FT620"]


def test_short_answers_where_they_belong() -> None:
    labels = [asked(f"{n}?", "yes" if n % 2 else "no") for n in range(30)]
    assert codes(rows(*labels), select=("FT620",)) == []
    assert codes(rows(*gardens(30), *labels[:5]), select=("FT620",)) == []
    assert codes(rows(*gardens(10), labels[0]), select=("FT620",)) == []


def test_of_several_signs_one_is_told() -> None:
    found = judged(rows(*gardens(30), asked("Who?", "nan")), select=("FT617", "FT620"))
    assert [finding.code for finding in found] == ["FT617"]


def test_the_state_merges_and_is_small() -> None:
    whole, first, later = columns.Rows(), columns.Rows(), columns.Rows()
    for number in range(40):
        answer = columns.Answer(("messages", number % 3, "content"), f"a{number}", [], ["p", number], "p")
        for state in (whole, first if number < 25 else later):
            state.extend([number + 1], [answer], judged=True)
    first.merge(later)
    assert list(first) == list(whole)
    assert len(pickle.dumps(whole)) < 40 * 70 + 1500


def test_references_of_reinforcement_are_no_answers() -> None:
    held = [{"messages": [user(f"{n}?")], "grader": "exact"} for n in range(60)]
    assert codes(rows(*held), select=("FT503", "FT506", "FT507", "FT606", "FT620")) == []
    other = [{"messages": [user("1?")], "id": n} for n in range(3)]
    assert codes(rows(*other), select=("FT503",)) == []


@pytest.mark.parametrize("depth", [10, 199, 252, 253, 254, 300, 900, 5000])
def test_deep_arguments_and_deep_rows_do_not_end_the_check(depth: int) -> None:
    arguments = '{"a": ' + "[" * depth + "]" * depth + "}"
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    turns = [user(), {"role": "assistant", "content": None, "tool_calls": [call]}]
    judged(rows(conversation(*turns), conversation(*turns)), select=("FT5",))
    schema = '{"a":' * depth + "1" + "}" * depth
    text = rows(conversation(user(), assistant()))[:-2] + ', "tools": [{"type": "function", "function": ' + schema
    judged(f"{text}}}]}}\n", select=("FT5", "FT2"))
