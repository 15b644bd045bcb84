"""FT502 and FT505: near-copies within a file, and from the training file to the validation file."""

from __future__ import annotations

import json
import pickle
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.checks import near, sketches
from ftlint.checks.base import Batch
from ftlint.model import Example, Format, Level, Line, Place, Report, Role
from ftlint.settings import Settings

NEAR = ("FT501", "FT502", "FT503", "FT504", "FT505")
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "yu",
    "za",
    "bre",
    "cla",
    "dri",
    "flo",
    "gru",
    "ple",
    "shi",
    "tro",
    "spa",
]
WORDS = ["".join(random.Random(n).choices(SYLLABLES, k=1 + n % 4)) for n in range(3000)]
KANJI = "春夏秋冬山川海空花鳥風月町村駅店庭池橋道朝昼夜雨雪雲星光影石木草水火土金魚犬猫馬牛声音色形"


def prose(seed: int, length: int = 60) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(length))


def asked(question: str, answer: str) -> dict[str, Any]:
    return conversation(user(question), assistant(answer))


def example(seed: int) -> dict[str, Any]:
    return asked(f"Tell me about {prose(seed, 12)}?", prose(1000 + seed))


def edited(text: str) -> str:
    words = text.split(" ")
    words[len(words) // 2] = "something"
    return " ".join(words).upper()


def near_copy(seed: int) -> dict[str, Any]:
    return asked(f"Tell me  about {prose(seed, 12)}?", edited(prose(1000 + seed)))


def both(folder: Path, training: list[Any], validation: list[Any]) -> Report:
    (folder / "train.jsonl").write_text(rows(*training), encoding="utf-8")
    (folder / "valid.jsonl").write_text(rows(*validation), encoding="utf-8")
    files = [(folder / "train.jsonl", Role.TRAIN), (folder / "valid.jsonl", Role.VALIDATION)]
    return engine.check(files, Settings(today=TODAY, select=NEAR))


def test_a_near_copy() -> None:
    finding = one(judged(rows(example(1), example(2), near_copy(1)), select=NEAR))
    assert (finding.code, finding.level, finding.line) == ("FT502", Level.INFO, 3)
    assert finding.related == (Place("<stdin>", 1),)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("".join(random.Random(1).choices(KANJI, k=120)), "".join(random.Random(1).choices(KANJI, k=119)) + "新"),
        (
            "def tune(piano):\n    for key in piano.keys:\n        key.tighten(0.5)\n    return piano.sound()\n",
            "def tune(piano):\n    for key in piano.keys:\n        key.tighten(0.5)\n    return piano.sounds()\n",
        ),
        (
            "يجب ضبط البيانو مرتين في السنة على الأقل حتى يبقى صوته جميلا ونقيا",
            "يجب ضبط البيانو مرتين في السنة على الأقل حتى يبقى صوته جميلا ونقيا جدا",
        ),
        (
            "Éteignez la lampe du couloir avant de partir, s'il vous plaît, merci.",
            "éteignez la lampe  du couloir avant de partir, s'il vous plaît, merci!",
        ),
    ],
)
def test_scripts_and_code(text: str, other: str) -> None:
    assert codes(rows(asked("1", text), asked("2", other)), select=NEAR) == ["FT502"]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (prose(1), prose(2)),
        ("".join(random.Random(1).choices(KANJI, k=120)), "".join(random.Random(2).choices(KANJI, k=120))),
        ("Yes, it is.", "Yes, it is!"),
        ("def add(a, b):\n    return a + b\n\nprint(add(1, 2))", "class Piano:\n    keys = 88\n\nprint(Piano.keys)"),
        ("يجب ضبط البيانو مرتين في السنة على الأقل", "الطقس جميل اليوم والسماء صافية فوق المدينة القديمة"),
    ],
)
def test_what_is_no_near_copy(text: str, other: str) -> None:
    assert codes(rows(asked("1", text), asked("2", other)), select=NEAR) == []


def test_copies_and_conflicts_have_rules_of_their_own() -> None:
    question = prose(5, 80) + "?"
    found = judged(rows(asked(question, "Yes."), asked(question, "Yes."), asked(question, "No.")), select=NEAR)
    assert [(finding.code, finding.line) for finding in found] == [("FT501", 2), ("FT503", 3)]


def test_a_conversation_told_up_to_another_turn_is_no_copy() -> None:
    turns = [user(prose(1, 50)), assistant(prose(2, 50)), user("And?"), assistant("Fine.")]
    assert codes(rows(conversation(*turns[:2]), conversation(*turns)), select=NEAR) == []


def test_the_same_question_about_two_pictures_is_no_near_copy() -> None:
    def shown(picture: str) -> dict[str, Any]:
        image = {"type": "image_url", "image_url": {"url": f"https://example.org/{picture}.png"}}
        return conversation(user([{"type": "text", "text": prose(3)}, image]), assistant("Three."))

    assert codes(rows(shown("a"), shown("b")), select=NEAR) == []


