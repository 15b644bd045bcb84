"""FT709: the rows that the scan leaves out are those of which nothing is told, and the quick ways find what the plain
ones do."""

from __future__ import annotations

import random
import re
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
from ftlint.model import Format, Line, Role, Text
from ftlint.privacy import births
from ftlint.privacy.profile import kinds, nameless, statements, subjects, worth
from ftlint.privacy.profile.anycase import AnyCase, ThisCase, Which
from ftlint.privacy.profile.facts import AT_LARGE, INVENTED, NO_ANSWER, NUMERAL, facts, facts_against
from ftlint.read import Source
from ftlint.scan import EVERY, Scanner, scanner
from ftlint.texts import texts_of
from privacy.profile_cases import FOUND, SILENT, Row, dialogue

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
def _scanners() -> tuple[Scanner, worth.Scan]:
    pytest.importorskip("hyperscan")
    screens.prepare()
    names = (EVERY, privacy.SCREEN, *worth.screens())
    found = scanner({name: screens.table()[name] for name in names}, make=True)
    short = screens.short_scan()
    assert found is not None
    assert short is not None
    return found, short


def _texts(rows: Sequence[Row], fmt: Format = Format.CHAT) -> list[Text]:
    return [
        text
        for number, row in enumerate(rows, 1)
        for text in texts_of(parse.example(Line(number, 0, b"", True), row, b""), fmt)
    ]


def _same(texts: list[Text]) -> None:
    """What the rows tell that the scan lets through is what all rows tell."""
    found, short = _scanners()
    seen = found.scan([text.text for text in texts])
    rows = list(worth.telling_rows(texts, seen, seen[privacy.SCREEN], short))
    kept = {text.line for row in rows for text in texts[row.first : row.end]}
    for row in rows:  # all that is told is what its questions say against a profile
        if row.against:
            assert [told for at in row.against for told in facts_against(texts[at])] == facts(
                texts[row.first : row.end], ()
            )
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


def test_the_state_is_the_same_with_and_without_a_scan() -> None:
    found, _ = _scanners()
    texts = _texts([*(row for rows in FOUND.values() for row in rows), *_dialogues(7, 500)])
    plain = profile.Profiles()
    plain.read(texts, ())
    quick = profile.Profiles()
    quick.read_rows(texts, profile.rows_to_read(texts, found.scan([text.text for text in texts])) or [], ())
    assert quick.subjects == plain.subjects
    assert len(plain.subjects) > 50


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
    assert which(text) == sum(1 << at for at, case in enumerate(CASES.values()) if case(text))


@given(_TEXTS, st.sampled_from([str.lower, str.upper, str.title, str]))
def test_this_case_is_what_a_plain_search_finds(text: str, change: Any) -> None:
    text = change(text)
    for case in (*(states for _, states in statements.PROSE), subjects.YOU):
        match = re.search(case.source, text)
        assert case(text) is (match is not None)
        assert match is None or case.start(text) == match.start()


def test_names_are_looked_for_with_every_pattern_that_may_match() -> None:
    for row in _dialogues(11, 3000):
        for message in row["messages"]:
            text = message["content"]
            tried = set(subjects.latin_patterns(text))
            for pattern in subjects.LATIN:
                assert pattern in tried or pattern.search(text) is None


@given(st.from_regex(re.compile(births.DATE + births.SHORT, re.IGNORECASE | re.ASCII), fullmatch=True))
def test_every_date_of_birth_holds_what_is_looked_for_first(date: str) -> None:
    assert births.DATED.search(date)


def test_patterns_can_be_put_in_small_letters() -> None:
    for case in CASES.values():
        assert not re.search(r"\\[A-Z]|\(\?P|\[[^\]]*\$", case.source)
    assert isinstance(subjects.YOU, ThisCase)
