"""The split: nothing that the leak rules report stands on both sides, the share is met, the draw is the seed's."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint import engine
from ftlint.errors import InputError, UsageError
from ftlint.model import Example, Format, Role
from ftlint.rows.convert import convert_rows
from ftlint.rows.groups import Groups, grouped
from ftlint.rows.plan import Wanted
from ftlint.rows.split import Split, how_many, split
from ftlint.settings import Settings

WORDS = [
    f"{a}{b}" for a in ("sea", "fog", "ice", "moss", "peat") for b in ("gull", "bank", "field", "lamp", "path", "x")
]


def text(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def rows(count: int, near: int = 0, copies: int = 0, asked_again: int = 0) -> list[dict[str, Any]]:
    """Rows of which some are near-copies of the first ones, some copies, and some have the same prompt."""
    first = [{"question": text(2 * n, 25), "answer": text(2 * n + 1, 30)} for n in range(count)]
    found = [*first]
    for n in range(near):
        found.append({"question": first[n]["question"], "answer": first[n]["answer"] + " " + text(-n - 1, 1)})
        found[-1]["question"] = found[-1]["question"].replace(" ", "  ", 1) + " please"
    found += first[-copies:] if copies else []
    found += [{"question": row["question"].upper(), "answer": text(10_000 + n, 30)}
              for n, row in enumerate(first[:asked_again])]  # fmt: skip
    random.Random(5).shuffle(found)
    return found


def examples(found: list[dict[str, Any]]) -> list[Example]:
    return convert_rows(found, Wanted()).examples


def texts(side: list[Example]) -> list[str]:
    return [example.line.raw.decode() for example in side]


def leaks(parts: Split, folder: Path) -> list[str]:
    paths = {Role.TRAIN: folder / "train.jsonl", Role.VALIDATION: folder / "validation.jsonl"}
    for path, side in zip(paths.values(), (parts.train, parts.validation), strict=True):
        path.write_bytes(b"".join(example.line.raw + b"\n" for example in side))
    asked = Settings(today=datetime.date(2026, 11, 21), select=("FT504", "FT505"))
    report = engine.check([(path, role) for role, path in paths.items()], asked)
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("seed", [1, 42, 7])
def test_the_checker_finds_no_leak(tmp_path: Path, seed: int) -> None:
    made = examples(rows(120, near=40, copies=15, asked_again=20))
    parts = split(made, Format.CHAT, 39, seed)
    assert leaks(parts, tmp_path) == []
    assert sorted(texts(parts.train) + texts(parts.validation)) == sorted(texts(made))
    assert len(parts.validation) == parts.wanted == 39
    assert parts.together >= 110
    at_random = Split(made[39:], made[:39], 39, 0)
    assert {"FT504", "FT505"} == set(leaks(at_random, tmp_path))


def test_a_chain_of_near_copies_makes_no_leak(tmp_path: Path) -> None:
    """Each row is near the ones before it, and the ends of the chain are far from each other."""
    words = text(1, 60).split()
    chain = []
    for n in range(30):
        words[(n * 2) % 60] = f"new{n}"
        chain.append({"question": " ".join(words), "answer": "yes, indeed"})
    for seed in range(4):
        parts = split(examples([*chain, *rows(170)]), Format.CHAT, 30, seed)
        assert leaks(parts, tmp_path) == []
        assert len(parts.validation) == 30
        assert parts.together >= 15


def test_the_draw_is_the_seed_s_and_not_the_order_s() -> None:
    found = rows(60, near=10)
    first = split(examples(found), Format.CHAT, 7, 42)
    again = split(examples(found[::-1]), Format.CHAT, 7, 42)
    other = split(examples(found), Format.CHAT, 7, 43)
    assert sorted(texts(first.validation)) == sorted(texts(again.validation)) != sorted(texts(other.validation))
    assert texts(first.train) == [line for line in texts(examples(found)) if line not in texts(first.validation)]
    assert first.validation[0].content_sha256.hex().startswith("a32e3dac3ee8")  # on every machine


@pytest.mark.parametrize("rounds", [1, 12])
def test_leaks_that_the_grouping_did_not_foresee_are_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    """Drawn again while there are drawings left; after that, what leaks goes to the training side."""
    made = examples(rows(60, near=20, copies=10, asked_again=10))
    monkeypatch.setattr("ftlint.rows.split.grouped", lambda held, _: Groups(len(held)))
    monkeypatch.setattr("ftlint.rows.split.ROUNDS", rounds)
    parts = split(made, Format.CHAT, 25, 1)
    assert leaks(parts, tmp_path) == []
    assert 3 <= len(parts.validation) <= 25


def test_a_group_that_does_not_fit_leaves_the_nearest_share() -> None:
    big = [{"question": "the same question for all of these rows", "answer": text(n, 20)} for n in range(8)]
    parts = split(examples([*big, *rows(2)]), Format.CHAT, 5, 1)
    assert (len(parts.train), len(parts.validation)) == (8, 2)
    assert len(split(examples([*big, *rows(2)]), Format.CHAT, 7, 1).validation) == 8
    groups = [
        {"question": f"question {n}", "answer": text(n * m, 20)}
        for n, size in ((1, 6), (2, 5), (3, 5))
        for m in range(size)
    ]
    for seed in range(5):
        assert len(split(examples(groups), Format.CHAT, 10, seed).validation) == 10


def test_rows_that_all_belong_together_cannot_be_split() -> None:
    same = [{"question": "q", "answer": text(n, 20)} for n in range(8)]
    with pytest.raises(InputError, match="the 8 examples cannot be split"):
        split(examples(same), Format.CHAT, 2, 1)


def test_prompts_are_told_apart_by_their_system_message_and_pictures() -> None:
    system = [{"question": "Go on", "answer": f"a{n}", "system": f"text {n}"} for n in range(9)]
    assert len(grouped(examples(system), Format.CHAT).members()) == 9
    again = [{"question": word, "answer": f"a{n}"} for n, word in enumerate(["Go on", "go  ON", "go\non "])]
    assert len(grouped(examples(again), Format.CHAT).members()) == 1


@pytest.mark.parametrize(
    ("row", "target"),
    [
        ({"prompt": "{q}", "chosen": "yes {n}", "rejected": "no"}, Format.PREFERENCE),
        ({"prompt": "{q}", "reference": "{n}"}, Format.REINFORCEMENT),
    ],
)
def test_the_other_formats(tmp_path: Path, row: dict[str, str], target: Format) -> None:
    found = [
        {key: value.format(q=text(n // 3, 30), n=n) for key, value in row.items()} for n in range(60)
    ]  # fmt: skip
    converted = convert_rows(found, Wanted())
    assert converted.target is target
    parts = split(converted.examples, target, 12, 42)
    assert len(parts.validation) == 12
    assert leaks(parts, tmp_path) == []
    prompts = [{json.dumps(json.loads(line).get("messages", json.loads(line).get("input"))) for line in texts(side)}
               for side in (parts.train, parts.validation)]  # fmt: skip
    assert not prompts[0] & prompts[1]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), min_size=4, max_size=25),
    st.integers(1, 6),
    st.integers(0, 99),
)
def test_no_group_stands_on_both_sides(pairs: list[tuple[int, int]], wanted: int, seed: int) -> None:
    made = examples([{"question": f"question {q}", "answer": f"answer {a}"} for q, a in pairs])
    try:
        parts = split(made, Format.CHAT, min(wanted, len(made) - 1), seed)
    except InputError:
        assert len(grouped(made, Format.CHAT).members()) <= 2
        return
    sides = [
        {json.loads(line)["messages"][0]["content"] for line in texts(side)} for side in (parts.train, parts.validation)
    ]
    assert not sides[0] & sides[1]
    assert len(parts.train) + len(parts.validation) == len(made)


@pytest.mark.parametrize(
    ("given_", "count", "expected"), [("0.1", 1000, 100), (".25", 8, 2), ("200", 201, 200), ("0.001", 10, 1)]
)
def test_how_many(given_: str, count: int, expected: int) -> None:
    assert how_many(given_, count) == expected


@pytest.mark.parametrize("given_", ["0", "-1", "1.5", "test", "0.0", "1e3", "٣", ""])
def test_what_is_no_share(given_: str) -> None:
    with pytest.raises(UsageError, match="--validation takes a share or a number"):
        how_many(given_, 10)


@pytest.mark.parametrize("given_", ["10", "0.99"])
def test_something_must_be_left_to_train_on(given_: str) -> None:
    with pytest.raises(UsageError, match="leave nothing to train on"):
        how_many(given_, 10)
