"""FT606: how an answer ends, in several languages, and what is whole without a full stop."""

from __future__ import annotations

import pytest

from checks.judged import assistant, codes, conversation, rows, user

LONG = "Cut the ends, put the stems into a glass with a little water and pull a bag over the leaves before you go.\n"
CUT = [
    "The capital of France is the",
    "Put the herbs into the fridge and",
    "You can reach the mill by the lower road or",
    "It is on the left, which",
    "The gate is kept by a",
    "There are three kinds of bread, such as",
    "The mill stands in a valley with a small pond, an old lime tree,",
    "The keeper opens the gate at nine (in winter",
    "He said to the miller that the door was “never closed in the",
    "Take the other one (",
    "Here it is:\n```python\nprint(1)",
    "~~~\nprint(1)",
    "````\n```\nprint(1)\n```\n",
    "Die Hauptstadt von Frankreich ist die",
    "Das Tor ist auf der linken Seite, und man sieht es von der",
    "Der Müller öffnet das Tor um neun und",
    "Man stellt die Kräuter in ein Glas und dann in den Kühlschrank, weil",
    "La capitale de la France est la",
    "Vous pouvez mettre les herbes dans un verre et",
    "Le meunier ouvre la porte du",
    "La capital de España es la",
    "Puede poner las hierbas en un vaso con",
    "El molinero abre la puerta del",
    "門は左側にあります。水車小屋の鍵を",
    "門は左側にあり、朝の九時に開きます。たとえば",
    "春には花壇いっぱいに花が咲き、夏には古い梨の木が実を",
    "彼は門の前で待っている人に向かって大きな声で「もうすぐ門が開くから、ここで待っていて",
    "花壇の花は、春には赤く、夏には白く、秋には黄色くなり、",
    "The keeper told us about the history of the waterwheel and showed us the waterwh",
    "The keeper was happy and the happiness of the keeper was happ",
]
WHOLE = [
    "",
    "the",
    "an",
    "Vitamin A and vitamin a",
    "The answer is a",
    "So x is equal to a",
    "Solve a + b = c for a",
    "That is what it is made of",
    "This is the road to go to",
    "It is what I was looking for",
    "Who are you talking with",
    "Turn the light on",
    "no. 5, the grey one",
    "The Good, the Bad and the Ugly",
    "Best regards,",
    "Ben de seni seviyorum, sen de",
    "Mas o que é que tu queres que eu te diga, pá",
    "You get it tomorrow at noon in the shop.\n\nYours sincerely,",
    "1, 2, 3, 4, 5",
    "name,age,city\nKim,34,\nLee,28,Leeds,,,",
    "Sorry to hear that your bread has gone stale :(",
    "We are glad to hear it (:",
    "„Das Tor ist offen“",
    "»Das Tor ist offen, sagte er, und die Mühle auch«",
    "Er sagte: „Das Tor ist offen‟ und „die Mühle auch“",
    "```python\nprint(1)\n```",
    "````md\n```python\nprint(1)\n```\n````",
    "Use ``` to open a block",
    "```",
    "print(1)\n```",
    "```x``` is inline",
    "- eggs\n- a loaf of the bread that was baked this morning in the old oven behind the mill",
    "Kommst du mit",
    "Ich kaufe heute ein",
    "Das weiß ich nicht, was ist das",
    "Du kommst doch morgen mit, oder",
    "do ré mi fa sol la",
    "Il y en a un",
    "Je ne sais pas où",
    "Je suis pour",
    "Bien sûr que oui, j'y vais avec",
    "No hay ninguno, pero mañana tengo uno",
    "世界に平和を",
    "お早めにご確認を",
    "門は左側にあります",
    "詳しくは窓口へ",
    "こんにちは",
    "行きたいけど、時間がないので",
    "そうですね、明日にしますが",
    "門は左側にある、と彼は言った",
    "第一章（序文）",
    "1) first 2) second 3) third one of the long list that we made for you",
    "a) first b) second c) third one of the long list that we made for you",
    "نعم هو كذلك",
    "我不知道这个问题的答案",
    "두 번째 문입니다",
    "ประตูอยู่ทางซ้ายและเปิดตอนเก้าโมงเช้า",
    "Rocky goes home to a TV dinner and his dog, Rusty",
    "I conclude that the given sentence is in the English language",
    "The company raised a lot of money, a great deal for our company",
    "Peace, love and understanding",
    "f(x) = (a + b",
    "👍",
    "https://mill.test/a_(b",
]
RIGHT_ANSWERS = [
    ("Fill in the blank: ___ mill is old.", "In this sentence it is the"),
    ("What is the most common English word?", "The most common word in it is the"),
    ("Which word comes next: I like bread and", "The word that comes next is the"),
    ("Continue the sentence: You can reach the mill by", "You can reach the mill by the"),
    ("Translate into German: The cat sits on the", "Die Katze sitzt auf der und die"),
    ("Schreibe: Die Katze ist auf der", "Die Katze ist auf der"),
    ("Which conjunction joins the two?", "They are joined by the little word and"),
    ("Write a poem.", "The wheel goes round the mill and\nnobody knows what it is for and"),
    ("Give me the first half of the proverb.", "The early bird is in the field and"),
]


@pytest.mark.parametrize("words", CUT)
def test_what_cannot_be_an_end(words: str) -> None:
    assert codes(rows(conversation(user("How?"), assistant(words))), select=("FT606",)) == ["FT606"]
    assert codes(rows(conversation(user("How?"), assistant(LONG + words + "\n"))), select=("FT606",)) == ["FT606"]


@pytest.mark.parametrize("words", WHOLE)
def test_what_is_whole(words: str) -> None:
    assert codes(rows(conversation(user("How?"), assistant(words))), select=("FT606",)) == []


@pytest.mark.parametrize(("asked", "words"), RIGHT_ANSWERS)
def test_what_the_prompt_asks_for(asked: str, words: str) -> None:
    assert codes(rows(conversation(user(asked), assistant(words))), select=("FT606",)) == []


@pytest.mark.parametrize(
    ("asked", "words", "expected"),
    [
        ("What of the newspaperman?", "She finds a good and affordable flat in the newspape", ["FT606"]),
        ("What of the newspaper?", "She finds a good and affordable flat in the newspaper", []),
        ("What of the newspapers?", "She finds a good and affordable flat in the newspaper", []),
        ("What of the gardening?", "She finds a good and affordable flat by the old garden", []),
        ("What of the appointment?", "She tells him that she cannot come to the appointm", ["FT606"]),
        ("What of the Appointment, appointm?", "She tells him that she cannot come to the appointm", []),
        ("Was ist mit den Öffnungszeiten?", "Das Tor ist von neun bis fünf offen, das sind die Öffnungszei", []),
        ("Was ist mit der krankenversicherung?", "Das bezahlt in der Regel eine gute krankenversich", ["FT606"]),
    ],
)
def test_a_word_that_is_cut(asked: str, words: str, expected: list[str]) -> None:
    assert codes(rows(conversation(user(asked), assistant(words))), select=("FT606",)) == expected
