"""The encoded texts of a batch: what is seen in all of them at once is what is seen in each alone."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.test_shapes import CONTEXT, batch_of
from ftlint.checks import echoes, screens
from ftlint.checks.columns import Rows
from ftlint.checks.folding import each_folded, folded
from ftlint.checks.scripts import scripts_in
from ftlint.checks.signs import edged_in, finished, finished_in
from ftlint.checks.writing import script_of
from ftlint.encoded import Encoded, encode
from ftlint.scan import scanner

SIGNS = "aBcT .,:;`{}[]()=$/~!?\"'\n\t\x1c\x85\xa0\u2028。：’—“”éÉßİΣςſ\u212aあ漢ж😀1_"
WORDS = [
    "The tuner’s café opens at nine. ",
    "Who tunes a piano? ",
    "x = {a: 1}; ",
    "Ада купила рояль. ",
    "調律 ",
    "- (b) ",
]
texts = st.lists(
    st.text(st.sampled_from(SIGNS), max_size=40)
    | st.builds(
        lambda words, last: "".join(words) + last,
        st.lists(st.sampled_from(WORDS), max_size=14),
        st.text(SIGNS, max_size=2),
    ),
    min_size=1,
    max_size=12,
)


def held(given_texts: list[str]) -> Encoded:
    """The texts, encoded; they are to hold no NUL."""
    found = encode(given_texts)
    assert found is not None
    return found


@given(texts)
def test_each_text_lies_between_its_borders(given_texts: list[str]) -> None:
    found = held(given_texts)
    assert list(found.strings) == given_texts
    cut = [found.data[start:end].decode() for start, end in zip(found.starts, found.ends, strict=True)]
    assert cut == given_texts == [piece.decode() for piece in found.pieces]


@pytest.mark.parametrize("given_texts", [[], ["a\0b", "c"], ["\ud800"]], ids=["none", "a NUL", "half of a pair"])
def test_what_is_looked_at_one_by_one(given_texts: list[str]) -> None:
    assert encode(given_texts) is None


def test_without_numpy_texts_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    assert encode(["a"]) is None


@given(texts, st.booleans())
def test_scripts_are_told_at_once_as_of_each(given_texts: list[str], long: bool) -> None:
    many = [*given_texts, "words of English. " * 300] if long else given_texts
    places = np.array([*range(len(many)), 0])
    assert list(scripts_in(held(many), places)) == [script_of(many[at]) for at in places]


@given(texts)
def test_finished_texts_are_told_at_once_as_each(given_texts: list[str]) -> None:
    places = np.arange(len(given_texts))[::-1]
    assert finished_in(held(given_texts), places).tolist() == [finished(text) for text in reversed(given_texts)]


@pytest.mark.parametrize("first", ["", " ", "\u3000", "\ufeff", "「", "{", "字", "é", "😀", "ぁ", "\u2003", "`"])
@pytest.mark.parametrize("last", ["。", "", "。 ", "。\u3000", "．", "、", "2", "。`"])
def test_finished_texts_without_spaces(first: str, last: str) -> None:
    given_texts = [first + "調律師は朝の九時に店を開けます" * times + last for times in (0, 1, 2, 4)]
    places = np.arange(len(given_texts))
    assert finished_in(held(given_texts), places).tolist() == [finished(text) for text in given_texts]


@given(texts)
def test_texts_with_white_space_at_an_edge_are_among_those_that_are_stripped(given_texts: list[str]) -> None:
    found = edged_in(held(given_texts), np.arange(len(given_texts)))
    assert {at for at, text in enumerate(given_texts) if text != text.strip()} <= set(found)
    assert all(not given_texts[at] or not "!" <= given_texts[at][0] <= given_texts[at][-1] <= "~" for at in found)


@given(texts)
def test_encoded_texts_are_folded_as_each(given_texts: list[str]) -> None:
    assert list(each_folded(given_texts, held(given_texts).pieces)) == [folded(text) for text in given_texts]


LABELS = ["", "Q: ", "“Question: ", "((( Prompt：", "§§ Question: ", "_", "USER :", "Uſer: ", "éééééééééé Q："]


@given(texts, texts, st.integers(0, 20))
def test_every_echo_is_among_the_encoded_texts_that_are_looked_at(
    asked: list[str], given_texts: list[str], shared: int
) -> None:
    pairs = [(one, label + one + two) for one, two in zip(asked, given_texts, strict=False) for label in LABELS]
    pairs += [(one, one[:shared] + two) for one, two in zip(asked, given_texts, strict=False)]
    pairs += zip(asked, given_texts, strict=False)
    together = held([text for pair in pairs for text in pair])
    found = echoes.may_repeat_in(together, np.arange(1, 2 * len(pairs), 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(echoes, "_differs", lambda *_: False)
        wanted = [at for at, pair in enumerate(pairs) if echoes.repeated(*pair) is not None]
    assert set(wanted) <= set(found)
    assert found == [at for at in found if not echoes._differs(*pairs[at])]


@given(texts)
def test_a_scan_of_encoded_texts_is_one_of_texts(given_texts: list[str]) -> None:
    pytest.importorskip("hyperscan")
    found = scanner({name: screens.table()[name] for name in ("FT602", "FT619")}, make=True)
    assert found is not None
    many = [*given_texts, "see http://a.b", "<|im_start|>"]
    assert found.scan(held(many)) == found.scan(many)


@given(texts, texts)
def test_rows_are_remembered_the_same_without_encoded_texts(asked: list[str], given_texts: list[str]) -> None:
    values = [
        {"messages": [{"role": "user", "content": one}, {"role": "assistant", "content": two}]}
        for one, two in zip(asked, given_texts, strict=False)
    ]
    one, other, plain = Rows(), Rows(), batch_of(values)
    one.add(batch_of(values), CONTEXT)
    plain.__dict__["encoded"] = None
    other.add(plain, CONTEXT)
    assert one == other
