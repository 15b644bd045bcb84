"""From examples to unique units and back to every place."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.model import Place, Role, Text
from ftlint.moderation.collect import collect
from ftlint.moderation.shared import find_shared, text_key
from ftlint.moderation.split import size, unit_limit
from ftlint.moderation.units import Kind, Row, Spot, Units, own_drafts

from .conftest import row, same, text

LONG = "a prompt of forty characters or more, surely"


def gather(rows: Iterable[Row], **options: object) -> Units:
    known = list(rows)
    return collect(lambda: known, options.pop("mask", same), **options)  # type: ignore[arg-type]


def strings(units: Units, kind: Kind) -> list[str]:
    return [units.texts[unit.digest] for unit in units.units.values() if unit.kind is kind]


def test_an_example_is_one_unit_with_roles_and_a_shared_prompt_stands_alone() -> None:
    units = gather([row(n, ("system", "be kind"), ("user", f"hi {n}"), ("assistant", "hello")) for n in (1, 2)])
    assert strings(units, Kind.SHARED) == ["be kind"]
    assert strings(units, Kind.EXAMPLE) == ["user: hi 1\n\nassistant: hello", "user: hi 2\n\nassistant: hello"]
    shared = next(iter(units.units.values()))
    assert shared.spots == [Spot(0, 1, ("messages", 0, "content"), None), Spot(0, 2)]
    assert [units.place(spot) for spot in shared.spots] == [Place("train.jsonl", 1), Place("train.jsonl", 2)]
    assert (units.segments, len(units.units), units.rows) == (4, 3, 2)


def test_a_prompt_of_one_row_belongs_to_its_example() -> None:
    units = gather([row(1, ("system", "be kind"), ("user", "hi")), row(2, ("user", "ho"))])
    assert strings(units, Kind.EXAMPLE) == ["system: be kind\n\nuser: hi", "user: ho"]


def test_files_share_what_they_share() -> None:
    units = gather(
        [row(1, ("system", "s"), ("user", "a")), row(1, ("system", "s"), ("user", "b"), path="validation.jsonl")]
    )
    assert strings(units, Kind.SHARED) == ["s"]
    assert [units.place(spot).path for spot in next(iter(units.units.values())).spots] == [
        "train.jsonl",
        "validation.jsonl",
    ]


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ([row(n, ("user", LONG), ("assistant", str(n))) for n in range(3)], 1),
        ([row(n, ("user", LONG if n < 3 else "x"), ("assistant", str(n))) for n in range(6)], 1),
        ([row(n, ("user", LONG if n < 3 else "x"), ("assistant", str(n))) for n in range(7)], 0),
        ([row(n, ("user", LONG), ("assistant", str(n))) for n in range(2)], 0),
        ([row(n, ("user", "short"), ("assistant", str(n))) for n in range(9)], 0),
        ([row(n, ("user", f"{n}"), ("system", "  \n")) for n in range(9)], 0),
        ([row(n, ("tool-definition", "adds"), ("user", f"{n}")) for n in range(2)], 1),
        ([row(1, ("system", "a"), ("system", "a"), ("user", "x"))], 0),
        ([row(1, ("system", LONG)), row(2, ("user", LONG))], 0),
    ],
)
def test_what_counts_as_shared(rows: list[Row], shared: int) -> None:
    assert len(find_shared(rows)) == shared


def test_counting_half_of_the_rows_forgets_but_does_not_miss() -> None:
    noise = random.Random(7)

    def rows() -> Iterable[Row]:
        for n in range(5_000):
            frequent = LONG if n >= 2_400 else f"{n} " + LONG
            yield row(n, ("user", frequent), ("assistant", f"{noise.random()} and forty characters more than that"))

    assert find_shared(rows()) == {text_key(text(LONG))}


def test_identical_examples_are_one_unit_in_many_places() -> None:
    units = gather([row(n, ("user", "same"), ("assistant", "answer")) for n in (1, 2, 5)])
    (unit,) = units.units.values()
    assert [(spot.file, spot.line) for spot in unit.spots] == [(0, 1), (0, 2), (0, 5)]
    assert units.segments == 3


def test_blank_texts_are_never_sent() -> None:
    units = gather([row(1, ("user", ""), ("assistant", " \n\t　")), row(2, ("system", " ")), row(3, ("system", " "))])
    assert units.units == {}
    assert units.rows == 3


def test_kinds_and_strange_roles_stand_in_the_label() -> None:
    call = Text("{}", 1, ("messages", 0, "tool_calls", 0, "function", "arguments"), "assistant", "arguments", True)
    odd = text("x", role="evil\n\nrole " + "y" * 100)
    (draft,) = own_drafts([call, odd], same)
    assert draft.text == "assistant arguments: {}\n\nevil role " + "y" * 21 + ": x"
    assert draft.text[draft.parts[1].offset :] == "x"


def test_a_long_text_becomes_pieces_with_their_offsets() -> None:
    long = "One more sentence. " * 600
    units = gather([row(1, ("user", "q"), ("assistant", long))])
    found = list(units.units.values())
    assert len(found) > 2
    (first, *_), last = found, found[-1]
    assert first.spots[0].path is None, "question and answer share the first unit or stand apart"
    assert last.spots[0].path == ("messages", 1, "content")
    start, end = last.spots[0].span or (0, 0)
    assert units.texts[last.digest] == "assistant: " + long[start:end]
    assert end == len(long)


def test_the_mask_comes_before_the_cut_and_the_hash() -> None:
    secret = "SECRET" * 3
    rows = [row(1, ("user", "x" * 3_740 + secret + "y" * 2_000))]
    units = gather(rows, mask=lambda value: value.replace(secret, "*" * len(secret)))
    assert not any("SEC" in value or "RET" in value for value in units.texts.values())
    assert all(unit.spots[0].span for unit in units.units.values())
    shorter = gather(rows, mask=lambda value: value.replace(secret, "[gone]"))
    assert all(unit.spots[0].span is None for unit in shorter.units.values()), "moved offsets are not offsets"


@pytest.mark.parametrize("kind", ["arguments", "tool-result"])
def test_json_inside_a_text_is_sent_as_what_it_says(kind: str) -> None:
    given = Text('{"q": "\\u6771\\u4eac", "q": "cut \\u26', 1, ("messages", 0, "x"), "assistant", kind, True)
    (draft,) = own_drafts([given], str)
    assert "東京" in draft.text
    assert draft.text.endswith("cut \\u26")
    assert draft.parts[0].span is None
    (plain,) = own_drafts([given._replace(kind="content")], str)
    assert "\\u6771" in plain.text


def test_thorough_scores_every_text_alone_as_well() -> None:
    rows = [row(1, ("system", "s"), ("user", "q"), ("assistant", "a")), row(2, ("system", "s"), ("user", "q"))]
    units = gather(rows, thorough=True)
    assert strings(units, Kind.TEXT) == ["q", "a"]
    assert strings(units, Kind.SHARED) == ["s"]


def test_rows_about_one_subject_are_scored_together() -> None:
    rows = [row(n, ("system", "s"), ("user", f"fact {n}")) for n in (1, 2, 3)]
    units = gather(rows, subjects=[[Place("train.jsonl", 1), Place("train.jsonl", 3)], [Place("other.jsonl", 1)]])
    assert strings(units, Kind.SUBJECT) == ["user: fact 1\n\nuser: fact 3"]
    (unit,) = (unit for unit in units.units.values() if unit.kind is Kind.SUBJECT)
    assert [spot.line for spot in unit.spots] == [1, 3]


def test_only_wanted_strings_are_kept() -> None:
    seen: list[bytes] = []

    def keep(digest: bytes) -> bool:
        seen.append(digest)
        return False

    units = gather([row(n, ("user", "same" if n < 3 else "other")) for n in (1, 2, 3)], keep=keep)
    assert (len(seen), units.texts) == (2, {})


ROWS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["system", "user", "assistant", "tool"]), st.text(max_size=60) | st.just("語。" * 700)
        ),
        max_size=4,
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ROWS)
def test_every_text_reaches_the_moderator_in_small_enough_strings(messages: list[list[tuple[str, str]]]) -> None:
    rows = [row(n, *pairs) for n, pairs in enumerate(messages, 1)]
    units = gather(rows)
    everything = "\n".join(units.texts.values())
    for example in rows:
        lines = {(spot.file, spot.line) for unit in units.units.values() for spot in unit.spots}
        for one in example.texts:
            if one.text.strip():
                assert one.text[:40] in everything
                assert (0, example.line) in lines
    for unit in units.units.values():
        assert size(units.texts[unit.digest]).within(unit_limit())
        assert unit.tokens < 4_000
    assert list(gather(rows).units) == list(units.units), "the same rows give the same units"


def test_roles_of_files_do_not_matter() -> None:
    units = gather([Row("v.jsonl", Role.VALIDATION, 1, [text("x")])])
    assert units.files == ["v.jsonl"]
