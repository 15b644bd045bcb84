"""From verdicts to ranked problems."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.model import Place
from ftlint.moderation.judge import Judged, Levels, Missing, Seen, judge, merged
from ftlint.moderation.screen import Reason
from ftlint.services.interface import Score

from .conftest import LEVELS

PATH = ("messages", 1, "content")


def seen(score: Score, *lines: int, shared: bool = False, path: str = "t.jsonl") -> Seen:
    return Seen(tuple(Place(path, line) for line in lines or (1,)), PATH, None, shared, score)


def found(*items: Seen, levels: Levels = LEVELS) -> list[Judged]:
    return judge(items, [], levels)


def watch(value: float, category: str = "hate") -> Score:
    return Score(False, {category: value, "quiet": 1e-6})


@pytest.mark.parametrize(
    ("value", "category", "code"),
    [
        (0.1199, "hate", None),
        (0.1201, "hate", "FT902"),  # 0.15 / 1.25: within the wobble
        (0.016, "sexual/minors", "FT902"),
        (0.0079, "sexual/minors", None),
        (0.0081, "sexual/minors", "FT902"),
        (0.041, "hate/threatening", "FT902"),
        (0.04, "hate/threatening", "FT902"),  # exactly the level, once it is multiplied
        (0.0399, "hate/threatening", None),
        (0.13, "never/heard-of", "FT902"),
    ],
)
def test_watched_from_the_level_on_less_the_wobble(value: float, category: str, code: str | None) -> None:
    assert [judged.problem.code for judged in found(seen(watch(value, category)))] == ([code] if code else [])


def test_a_flagged_text_is_an_error_and_hidden() -> None:
    score = Score(
        True, {"hate": 0.91239, "sexual/minors": 0.0125, "harassment": 0.4, "quiet": 1e-5}, ("hate", "harassment")
    )
    (judged,) = found(seen(score, 4, 9))
    problem = judged.problem
    assert (problem.code, problem.line, problem.path, problem.hide) == ("FT901", 4, PATH, True)
    assert {name: value for name, value in problem.values.items() if name != "fact"} == {
        "category": "hate",
        "categories": ["hate", "harassment"],
        "score": 0.9124,
        "level": 0.15,
        "places": 2,
        "state": "is flagged by moderation",
    }
    assert problem.related == (Place("t.jsonl", 9),)
    assert problem.data["scores"] == {"harassment": 0.4, "hate": 0.9124, "sexual/minors": 0.0125}
    assert judged.risk == pytest.approx(0.91239 / 0.15 * 2)


def test_flagged_without_a_name_takes_the_worst_category() -> None:
    (judged,) = found(seen(Score(True, {"hate": 0.01, "sexual/minors": 0.002}, ())))
    assert judged.problem.values["category"] == "sexual/minors"
    assert judged.risk >= 1, "what the service flags is never below what is merely watched"


def test_a_watched_text_is_shown() -> None:
    assert not found(seen(watch(0.2)))[0].problem.hide


@pytest.mark.parametrize("flagged", [True, False])
def test_shared_texts_come_first(flagged: bool) -> None:
    shared = seen(Score(flagged, {"hate": 0.16}, ("hate",) if flagged else ()), 1, 2, shared=True)
    problems = found(seen(Score(True, {"hate": 0.99}, ("hate",)), 7), shared, seen(watch(0.2), 3))
    assert [judged.problem.code for judged in problems] == ["FT903", "FT901", "FT902"]
    first = problems[0].problem
    assert (first.raised, first.hide, first.data["flagged"]) == (flagged,) * 3


def test_many_places_weigh_more_than_a_high_score() -> None:
    many = seen(watch(0.2), *range(10, 40))
    problems = found(seen(Score(True, {"hate": 0.99}, ("hate",)), 1), many)
    assert [judged.problem.line for judged in problems] == [10, 1]
    assert len(problems[0].problem.related) == 20
    assert problems[0].problem.values["places"] == 30


def test_an_example_gets_one_finding_where_it_is_worst() -> None:
    one = seen(watch(0.2), 5)
    other = Seen(
        (Place("t.jsonl", 5),), ("messages", 3, "content"), (4, 9), False, Score(True, {"violence": 0.6}, ("violence",))
    )
    (judged,) = found(one, other)
    assert (judged.problem.path, judged.problem.span) == (("messages", 3, "content"), (4, 9))
    assert judged.problem.data["scores"] == {"hate": 0.2, "violence": 0.6}
    assert judged.problem.values["categories"] == ["violence"]


def test_the_same_line_of_two_files_is_two_examples() -> None:
    assert len(found(seen(watch(0.2), 5), seen(watch(0.2), 5, path="v.jsonl"))) == 2


def test_without_a_verdict() -> None:
    refused = Reason("rate limit (429)", "request req_1")
    missing = [
        Missing((Place("b.jsonl", 3),), None, Reason("interrupted")),
        Missing((Place("a.jsonl", 9), Place("a.jsonl", 11)), PATH, refused),
        Missing((Place("a.jsonl", 4),), PATH, refused._replace(words="request req_2")),
    ]
    first, second = judge([], missing, LEVELS)
    assert (first.path, first.problem.code, first.problem.line, first.problem.path) == ("a.jsonl", "FT909", 4, PATH)
    assert first.problem.values == {
        "reason": "rate limit (429): request req_2",
        "count": 3,
        "what": "3 texts",
        "places": 3,
    }
    assert first.problem.related == (Place("a.jsonl", 9), Place("a.jsonl", 11))
    assert (second.path, second.problem.values["reason"]) == ("b.jsonl", "interrupted")


def test_a_level_of_zero_watches_everything() -> None:
    assert found(seen(watch(0.0)), levels=Levels({"hate": 0.0}))[0].problem.code == "FT902"


SCORES = st.builds(
    Score, st.booleans(), st.dictionaries(st.sampled_from("abc"), st.floats(0, 1), min_size=1), st.just(())
)


@settings(deadline=None)
@given(st.lists(SCORES, min_size=1))
def test_merging_keeps_the_worst(scores: list[Score]) -> None:
    result = merged(scores)
    assert result.flagged == any(score.flagged for score in scores)
    for score in scores:
        assert all(result.scores[category] >= value for category, value in score.scores.items())


@settings(deadline=None)
@given(st.lists(st.tuples(SCORES, st.integers(1, 5), st.booleans()), max_size=12))
def test_the_order_is_shared_then_risk(items: list[tuple[Score, int, bool]]) -> None:
    problems = found(*(seen(score, n, shared=shared) for n, (score, _, shared) in enumerate(items)))
    keys = [(not judged.shared, -judged.risk) for judged in problems]
    assert keys == sorted(keys)
    assert {judged.problem.line for judged in problems} >= {n for n, (score, _, _) in enumerate(items) if score.flagged}
