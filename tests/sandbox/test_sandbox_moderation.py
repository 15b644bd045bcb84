"""Moderation in the sandbox: scores from markers alone, and the shapes of the real endpoint's answers."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from ftlint.sandbox.markers import CATEGORIES, IMAGE_CATEGORIES, blocks, scores

IMAGE = "https://example.org/⟦violence=0.9⟧⟦hate=0.9⟧.png"


def image(url: str = IMAGE) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def test_text_without_a_marker_is_quiet_and_always_the_same() -> None:
    found = scores("Good morning")
    assert set(found) == set(CATEGORIES)
    assert all(0 < value < 1e-4 for value in found.values())
    assert found == scores("Good morning")
    assert found != scores("Good evening")


def test_the_highest_marker_of_a_category_counts() -> None:
    found = scores("a ⟦hate=0.2⟧ b ⟦hate=0.94⟧ c ⟦sexual/minors=0.016⟧ d ⟦violence=1⟧")
    assert (found["hate"], found["sexual/minors"], found["violence"]) == (0.94, 0.016, 1.0)
    assert found["harassment"] < 1e-4


def test_some_markers_add_up_over_a_text() -> None:
    found = scores(
        "a ⟦sexual/minors+0.002⟧ b ⟦sexual/minors+0.006⟧ c ⟦hate+0.1⟧ d ⟦hate=0.4⟧ e ⟦violence+0.7⟧ ⟦violence+0.7⟧"
    )
    assert (found["sexual/minors"], found["hate"], found["violence"]) == (0.008, 0.4, 1.0)
    assert scores("⟦sexual/minors+0.002⟧")["sexual/minors"] == 0.002


@pytest.mark.parametrize(
    "text", ["⟦hate=1.5⟧", "⟦hate=-0.5⟧", "⟦kindness=0.9⟧", "[hate=0.9]", "⟦hate = 0.9⟧", "⟦hate=0.⟧"]
)
def test_what_is_not_a_marker_is_text(text: str) -> None:
    assert all(value < 1e-4 for value in scores(text).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⟦sexual/minors=0.016⟧", True),
        ("⟦sexual/minors=0.009⟧", False),
        ("⟦sexual=0.069⟧", False),
        ("⟦hate=0.3⟧", True),
        ("nothing at all", False),
    ],
)
def test_a_file_is_blocked_below_what_is_flagged(text: str, expected: bool) -> None:
    assert blocks(text) is expected


def test_an_array_of_strings_gives_one_result_each(client: openai.OpenAI) -> None:
    answer = client.moderations.create(input=["fine", "⟦hate=0.94⟧", "⟦hate=0.49⟧"])
    assert [result.flagged for result in answer.results] == [False, True, False]
    assert answer.results[1].category_scores.hate == 0.94
    assert answer.results[1].categories.hate
    assert not answer.results[1].categories.violence
    assert answer.results[2].category_scores.hate == 0.49
    assert answer.model == "omni-moderation-latest"
    assert answer.results[0].category_applied_input_types.hate == ["text"]


def test_one_string_gives_one_result_and_the_model_is_echoed(client: openai.OpenAI) -> None:
    answer = client.moderations.create(input="⟦sexual/minors=0.016⟧", model="omni-moderation-2024-09-26")
    assert len(answer.results) == 1
    assert not answer.results[0].flagged
    assert answer.results[0].category_scores.sexual_minors == 0.016
    assert answer.model == "omni-moderation-2024-09-26"


def test_an_array_of_parts_gives_one_combined_result(client: openai.OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "⟦illicit=0.6⟧"}, {"type": "text", "text": "⟦sexual=0.2⟧"}, image()]
    answer = client.moderations.create(input=parts)
    assert len(answer.results) == 1
    found = answer.results[0]
    assert (found.category_scores.illicit, found.category_scores.sexual, found.category_scores.violence) == (
        0.6,
        0.2,
        0.9,
    )
    assert found.category_scores.hate < 1e-4, "an image is not scored for hate"
    assert found.category_applied_input_types.violence == ["text", "image"]
    assert found.category_applied_input_types.hate == ["text"]


def test_an_image_alone_scores_nothing_in_the_categories_of_texts(client: openai.OpenAI) -> None:
    found = client.moderations.create(input=[image()]).results[0].model_dump(by_alias=True)
    zero = {category for category, value in found["category_scores"].items() if value == 0}
    assert zero == set(CATEGORIES) - IMAGE_CATEGORIES


def test_two_images_are_refused_with_the_real_words(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.moderations.create(input=[image(), image()])
    assert caught.value.code == "too_many_images"
    assert caught.value.param == "input"
    assert "Number of images (2) exceeds maximum of 1" in caught.value.message


def test_a_model_that_was_removed_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.moderations.create(input="a", model="text-moderation-latest")
    assert caught.value.code == "model_not_found"
