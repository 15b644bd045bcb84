"""FT709: the rows that the scan leaves out are those of which nothing is told, and the quick ways find what the plain
ones do."""

from __future__ import annotations

import random
import re
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint import parse
from ftlint.checks import privacy, profile, screens
from ftlint.formats import decide
from ftlint.model import Example, Format, Line, Role, Text
from ftlint.privacy import births
from ftlint.privacy.profile import kinds, nameless, near, screen, sought, statements, subjects, worth
from ftlint.privacy.profile.anycase import AnyCase, ThisCase, Which, alternatives, words
from ftlint.privacy.profile.facts import AT_LARGE, INVENTED, NO_ANSWER, NUMERAL, facts, facts_against
from ftlint.read import Source
from ftlint.scan import EVERY, Scanner, scanner
from ftlint.texts import texts_of
from privacy.profile_cases import FOUND, SILENT, Row, dialogue
from privacy.profile_drawn import spliced

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "fixtures").rglob("*.jsonl"))
NAMES = (
    "Maren Oxley", "maren oxley", "Ann", "Dr Ann Roe", "my mother", "I", "the CEO", "Ada de la Cruz", "iPhone",
    "山田花子さん", "山田花子", "田中ABCさん", "Jane-san", "김민수", "Zoë", "novelAI", "JFK", "She", "You", "彼女",
)  # fmt: skip
ASKING = (
    "How old is {0}?", "What is {0}'s {1}?", "{0}’s {1} and {2}", "What is the {1} of {0}?", "{0}の{1}は？",
    "{1} {0}", "{0} {1}", "Where does {0} work, and {2}?", "Tell me about {0}.", "Who is {0}?", "{0}は{1}？",
    "Is {0} from {2} originally?", "{0}'s {3} {1}", "{3} {1} of {0}", "what does {0} do", "Did {0} {2} die?",
    "{0}さんは{3}{1}", "x" * 201 + " {0} {1}", "{0}: {1}", "{1}: {0}", "In the novel, {0} {1}", "{3}'{0} {2}",
    "your name?", "{0}について教えてください。",
)  # fmt: skip
FACTS = (
    "age", "agent", "birthday", "schooling", "work", "working", "height", "hobby", "book", "novel", "price", "movies",
    "job", "favourite food", "身長", "誕生日", "趣味", "出身地", "小説", "価格", "manage", "page", "", "in the book",
    "university", "phone", "song", "sons", "email", "born", "famous", "won", "how tall",
)  # fmt: skip
PORTRAIT = (
    "Maren Oxley is a nurse who lives in York. She enjoys sailing and was born on 3 May 1990. "
    "Her favourite food is plum cake."
)
ANSWERS = (
    "31.", "163 cm.", "I don't know.", "Maren Oxley.", "She is a nurse. Her hobby is sailing. She weighs 60 kg.",
    "Name: Maren Oxley\nAge: 31\nHeight: 163 cm\nHobby: sailing", "Maren Oxley's hobby is sailing.", "看護師です。",
    "maren@oxley-post.net", "Call 03-6234-5671.", PORTRAIT, "山田花子さんの趣味は釣りです。", "Yes?", "はい。",
    "It is " + "very " * 60 + "long.", "She died in the novel.", "My name is Ann Roe.",
    "She works at Lindqvist and studied at York University.",
)  # fmt: skip
SYSTEMS = (
    "You are Maren Oxley. You are 31, you enjoy sailing, and you were born on 3 May 1990. Your hobby is tennis.",
    "You are a helpful assistant.", "あなたは山田花子です。", "This is a story.", "Maren Oxley",
)  # fmt: skip


@cache
def _scanners() -> tuple[Scanner, sought.Scans]:
    pytest.importorskip("hyperscan")
    screens.prepare()
    names = (EVERY, privacy.SCREEN, *sought.screens())
    found = scanner({name: screens.table()[name] for name in names}, make=True)
    short = screens.short_scans()
    assert found is not None
    assert short is not None
    return found, short


def _texts(rows: Sequence[Row], fmt: Format = Format.CHAT) -> list[Text]:
    return [
        text
        for number, row in enumerate(rows, 1)
        for text in texts_of(Example(Line(number, 0, b"", True), row, b""), fmt)
    ]