def test_a_template_is_put_aside() -> None:
    template = "Combine all of the numbers exactly once, use brackets where you need them, and reach the target. " * 4
    rng = random.Random(4)
    held = [asked(f"{template}Numbers: {rng.sample(range(1, 999), 8)}", f"{rng.random()}") for _ in range(60)]
    assert codes(rows(*held), select=NEAR) == []


def test_rows_of_the_training_file_are_found_again(tmp_path: Path) -> None:
    training = [example(seed) for seed in range(300)]
    other = [asked(row["messages"][0]["content"], prose(5000 + n, 20)) for n, row in enumerate(training[20:25])]
    fresh = [example(seed) for seed in range(900, 940)]
    validation = [*training[:5], *[near_copy(seed) for seed in range(10, 15)], *other, *fresh]
    found = both(tmp_path, training, validation).findings
    told = [(finding.code, finding.line, finding.related[0].line) for finding in found]
    assert told == [
        *[("FT504", n + 1, n + 1) for n in range(5)],
        *[("FT505", n + 6, n + 11) for n in range(5)],
        *[("FT505", n + 11, n + 21) for n in range(5)],
    ]
    assert all(Path(finding.path).name == "valid.jsonl" for finding in found)
    assert all(Path(finding.related[0].path).name == "train.jsonl" for finding in found)
    assert "another answer" in found[-1].message


@pytest.mark.parametrize(
    ("row", "other", "expected"),
    [
        (asked("Hm?", "Yes."), asked("hm?", " yes. "), ["FT505"]),
        (asked("首都は？", "東京です。"), asked("首都は？", "東京です。 "), ["FT505"]),
        (asked("Hm?", "Yes."), asked("Hm", "Yes."), []),
        (asked("1 + 1?", "2"), asked("1 - 1?", "2"), []),
        (asked("２０は？", "2です。"), asked("２１は？", "2です。"), []),
        (asked("２０は？", "2です。"), asked("20は？", "2です。"), ["FT505"]),
    ],
)
def test_short_rows_are_near_leaks_where_only_case_and_space_differ(
    row: Any, other: Any, expected: list[str], tmp_path: Path
) -> None:
    found = both(tmp_path, [row], [other, asked("Oh?", "No.")]).findings
    assert [(finding.code, finding.line) for finding in found] == [(code, 1) for code in expected]


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 6), max_size=14), st.integers(0, 14))
def test_the_state_merges(seeds: list[int], cut: int) -> None:
    content = rows(*map(example, seeds)).encode()
    reports = [
        engine.check([("-", Role.TRAIN)], Settings(today=TODAY, select=NEAR, batch_lines=size), stdin=content)
        for size in (1, 3, 1000)
    ]
    assert reports[0].findings == reports[1].findings == reports[2].findings
    whole, first, later = near.Sketches(), near.Sketches(), near.Sketches()
    made = [
        Example(Line(number, 0, b"", terminated=True), example(seed), bytes(32)) for number, seed in enumerate(seeds, 1)
    ]
    context = engine.make_context(Settings(today=TODAY, select=NEAR))
    for state, held in ((whole, made), (first, made[:cut]), (later, made[cut:])):
        state.add(Batch(Role.TRAIN, Format.CHAT, [], held), context)
    first.merge(later)
    assert first == whole
    assert len(pickle.dumps(whole)) < 145 * len(seeds) + 1500


@given(st.lists(st.text(max_size=12), max_size=5))
def test_runs_are_all_runs_of_four_units_of_each_text(texts: list[str]) -> None:
    found, borders = sketches.runs(texts)
    assert len(borders) == len(texts) + 1
    for text, first, last in zip(texts, borders, borders[1:], strict=False):
        raw = text.ljust(4, "\0").encode("utf-16-le", "surrogatepass")
        assert set(found[first:last]) == {
            int.from_bytes(raw[at : at + 8], "little") for at in range(0, len(raw) - 6, 2)
        }


def test_the_estimate_is_near_the_truth() -> None:
    """Of pairs that are 85 % alike next to none is missed, and of those under 70 % next to none is told."""
    rng = random.Random(9)
    missed = wrong = 0
    for number in range(120):
        words = prose(number, 120).split(" ")
        other = [rng.choice(WORDS) + "s" if rng.random() < (0.015 if number % 2 else 0.2) else word for word in words]
        texts = [" ".join(words), " ".join(other)]
        one_set, two_set = (set(sketches.runs([sketches.squeeze(text)])[0]) for text in texts)
        truth = len(one_set & two_set) / len(one_set | two_set)
        told = codes(rows(asked("a", texts[0]), asked("b", texts[1])), select=("FT502",)) == ["FT502"]
        missed += truth >= 0.87 and not told
        wrong += truth < 0.7 and told
    assert (missed, wrong) == (0, 0)


PASSAGE = prose(77, 150)
CITY = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


