"""FT502 and FT505: near-copies within a file, and from the training file to the validation file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.checks import near
from ftlint.model import Level, Place, Report, Role
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


def test_the_same_short_prompt_and_answer_in_both_files_is_no_near_leak(tmp_path: Path) -> None:
    assert both(tmp_path, [asked("Hm?", "Yes.")], [asked("Hm?", "yes."), asked("Oh?", "No.")]).findings == ()


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
    for number, seed in enumerate(seeds):
        for state in (whole, first if number < cut else later):
            state.lines.append(number)
            state.digests += bytes([seed]) * 16
            state.turns.append(2)
            state.slots.extend([seed] * near.SLOTS)
    first.merge(later)
    assert first == whole


@given(st.text(max_size=40))
def test_shingles_are_all_runs_of_four_units(text: str) -> None:
    raw = text.encode("utf-16-le", "surrogatepass")
    expected = [int.from_bytes(raw[at : at + 8], "little") for at in range(0, len(raw) - 6, 2)]
    assert sorted(near.shingle(text)) == sorted(expected)


def test_the_estimate_is_near_the_truth() -> None:
    """Of pairs that are 85 % alike next to none is missed, and of those under 70 % next to none is told."""
    rng = random.Random(9)
    missed = wrong = 0
    for number in range(120):
        words = prose(number, 120).split(" ")
        other = [rng.choice(WORDS) + "s" if rng.random() < (0.015 if number % 2 else 0.2) else word for word in words]
        texts = [" ".join(words), " ".join(other)]
        one_set, two_set = (set(near.shingle(text)) for text in texts)
        truth = len(one_set & two_set) / len(one_set | two_set)
        told = codes(rows(asked("a", texts[0]), asked("b", texts[1])), select=("FT502",)) == ["FT502"]
        missed += truth >= 0.87 and not told
        wrong += truth < 0.7 and told
    assert (missed, wrong) == (0, 0)