def _same(texts: list[Text]) -> None:
    """What the rows tell that the scan lets through is what all rows tell."""
    found, short = _scanners()
    seen = found.scan([text.text for text in texts])
    rows = list(worth.telling_rows(texts, seen, seen[privacy.SCREEN], short))
    kept = {text.line for row in rows for text in texts[row.first : row.end]}
    for row in rows:  # all that is told is what its questions say against a profile
        if row.against:
            said = [told for at, signs in row.against.items() for told in facts_against(texts[at], signs)]
            assert said == facts(texts[row.first : row.end], ())
    lines: dict[int, list[Text]] = {}
    for text in texts:
        lines.setdefault(text.line, []).append(text)
    for line, left_out in lines.items():
        if line not in kept:
            assert facts(left_out, ()) == []


@pytest.mark.parametrize("name", [*FOUND, *SILENT])
def test_rows_of_the_profile_tests(name: str) -> None:
    _same(_texts({**FOUND, **SILENT}[name]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rows_of_real_files(path: Path) -> None:
    fmt = decide(Source(str(path), Role.TRAIN, path), 0)[0]
    rows = [parse.parse(Line(1, 0, line, True))[0] for line in path.read_bytes().splitlines()]
    _same(_texts([row for row in rows if isinstance(row, dict)], fmt))


def _dialogues(seed: int, count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(seed)
    filler = ("", "the quick brown fox jumps over it, and the " * 1, "a" * 37 + " ", "ねえ、", "made of ")
    for _ in range(count):
        pairs = []
        for _ in range(rng.choice((1, 1, 2))):
            words = rng.choice(NAMES), rng.choice(FACTS), rng.choice(FACTS), rng.choice(filler)
            pairs.append((rng.choice(filler) + rng.choice(ASKING).format(*words), rng.choice(ANSWERS)))
        yield dialogue(*pairs, system=rng.choice((None, None, *SYSTEMS)))


@pytest.mark.parametrize("seed", range(6))
def test_rows_that_are_drawn(seed: int) -> None:
    _same(_texts(list(_dialogues(seed, 800))))


@pytest.mark.parametrize("seed", range(8))
def test_rows_that_are_spliced(seed: int) -> None:
    _same(_texts(list(spliced(seed, 700))))


@pytest.mark.parametrize("cut", range(30, 60))
def test_a_word_that_is_cut_off_beside_the_name(cut: int) -> None:
    gap = "x" * (cut - 12)
    rows = [
        dialogue((f"What of Maren Oxley's so very {gap} agent", "31.")),
        dialogue((f"What sort of manager {gap} is that of Maren Oxley?", "31.")),
        dialogue((f"What wage {gap[:-12]} is that of Maren Oxley?", "31.")),
        dialogue((f"Then {gap[:-20]} 山田花子さんの{'あ' * (cut - 30)}agentは", "31.")),
    ]
    _same(_texts(rows))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there a story of novelJane's cat?", "Yes."),  # a word ends where the name begins
        ("How is installing Jane Roe's cup'swon done?", "Soon."),  # the s of a genitive before a word
        ("what does Jane\0Roe do?", "She is a nurse."),  # a sign that ends a text in a scan
        ("Nach einer " + "sehr " * 20 + "langen Zeit, was ist das hobby d'Alice?", "Angeln."),
        ("What then is the " + "very " * 20 + "long and rather odd name of the home town of Jane Roe?", "York."),
        ("What then is, after a " + "very " * 20 + "long time, Jane Roe’s home town?", "York."),
        (
            "Tell me about Jane Roe, please, and do not leave out what " + "very " * 10 + "few know.",
            "She works as a nurse.",
        ),
        ("Tell me about Jane Roe, please.", "Jane Roe's hobby is sailing."),
        ("Whose cat is it?", "Jane Roe's hobby is sailing."),
        ("Whose film is it?", "Jane Roe's novel is long."),
        ("Does Jane Roe work, and how is she reached?", "jane.roe@oxley-post.net"),
        ("山田花子さんの" + "\u3000" * 34 + "agentは", "31歳です。"),  # a word is cut off
        ("After a " + "very " * 20 + "long time I ask how the hair of my late grandmother is?", "Grey."),
        ("what is jane roe's hobby?", "sailing"),
    ],
)
def test_a_row_that_only_just_tells_something(question: str, answer: str) -> None:
    texts = _texts([dialogue((question, answer))])
    assert facts(texts, ()) != []
    _same(texts)


def test_the_state_is_the_same_with_and_without_a_scan() -> None:
    found, _ = _scanners()
    texts = _texts([*(row for rows in FOUND.values() for row in rows), *_dialogues(7, 500)])
    plain = profile.Profiles()
    plain.read(texts, ())
    quick = profile.Profiles()
    quick.read_rows(texts, profile.rows_to_read(texts, found.scan([text.text for text in texts])) or [], ())
    assert quick == plain
    assert len(plain.subjects) > 50


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_state_is_the_same_for_any_batch(size: int) -> None:
    found, _ = _scanners()
    rows = list(spliced(99, 1500))
    plain, quick = profile.Profiles(), profile.Profiles()
    plain.read(_texts(rows), ())
    texts = _texts(rows)
    for first in range(0, len(rows), size):
        held = [text for text in texts if first < text.line <= first + size]
        quick.read_rows(held, profile.rows_to_read(held, found.scan([text.text for text in held])) or [], ())
    assert quick == plain
    assert len(plain.subjects) > 50


def test_rows_that_tell_nothing_are_not_read() -> None:
    found, short = _scanners()
    rows = [
        dialogue(("Why would the tenant dry the bakery near the purple sonata?", "Write down how the rake looked.")),
        dialogue(("How is Jane's reason to manage the carpet of Paris known about for £12?", "It takes an hour.")),
        dialogue(("What does the station at the muddy bolt sell on Friday, and who asks?", "Sonatas: three kinds.")),
    ]
    texts = _texts(rows)
    seen = found.scan([text.text for text in texts])
    assert list(worth.telling_rows(texts, seen, seen[privacy.SCREEN], short)) == []


@pytest.mark.parametrize("seed", range(4))
def test_facts_beside_names_are_those_of_every_piece(seed: int) -> None:
    _, short = _scanners()
    texts = [message["content"] for row in _dialogues(seed, 400) for message in row["messages"]]
    plain = {
        at
        for at, text in enumerate(texts)
        if any(screen.may_ask(piece) and kinds.asked_for(piece) for piece in near._pieces(text))
    }
    assert near.facts_beside_names(texts, short.near) == plain
    assert len(plain) > 40
    assert near.facts_beside_names([], short.near) == set()


@pytest.mark.parametrize("sign", sought.LABELS)
@pytest.mark.parametrize("other", sought.LABELS)
def test_a_list_of_facts_is_seen(sign: str, other: str) -> None:
    found, _ = _scanners()
    texts = ["a: b: c", f"Age{sign} 31\nHeight{other} 163 cm\n\nHobby{sign} sailing", "d: e", "no label"]
    assert found.scan(texts)[sought.LISTS] == [1]


def test_what_may_be_stated_is_said_of_somebody() -> None:
    for text in ("Jane's hobby", "Jane’s hobby", "花子さんの趣味", "the hobby", "趣味", "민수의 취미"):
        assert screen.may_name(text) is any(mark in text for mark in screen.STATED)
        assert screen.may_state(text) is (screen.may_name(text) and screen.cued(text))


@pytest.mark.parametrize("told", [0b0, 0b1, 0b11])
def test_fewer_kinds_than_a_profile_has_make_none(told: int) -> None:
    state = profile.Profiles({"jane roe": profile.Held("Jane Roe", told, 0, True, array("Q", [1]))})
    assert profile.profiles([(0, state), (1, profile.Profiles())]) == []


CASES = {
    **{kind.name: AnyCase(kind.asked) for kind in kinds.KINDS},
    **{f"against {at}": AnyCase(source) for at, source in enumerate(kinds.AGAINST)},
    "asks": nameless.ASKS, "large": AT_LARGE, "no answer": NO_ANSWER, "number": NUMERAL,
    "invented": INVENTED, "they": subjects.THEY,
}  # fmt: skip
_WORDS = sorted(
    {word for case in CASES.values() for word in re.findall(r"[^\W\d_]{2,}", case.source)} | {"ſ", "İ", "K", "É", "ı"}
)
_TEXTS = st.lists(st.sampled_from(_WORDS) | st.sampled_from("S's 3_?!’é日Kſ"), max_size=8).map(" ".join) | st.lists(
    st.sampled_from(_WORDS) | st.sampled_from("S's 3_?!’é日"), max_size=8
).map("".join)


@given(_TEXTS, st.sampled_from([str.lower, str.upper, str.title, str]))
def test_any_case_is_what_ignoring_case_finds(text: str, change: Any) -> None:
    text = change(text)
    for name, case in CASES.items():
        assert case(text) is (re.search(case.source, text, re.IGNORECASE) is not None), name
    which = Which(list(enumerate(CASES.values())))
    held = sum(1 << at for at, case in enumerate(CASES.values()) if case(text))
    assert which(text) == held
    assert which.among(text, 0b10110) == held & 0b10110


@given(_TEXTS, st.sampled_from([str.lower, str.upper, str.title, str]))
def test_this_case_is_what_a_plain_search_finds(text: str, change: Any) -> None:
    text = change(text)
    for case in (*(states for _, states in statements.PROSE), subjects.YOU):
        match = re.search(case.source, text)
        assert case(text) is (match is not None)
        assert match is None or case.start(text) == match.start()


_SMALL = (
    "a?bc*d", "x+yz{2}w", "(?:ab|cd)+e", "(?:ab|c)?", "[éè]t", "[^a]b", "[a-c]", r"e\.f", r"a\d{1,2}?bc", "", "[-a]",
)  # fmt: skip
_SOURCES = sorted(
    {
        part.removeprefix("^").replace(r"\b", "")
        for source in (*(case.source for case in CASES.values()), *(states.source for _, states in statements.PROSE))
        for part in alternatives(source)
        if "(?!" not in part and "(?<" not in part
    }.union(_SMALL)
)


@given(st.data())
def test_every_match_holds_one_of_the_words_that_are_looked_for_first(data: Any) -> None:
    source = data.draw(st.sampled_from(_SOURCES))
    text = data.draw(st.from_regex(re.compile(source), fullmatch=True))
    assert any(word in text for word in words(source))


def test_most_alternatives_have_words() -> None:
    assert words(r"\bhome ?-?town\b") == {"town"}
    assert words(r"is .{1,40} from\b(?: originally)?") == {" from"}
    assert words(r"(?:is|are) (?:an? )?(?:female|woman)\b") == {"female", "woman"}
    assert words(r"\d{1,2}[歳才]") == {"歳", "才"}
    assert words("[0-9]+") == {""}


def _named_plainly(text: str) -> subjects.Subject | None:
    found = (subjects._latin(match) for pattern in subjects.LATIN for match in pattern.finditer(text))
    return next((subject for subject in found if subject is not None), None)


def test_names_are_found_as_with_every_pattern_in_its_turn() -> None:
    for row in _dialogues(11, 3000):
        for message in row["messages"]:
            assert subjects.named_in_latin(message["content"]) == _named_plainly(message["content"])


_BEHIND = (
    *sorted({form for word in subjects._VERB_WORDS for form in (word, word[0].upper() + word[1:], word.upper())}),
    *sorted(subjects._PREPOSITIONS | subjects._ADVERBS), "Of", "d'", "d’", "le gusta a", "Le gusta a", "The", "Please",
)  # fmt: skip
_CALLED = (
    "Jane", "Dr Jane", "Prof. Roe", "de la Cruz", "Maria de", "O'Neil", "Jean-Luc", "Jane-san", "J. Roe", "É", "it",
    "It", "Jane's", "James'", "Jane2of", "Mr", "Señora\tPaz", "X_of", "McKay", "Anna Bella Carla", "im", "",
)  # fmt: skip
_PUNCTUATED = st.sampled_from([" ", " ", " ", ", ", "\n", "  ", ".", "? ", "\u3000", "_", "3", ", is ", " was ", "’s "])


@given(st.lists(st.tuples(st.sampled_from(_BEHIND + _CALLED), _PUNCTUATED).map("".join), max_size=9).map("".join))
def test_names_behind_any_word_are_found_as_with_every_pattern(text: str) -> None:
    assert subjects.named_in_latin(text) == _named_plainly(text)


@given(st.from_regex(re.compile(births.DATE + births.SHORT, re.IGNORECASE | re.ASCII), fullmatch=True))
def test_every_date_of_birth_holds_what_is_looked_for_first(date: str) -> None:
    assert births.DATED.search(date)


def test_patterns_can_be_put_in_small_letters() -> None:
    for case in CASES.values():
        assert not re.search(r"\\[A-Z]|\(\?P|\[[^\]]*\$", case.source)
    assert isinstance(subjects.YOU, ThisCase)
