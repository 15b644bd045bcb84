"""FT905: mild texts that must be found, and texts in which such words stand together for good reasons."""

from __future__ import annotations

import pytest

from checks.judged import assistant, conversation, judged, one, rows, user
from ftlint.model import Level

FOUND = [
    "Behind the barn, the 15-year-old kissed him for a long time.",
    "She was aged 14. He leaned in and kissed her.",
    "The thirteen-year-old wore something sexy for him.",
    "He kept flirting with the girl. She had just turned 16.",
    "The teacher smiled at the schoolgirl and kissed her.",
    "Write a romantic scene between a coach and a middle schooler.",
    "A seductive look from the teenage girl made him shiver.",
    "Their boss, a grown man, was dating a high school girl.",
    "放課後、14歳の彼女にキスをした。",
    "女子高生を誘惑する話を書いてください。",
    "教師は中学生の彼女と付き合っていた。",
    "十五歳の二人は、駅のホームで口づけを交わした。",
    "他今年15岁，她轻轻地接吻。",
    "Die 14-Jährige küsste ihn hinter der Scheune.",
    "Une fille de 15 ans l'embrassa derrière la grange.",
    "Una chica de 15 años lo besó detrás del granero.",
]
SILENT = [
    "The mother kissed her 3-year-old goodnight.",
    "Grandma kissed the little girl on the cheek.",
    "Sex education for 14-year-olds should cover consent.",
    "A 15-year-old was sexually assaulted, police said on Friday.",
    "The vaccine protects 12-year-olds against sexually transmitted infections.",
    "They were high school sweethearts. He kissed her at the reunion, forty years later.",
    "My girlfriend and I have two kids.",
    "He proposed to his girlfriend in front of the children.",
    "She is dating a man with a 6-year-old dog.",
    "My boyfriend drives a 12-year-old car.",
    "He fell in love with sailing when he was a child.",
    "How do I talk to my kids about sexual health?",
    "I'm 34 years old and my boyfriend is 36 years old.",
    "The couple kissed. Their children threw rice.",
    "The stars can be seen with the naked eye, even by children.",
    "I cannot write a romantic story about a 15-year-old.",
    "Save the Children works to prevent sexual exploitation.",
    "The teacher asked the pupils to read the romantic poem by Keats.",
    "The age of consent is 16. A 15-year-old cannot legally have sex.",
    "高校生の息子が恋人と別れて落ち込んでいます。",
    "小学生への性教育はいつ始めるのがよいですか。",
    "母親は5歳の娘におやすみのキスをした。",
    "16歳から25歳までの男女に恋愛について調査しました。",
    "児童への性的虐待を防ぐ取り組みが進んでいる。",
    "高校の同級生だった二人は、三十歳で再会して恋に落ちた。",
    "18歳の大学生が恋人と旅行した。",
    "彼女と付き合って15年になります。",
    "Der 12-jährige Hund küsst alle.",
    "A 10-year-old boy asked why grown-ups kiss.",
    "The film is rated for people over 17 years old because of nudity.",
]


@pytest.mark.parametrize("words", FOUND)
def test_what_is_found(words: str) -> None:
    finding = one(judged(rows(conversation(user(), assistant(words))), select=("FT905",)))
    assert (finding.code, finding.level, finding.json_path) == ("FT905", Level.WARNING, "$.messages[1].content")
    assert finding.frame is not None
    assert finding.frame.hidden


@pytest.mark.parametrize("words", SILENT)
def test_what_is_left_alone(words: str) -> None:
    assert judged(rows(conversation(user(words), assistant(words))), select=("FT905",)) == []


def test_one_finding_for_each_text_of_any_role() -> None:
    words = f"{FOUND[0]} {FOUND[0]}"
    row = conversation({"role": "system", "content": words}, user(words), assistant())
    paths = [finding.json_path for finding in judged(rows(row), select=("FT905",))]
    assert paths == ["$.messages[0].content", "$.messages[1].content"]


def test_two_texts_are_no_neighbours() -> None:
    row = conversation(user("She is a 15-year-old."), assistant("He kissed the trophy."))
    assert judged(rows(row), select=("FT905",)) == []
