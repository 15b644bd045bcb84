"""Sizes and cuts: nothing lost, nothing too large, cuts where a reader would cut."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint import catalog
from ftlint.moderation.split import TAG, Size, encodable, piece_limit, pieces, size, unit_limit

LOOSE = st.text(alphabet=st.sampled_from("ab é。！? .\n語😀\u0301"), max_size=400)


def test_limits_stay_below_what_is_documented() -> None:
    rules = catalog.load_moderation().units
    unit = unit_limit()
    assert (unit.chars, unit.length, unit.tokens) == (5_900, 1_000, 3_900)
    assert unit.chars < rules.max_characters
    assert unit.tokens < rules.max_tokens
    assert piece_limit() + TAG == unit


def test_ascii_counts_a_quarter_and_other_bytes_count_whole() -> None:
    assert size("abcde") == Size(5, 2, 2)
    assert size("日本語") == Size(3, 3, 9)
    assert size("ab日") == Size(3, 2, 4)
    assert size("") == Size(0, 0, 0)


@settings(deadline=None)
@given(st.text())
def test_lone_surrogates_are_replaced_in_place(value: str) -> None:
    broken = value + "\ud800x\udfff"
    clean = encodable(broken)
    assert len(clean) == len(broken)
    assert clean.encode()
    assert encodable(value) == value


@settings(deadline=None)
@given(LOOSE, st.integers(8, 40))
def test_pieces_cover_the_text_overlap_and_are_small_enough(value: str, most: int) -> None:
    limit = Size(most, most, 4 * most)
    found = list(pieces(value, limit))
    assert found[0][0] == 0
    assert found[-1][1] == len(value)
    assert all(size(value[start:end]).within(limit) for start, end in found)
    for (start, end), (after, _) in itertools.pairwise(found):
        assert start < after <= end, "no gap between pieces"


def test_a_cut_prefers_the_end_of_a_sentence_then_a_space() -> None:
    limit = Size(40, 1000, 4000)
    sentences = "This is one sentence. Here is another one. And a third."
    assert next(sentences[s:e] for s, e in pieces(sentences, limit)) == "This is one sentence. "
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    assert next(words[s:e] for s, e in pieces(words, limit)).endswith(" ")
    japanese = "これは最初の文です。" * 8
    assert all(japanese[s:e].endswith("。") for s, e in pieces(japanese, limit))


def test_the_next_piece_repeats_the_end_of_the_last() -> None:
    value = "x" * 100
    assert list(pieces(value, Size(40, 1000, 4000))) == [(0, 40), (36, 76), (72, 100)]


def test_a_japanese_example_of_a_thousand_characters_stays_whole() -> None:
    assert list(pieces("あ" * 900, piece_limit())) == [(0, 900)]
    assert len(list(pieces("a" * 3_000, piece_limit()))) == 1
    assert len(list(pieces("😀" * 6_000, piece_limit()))) >= 6