def call(question: str, **arguments: Any) -> dict[str, Any]:
    function = {"name": "get_current_weather", "arguments": json.dumps({**arguments, "unit": "celsius", "days": 3})}
    calls = [{"id": "c", "type": "function", "function": function}]
    return conversation(user(question), {"role": "assistant", "tool_calls": calls}, tools=[CITY])


SUM = "次の計算を順番に行い、答えだけを書いてください。りんごが{}個、みかんが{}個あります。合わせて何個でしょうか。"


@pytest.mark.parametrize(
    ("row", "other"),
    [
        (asked(f"{PASSAGE}\nWho tunes the piano?", "Kim."), asked(f"{PASSAGE}\nWhen is it played?", "In June.")),
        (asked(f"Who tunes the piano?\n{PASSAGE}", "Kim."), asked(f"When is it played?\n{PASSAGE}", "In June.")),
        (asked(f"{PASSAGE} What is 12 + 13?", "It is 25."), asked(f"{PASSAGE} What is 14 + 15?", "It is 29.")),
        (asked(SUM.format(12, 13), "25個です。"), asked(SUM.format(14, 15), "29個です。")),
        (asked(f"{PASSAGE} 12", "It is 3."), asked(f"{PASSAGE} 1", "It is 23.")),
        (
            call("How is the weather in Matsuyama today, and should I take an umbrella?", city="Matsuyama"),
            call("How is the weather in Matsumoto today, and should I take an umbrella?", city="Matsumoto"),
        ),
        (asked(PASSAGE, "positive"), asked(f"{prose(78, 20)} {PASSAGE}", "negative")),
    ],
    ids=["question last", "question first", "numbers", "numbers in Japanese", "digits elsewhere", "calls", "labels"],
)
def test_shared_text_is_no_near_copy(row: Any, other: Any, tmp_path: Path) -> None:
    assert codes(rows(row, other), select=NEAR) == []
    assert both(tmp_path, [row], [other]).findings == ()


@pytest.mark.parametrize(
    ("row", "other"),
    [
        (asked(PASSAGE, "Kim tunes it."), asked(edited(PASSAGE), "It is tuned twice a year, by somebody from town.")),
        (
            call("How is the weather in Matsuyama today, and should I take an umbrella?", city="Matsuyama"),
            call("How is the weather in Matsuyama today, and must I take an umbrella?", city="Matsuyama"),
        ),
        (asked(f"{PASSAGE} What is 12 + 13?", "It is 25."), asked(f"{edited(PASSAGE)} What is 12 + 13?", "It is 25.")),
    ],
    ids=["prompt almost the same", "the same call", "the same numbers"],
)
def test_near_copies_of_such_rows(row: Any, other: Any, tmp_path: Path) -> None:
    assert codes(rows(row, other), select=NEAR) == ["FT502"]
    assert [finding.code for finding in both(tmp_path, [row], [other]).findings] == ["FT505"]


def test_templates_of_which_each_has_a_share_of_the_rows_are_put_aside() -> None:
    rng = random.Random(11)
    templates = [prose(200 + n, 60) for n in range(5)]
    held = [asked(f"{rng.choice(templates)} {prose(300 + n, 6)}", rng.choice(["yes", "no"])) for n in range(200)]
    assert codes(rows(*held), select=NEAR) == []
    copies = [held[7], asked(held[9]["messages"][0]["content"].upper(), held[9]["messages"][1]["content"])]
    found = judged(rows(*held, *copies), select=NEAR)
    assert [(finding.code, finding.related[0].line) for finding in found] == [("FT501", 8), ("FT502", 10)]


def test_rows_that_were_varied_ten_times_are_found() -> None:
    rng = random.Random(12)
    held = []
    for seed in range(40):
        words = prose(seed, 80).split(" ")
        for _ in range(10):
            words[rng.randrange(80)] = rng.choice(WORDS)
            held.append(asked(f"{len(held)}?", " ".join(words)))
    rng.shuffle(held)
    assert len(codes(rows(*held), select=("FT502",))) >= 350


def test_a_reinforcement_row_with_another_reference_is_a_near_leak(tmp_path: Path) -> None:
    def graded(answer: str) -> dict[str, Any]:
        return {"messages": [user(prose(5, 30))], "answer": answer}

    found = one(both(tmp_path, [graded("A")], [graded("B")]).findings)
    assert (found.code, found.related[0].line) == ("FT505", 1)
    assert both(tmp_path, [graded("A")], [{"messages": [user(prose(6, 30))], "answer": "A"}]).findings == ()


def test_pairs_that_differ_in_the_worse_output_are_no_near_copies() -> None:
    def pair(worse: str) -> dict[str, Any]:
        return {
            "input": {"messages": [user(prose(7, 20))]},
            "preferred_output": [assistant(prose(8, 30))],
            "non_preferred_output": [assistant(worse)],
        }

    assert codes(rows(pair(prose(9, 30)), pair(prose(10, 30))), select=NEAR) == []
    assert codes(rows(pair(prose(9, 30)), pair(edited(prose(9, 30)))), select=NEAR) == ["FT502"]
