"""What FT5 does for many rows at once is what the plain code does row by row: texts, runs, sketches, groups, pairs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest, xxh32_intdigest

from checks.judged import TODAY, assistant, codes, conversation, rows, user
from checks.test_near import NEAR, asked, prose
from ftlint import engine, spill
from ftlint.cells import Cells, Chain, Numbers
from ftlint.checks import alike, answers, bands, columns, minima, near, repeats, said, tallies, weighing
from ftlint.checks.base import Batch, FileResult
from ftlint.context import make_context
from ftlint.counted import spoken
from ftlint.model import Example, Format, Line, Report, Role
from ftlint.settings import Kept, Settings

TEXTS = st.lists(st.text("aB1 \0\t\n　２ßİéЖ日😀\udc80", max_size=9), max_size=8)


@contextmanager
def numpy(used: bool, part: int = repeats.PART) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "worth_numpy", lambda _: used)
        patch.setattr(repeats, "PART", part)
        yield


CONTENT = st.one_of(st.text(max_size=5), st.none(), st.just([{"type": "text", "text": "a"}]), st.integers())
ROLES = st.one_of(st.sampled_from(["system", "developer", "user", "assistant"]), st.none(), st.just([]))
MESSAGES = st.one_of(
    st.lists(st.fixed_dictionaries({"role": ROLES, "content": st.text(max_size=5)}), max_size=4),
    st.lists(
        st.one_of(
            st.fixed_dictionaries(
                {},
                optional={
                    "role": ROLES,
                    "content": CONTENT,
                    "weight": st.just(0),
                    "tool_calls": st.just([{"function": {"name": "f", "arguments": "{}"}}]),
                },
            ),
            CONTENT,
        ),
        max_size=4,
    ),
    CONTENT,
    st.dictionaries(st.text("ab", min_size=2, max_size=2), CONTENT),
)


@hypothesis_settings(max_examples=300)
@given(MESSAGES)
def test_plain_chats_say_the_same_in_the_short_way(messages: Any) -> None:
    whole = said.said_in(Example(Line(1, 0, b"", terminated=True), {"messages": messages}, bytes(32)), Format.CHAT)
    assert said.said_plainly(messages) in (whole, None)


def test_the_short_way_takes_plain_chats() -> None:
    turns = [{"role": "system", "content": "Be kind."}, user("Hm?"), assistant("Yes."), user("And?"), assistant("No.")]
    assert said.said_plainly(turns) == ("Hm?\nYes.\nAnd?", "No.", 4, False)


CHATS = st.lists(
    st.lists(
        st.fixed_dictionaries(
            {
                "role": st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
                "content": st.text("ab", max_size=2),
            }
        ),
        max_size=4,
    ),
    min_size=1,
    max_size=4,
)


@given(CHATS, st.booleans())
def test_plain_chats_say_the_same_all_at_once(chats: list[list[dict[str, str]]], first: bool) -> None:
    values = [{"messages": [*([{"role": "system", "content": "c"}] * first), *messages]} for messages in chats]
    flat = spoken(values)
    assert flat is not None
    whole = [said.said_in(Example(Line(1, 0, b"", terminated=True), value, bytes(32)), Format.CHAT) for value in values]
    expected = [[each.prompt for each in whole], [each.answer for each in whole], [each.turns for each in whole]]
    assert list(said.said_at_once(*flat, "\n")) == expected
    pieces = [text.encode() for text in flat.texts]
    prompts, answers, turns = said.said_at_once(pieces, flat.roles, flat.ends, b"\n")
    assert [list(map(bytes.decode, prompts)), list(map(bytes.decode, answers)), turns] == expected


@given(TEXTS, st.sampled_from([0, 40, 400]))
def test_texts_are_squeezed_as_one_by_one(texts: list[str], ascii_only: int) -> None:
    texts = ["A b" * ascii_only, *texts]
    for held in (texts, [text for text in texts if "\0" not in text], ["ΑΒΓΔΕΖΗΘΙΚΛΜΝΞ", *texts]):
        found = [text.decode("utf-8", "surrogatepass") for text in said.squeezed(held)]
        assert found == [said.squeeze(text) for text in held]
    for held in (texts, [*texts, "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞ"]):
        pieces = [text.replace("\0", "").encode("utf-8", "replace") for text in held]
        assert said.squeezed_pieces(pieces) == [said.squeeze(piece.decode()).encode() for piece in pieces]


def test_every_sign_is_squeezed_in_a_long_text_as_alone() -> None:
    signs = [chr(number) for number in range(1, 0x11_0000)]
    alone = list(map(said.squeeze, signs))
    for first in range(0, len(signs), 4000):
        pieces = [f"{sign}{'a' * 60}" for sign in signs[first : first + 4000]]
        found = [text.decode("utf-8", "surrogatepass") for text in said.squeezed(pieces)]
        assert [text[:-60] for text in found] == alone[first : first + 4000]
        whole = [piece.encode() for piece in pieces if not "\ud800" <= piece[0] <= "\udfff"]
        assert said.squeezed_pieces(whole) == [said.squeeze(piece.decode()).encode() for piece in whole]
    for sign in (sign for sign, other in zip(signs, alone, strict=True) if sign != other):
        assert said.squeezed([f"{sign}{'a' * 60}"]) == [f"{said.squeeze(sign)}{'a' * 60}".encode()]


@given(TEXTS)
def test_runs_are_the_same_with_numpy(texts: list[str]) -> None:
    texts = [*map(said.squeeze, texts), "abcd"]
    plain, borders = minima.runs(texts)
    wide, starts = minima.wide_runs([text.encode("utf-8", "surrogatepass") for text in texts])
    assert (wide.tolist(), starts) == (plain.tolist(), borders)


@hypothesis_settings(max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=6))
def test_sketches_are_the_same_with_numpy_and_for_any_cut(pairs: list[tuple[str, str]]) -> None:
    apart = said.squeezed([text for pair in pairs for text in pair])
    made = []
    for used in (False, True):
        with numpy(used):
            made.append(minima.minima(apart, 112, 16, 0))
            parts = [minima.minima(list(pair), 112, 16, 0) for pair in zip(apart[::2], apart[1::2], strict=True)]
            made.append((b"".join(slots for slots, _ in parts), b"".join(last for _, last in parts)))
    assert made[0] == made[1] == made[2] == made[3]
    assert [len(part) for part in made[0]] == [112 * len(pairs), 16 * len(pairs)]


PARTS = st.lists(
    st.sampled_from(["Ab 1", "x" * 40, "２０ ", "é’ß", "日" * 30, "😀", "c" * 300]) | st.just("\0"), max_size=5
)


@hypothesis_settings(max_examples=150)
@given(st.lists(st.tuples(PARTS.map("".join), PARTS.map("".join)), min_size=1, max_size=8), st.booleans())
def test_hashes_are_those_of_each_row_alone(said_each: list[tuple[str, str]], english: bool) -> None:
    pairs = [("b " * 2000 * english + prompt, answer) for prompt, answer in said_each]
    values = [conversation(user(prompt), assistant(answer)) for prompt, answer in pairs]
    batch = Batch(Role.TRAIN, Format.CHAT, [])
    batch.examples = [Example(Line(at, 0, b"", terminated=True), value, bytes(32)) for at, value in enumerate(values)]
    state = near.Sketches()
    state.add(batch, make_context(Settings(today=TODAY)))
    texts, letters, edges = [], [], []
    for prompt, answer in (map(said.squeeze, pair) for pair in pairs):
        if prompt or answer:
            texts.append(xxh3_64_intdigest(answer.encode(), xxh3_64_intdigest(prompt.encode())))
            first, last = ("".join(char for char in text if char not in "0123456789") for text in (prompt, answer))
            letters.append(xxh32_intdigest(last.encode(), xxh32_intdigest(first.encode())))
            edges.append(xxh32_intdigest((prompt[:64] + prompt[-64:]).encode()))
    assert (list(state.texts), list(state.letters), list(state.edges)) == (texts, letters, edges)


WORDS = st.lists(st.integers(0, 5) | st.integers(0, 2**64 - 1), max_size=60)


@given(WORDS, st.integers(1, 6), st.sets(st.integers(0, 59)))
def test_groups_are_those_of_equal_keys(keys: list[int], more: int, told: set[int]) -> None:
    column = b"".join(key.to_bytes(8, "little") for key in keys)
    without = bytes(at in told for at in range(len(keys)))
    times = Counter(keys)
    places = {key: [at for at, held in enumerate(keys) if held == key and at not in told] for key in keys}
    expected = [places[key] for key in places if times[key] > more and len(places[key]) > 1]
    expected.sort(key=lambda group: (-len(group), group[0]))
    for used, part in ((False, 100), (True, 100), (True, 7)):
        with numpy(used, part):
            assert list(repeats.groups(column, more, without)) == expected


@given(st.lists(st.lists(st.integers(0, 9), max_size=20), max_size=4))
def test_repeated_digests_are_found_with_and_without_numpy(columns: list[list[int]]) -> None:
    held = [b"".join(digest(value) for value in column) for column in columns]
    flat = [value for column in columns for value in column]
    stand = {value: [row for row, other in enumerate(flat) if other == value] for value in set(flat)}
    often = sorted(rows for rows in stand.values() if len(rows) > 1)
    again = sorted((row, rows[0], len(rows)) for rows in often for row in rows[1:])
    first = held[0] if held else b""
    both = {value for value in (columns[0] if columns else []) if any(value in column for column in columns[1:])}
    for used, part in ((False, 100), (True, 100), (True, 3)):
        with numpy(used, part):
            made = [cells(column) for column in held]
            assert sorted(repeats.same(made)) == often
            assert list(repeats.again(made)) == again
            wanted = repeats.shared(first, held[1:])
            assert wanted == repeats.shared(cells(first), made[1:]) == set(repeats.heads(b"".join(map(digest, both))))
            assert list(repeats.places(first, wanted)) == list(repeats.places(cells(first), wanted))
            assert list(repeats.places(first, wanted)) == [
                (at, digest(value)) for at, value in enumerate(columns[0] if columns else []) if value in both
            ]


def sketched(rng: random.Random, rows: int, kinds: int) -> near.Sketches:
    """Rows that are one of some kinds, with up to a third of their slots changed."""
    state = near.Sketches()
    kept = [random.Random(kind).randbytes(112) for kind in range(kinds)]
    for row in range(rows):
        slots = bytearray(rng.choice(kept))
        for at in rng.sample(range(112), rng.choice([0, 3, 10, 35])):
            slots[at] = rng.randrange(3)
        state.lines.extend([row + 1])
        state.slots += slots
        state.answers += bytes(16)
        state.texts.extend([rng.randrange(rows)])
        state.letters.extend([rng.getrandbits(32)])
        state.edges.extend([0])
        state.kinds += bytes([2])
    return state


@pytest.mark.parametrize("kinds", [1, 4, 40, 400])
@pytest.mark.parametrize("training", [0, 1, 2, 3])
def test_pairs_are_the_same_with_numpy(kinds: int, training: int) -> None:
    rng = random.Random(kinds)
    states = [sketched(rng, rows, kinds) for rows in (300, 40, 160)]
    copies = bytearray(500)
    for row in rng.sample(range(500), 20):
        copies[row] = 1
    found = []
    for used in (False, True):
        with numpy(used):
            table = alike.Table(states, training)
            table.compare(copies)
            found.append(list(table.matches(0, 500)))
    assert found[0] == found[1]
    assert any(found[0]) == (kinds >= 40)  # what all rows share is a template
    assert not any(copies[match.row] for matches in found[0] for match in matches)


def mixed(rng: random.Random, rows: int, kinds: int, changes: list[int]) -> near.Sketches:
    """Rows of all sorts: labels, calls, other turns, the same letters; a part of them holds a part of a template."""
    state = near.Sketches()
    kept = [random.Random(kind).randbytes(112) for kind in range(kinds)]
    template = random.Random(-1).randbytes(112)
    for row in range(rows):
        slots = bytearray(rng.choice(kept))
        if rng.random() < 0.3:
            first = rng.randrange(80)
            slots[first : first + 30] = template[first : first + 30]
        for at in rng.sample(range(112), rng.choice(changes)):
            slots[at] = rng.randrange(3)
        state.lines.extend([row + 1])
        state.slots += slots
        state.answers += bytes(16) if rng.random() < 0.5 else bytes(rng.choices(range(2), k=16))
        state.texts.extend([rng.randrange(rows // 2 + 1)])
        state.letters.extend([rng.randrange(3 * rows)])
        state.edges.extend([rng.randrange(2)])
        state.kinds += bytes([rng.choice([2, 2, 2, 4]) | rng.choice([0, 0, 0, 32, 64, 96, 128])])
    return state


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("changes", [[0, 3, 10, 35], [0, 1, 5, 15, 22, 25], [20, 22, 23, 24]])
def test_pairs_of_all_sorts_are_the_same_with_numpy_a_few_rows_at_a_time_and_from_a_file(
    changes: list[int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(f"{seed} {changes}")
    monkeypatch.setattr(spill.STORE, "limit", rng.choice([spill.STORE.held, spill.LIMIT]))
    states = [mixed(rng, rows, 6 + 4 * seed, changes) for rows in (250, 1, 120)]
    copies = bytearray(rng.choices([0, 1], [20, 1], k=371))
    training = rng.randrange(4)
    for module in (alike, bands):
        monkeypatch.setattr(module, "CROWD", 2 + seed)
    found: list[Any] = []
    for used, most in ((False, 1), (True, 8192), (True, 5)):
        monkeypatch.setattr(bands, "KEYS", most)
        for module in (bands, weighing):
            monkeypatch.setattr(module, "ROWS", most)
        with numpy(used, most):
            table = alike.Table(states, training)
            table.compare(copies)
            found.append([sorted(table.found.others(row)) for row in range(371)])
            found.append([list(table.matches(first, first + 53)) for first in range(0, 371, 53)])
    assert found[:2] == found[2:4] == found[4:]
    assert any(found[0])


@given(st.lists(st.integers(0, 9) | st.integers(0, 2**32 - 1), max_size=30), st.integers(1, 40))
def test_numbers_are_counted_as_one_by_one(numbers: list[int], part: int) -> None:
    column = Numbers()
    column.extend(numbers)
    for used in (False, True):
        with numpy(used, part):
            assert tallies.times(column) == Counter(numbers)


TOLD = ["Kim tunes it.", "Kim tunes it and", '{"a": 1}', '{"a": ', "None", "null", "ok", "Yes, he tunes it all"]
ANSWERS = st.tuples(st.sampled_from(TOLD), st.sampled_from([1, 1, 1, 8, 40]))


@hypothesis_settings(max_examples=200)
@given(st.lists(ANSWERS, min_size=1, max_size=6), ANSWERS, st.integers(8, 60), st.integers(0, 60), st.integers(1, 50))
@example([("Yes, he tunes it all", 1)], ("Kim tunes it.", 40), 60, 0, 50)
def test_answers_are_beside_the_rest_with_numpy_as_without(
    odd: list[tuple[str, int]], usual: tuple[str, int], many: int, calling: int, part: int
) -> None:
    state = columns.Rows()
    rows_said = [("Kim tunes it. ", 200)] * calling + [usual] * many + odd
    held = [
        columns.Answer(("messages", 1, "content"), text * times, ["a call"] if at < calling else [], text, "p")
        for at, (text, times) in enumerate(rows_said)
    ]
    state.extend(range(1, len(held) + 1), held, judged=True)
    sizes = (0, len(held), len(held), len(held))
    file = FileResult(0, "a", Role.TRAIN, Format.CHAT, *sizes, {"rows": state})
    found = []
    for used in (False, True):
        with numpy(used, part):
            found.append(list(answers.unlike_the_rest([file], make_context(Settings(today=TODAY)))))
    assert found[0] == found[1]


def digest(value: int) -> bytes:
    return bytes([value]) * 16


def cells(content: bytes) -> Cells:
    column = Cells(16)
    column += content
    return column


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_digests_that_differ_in_one_half_are_others(halves: list[tuple[int, int]]) -> None:
    column = cells(b"".join(one.to_bytes(8, "little") + other.to_bytes(8, "little") for one, other in halves))
    often = sorted(
        [row for row, other in enumerate(halves) if other == pair] for pair in set(halves) if halves.count(pair) > 1
    )
    for used, part in ((False, 100), (True, 100), (True, 5)):
        with numpy(used, part):
            assert sorted(repeats.same([column])) == often


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_rows_are_gathered_from_whatever_holds_them(wanted: list[int]) -> None:
    columns = [cells(b"".join(map(digest, range(first, last)))) for first, last in ((0, 9), (9, 9), (9, 31))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "STEP", 4)
        found = repeats.gathered(Chain(columns), np.array(wanted))
    assert found.tolist() == [[row] * 16 for row in wanted]
    assert repeats.firsts(Chain(columns), [0, 3, 3, 4]) == [0, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_pairs_of_digests_are_told_once(pairs: list[tuple[int, int]]) -> None:
    one, other = (cells(b"".join(digest(pair[at]) for pair in pairs)) for at in (0, 1))
    expected = set(zip(repeats.heads(one), repeats.heads(other), strict=True))
    for used, part in ((False, 100), (True, 100), (True, 4)):
        with numpy(used, part):
            found = list(repeats.distinct(one, other))
            assert set().union(*found) == expected
            assert sum(map(len, found)) == len(expected)


def varied(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    words[rng.randrange(len(words))] = rng.choice(["blue", "seven", "house"])
    return " ".join(words)


def files(folder: Path) -> list[tuple[Path, Role]]:
    """Clusters of near-copies, rows of a template, copies and other rows, in both files."""
    rng = random.Random(21)
    template = prose(900, 120)
    held = [asked(prose(seed, 12), prose(100 + seed, 40)) for seed in range(60)]
    held += [asked(f"{template} {prose(300 + seed, 5)}", rng.choice(["yes", "no"])) for seed in range(60)]
    for seed in range(12):
        question, answer = prose(400 + seed, 15), prose(500 + seed, 50)
        for _ in range(14):
            question, answer = varied(rng, question), varied(rng, answer)
            held.append(asked(question, answer))
    held += [held[0], held[70], held[130]]
    rng.shuffle(held)
    paths = []
    for role, part in ((Role.TRAIN, held[:200]), (Role.VALIDATION, [*held[200:], *held[:3]])):
        path = folder / f"{role.value}.jsonl"
        path.write_text(rows(*part), encoding="utf-8")
        paths.append((path, role))
    return paths


def test_findings_are_the_same_with_numpy_and_for_any_batch(tmp_path: Path) -> None:
    given_files = files(tmp_path)

    def checked(size: int) -> Report:
        settings = Settings(today=TODAY, select=NEAR, batch_lines=size, kept=Kept(None, None))
        return engine.check(given_files, settings)

    found = []
    for used in (False, True):
        with numpy(used):
            found += [checked(7).findings, checked(1000).findings]
    assert found[0] == found[1] == found[2] == found[3]
    told = Counter(finding.code for finding in found[0])
    assert told["FT502"] > 60
    assert told["FT505"] > 20


def test_texts_with_the_same_crc_are_no_near_copies() -> None:
    one = asked("Where is the teacher of the window?", "It is beside the pillow and the carpet.")
    other = asked("Where is the doctor of the basket?", "It is beside the carpet and the library.")
    assert codes(rows(one, other), select=NEAR) == []


def test_rows_that_say_nothing_are_left_out() -> None:
    empty = conversation(user(" "), assistant("\n"))
    copies = [asked("Who tunes the piano here?", "Kim tunes it."), asked("who tunes the piano here?", "Kim  tunes it.")]
    found = codes(rows(empty, copies[0], conversation(user("\t"), assistant("")), copies[1]), select=("FT502",))
    assert found == ["FT502"]
