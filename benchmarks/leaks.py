"""``python -m benchmarks.leaks [--seed N] [KIND ...]``: does every leak come out, and nothing else, in made files?

For each kind of data 300 training rows, and a validation file with five of them, five near-copies, five prompts of the
training file with another answer, and 60 other rows. One line for each kind: what is missed, and what is told wrongly.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks import near

Row = dict[str, Any]
_TASK = (
    "You are given a message of a customer. Read it with care and decide which department it should go to. Reply only "
    "with the name of the department. Departments: billing, shipping, returns, support, sales. Message: "
)
_SORRY = (
    "I am sorry, but I cannot help with that, because it falls outside of what this assistant is for. Please call "
    "our service desk between nine and five, or write to us and we will come back to you within two working days."
)


class Maker:
    """Makes rows of each kind; every public method is one."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._words = sorted({word.strip(".,:;`()|") for line in near.prose() for word in line.lower().split()})
        self._signs = [piece for piece in near.japanese() if len(piece) < 6]
        self._passages = [self._said(150) for _ in range(120)]
        self._tasks = [self._said(22) for _ in range(30)]

    def _said(self, words: int) -> str:
        return " ".join(self._rng.choices(self._words, k=words))

    def _japanese(self, pieces: int) -> str:
        return "".join(self._rng.choices(self._signs, k=pieces))

    def _number(self, last: int = 99) -> int:
        return self._rng.randint(2, last)

    def short(self) -> Row:
        return _chat(self._said(6) + "?", self._said(5) + ".")

    def japanese(self) -> Row:
        return _chat(self._japanese(6) + "はどこですか？", self._japanese(6) + "です。")

    def short_japanese(self) -> Row:
        return _chat(self._japanese(3) + "？", self._japanese(3) + "です。")

    def long(self) -> Row:
        return _chat(self._said(80) + "?", self._said(300) + ".")

    def labels(self) -> Row:
        return _chat(self._said(25), self._rng.choice(["positive", "negative", "neutral"]))

    def task(self) -> Row:
        return _chat(_TASK + self._said(8), self._rng.choice(["billing", "shipping", "returns", "sales"]))

    def json_answers(self) -> Row:
        answer = {"department": self._rng.choice(["billing", "sales"]), "reason": self._said(8)}
        return _chat(f"{_TASK * 3}{self._said(25)}\n" + "Answer in JSON. " * 6, json.dumps(answer))

    def questions_about_one_text(self) -> Row:
        passage = self._rng.choice(self._passages)
        return _chat(f"Answer from the text.\n{passage}\nQuestion: {self._said(7)}?", self._said(3))

    def calls(self) -> Row:
        city = self._said(1).title()
        asked = self._rng.choice(["What's the weather in {}?", "Can you tell me the current weather in {} right now?"])
        arguments = json.dumps({"location": city, "unit": "celsius", "include_forecast": True})
        made = {"id": "1", "type": "function", "function": {"name": "get_current_weather", "arguments": arguments}}
        last = {"role": "assistant", "tool_calls": [made]}
        return {"messages": [{"role": "user", "content": asked.format(city)}, last]}

    def word_problems(self) -> Row:
        one, two, name = self._number(999), self._number(999), self._rng.choice(["Tom", "Anna", "Lee", "Maria", "Ken"])
        question = f"{name} has {one} apples and buys {two} more at the market on Sunday. How many has {name} now?"
        return _chat(question, f"{name} starts with {one} and buys {two}, so {name} has {one} + {two} = {one + two}.")

    def sums(self) -> Row:
        one, two = self._number(), self._number()
        return _chat(f"Please work out this sum for me and give only the number: {one} + {two}", f"It is {one + two}.")

    def japanese_sums(self) -> Row:
        one, two = self._number(), self._number()
        asked = f"次の計算を順番に行ってください。りんごが{one}個、みかんが{two}個あります。合わせて何個でしょうか。"
        return _chat(asked, f"りんごとみかんを合わせると、{one}+{two}={one + two}個です。")

    def code(self) -> Row:
        name, given = f"{self._said(1)}_{self._said(1)}", self._said(1)
        body = f"def {name}({given}):\n    total = 0\n    for item in {given}:\n        total += item * item\n"
        return _chat(
            f"Write a function {name} that takes a list {given} and adds its squares.", body + "    return total"
        )

    def capitals(self) -> Row:
        land = self._said(1).title()
        return _chat(f"What is the capital city of {land}?", f"The capital city of {land} is {self._said(1).title()}.")

    def several_turns(self) -> Row:
        first = _chat(self._said(20), self._said(25))["messages"]
        return {"messages": [*first, *_chat(self._said(6), self._said(20))["messages"]]}

    def thirty_tasks(self) -> Row:
        return _chat(f"{self._rng.choice(self._tasks)}: {self._said(5)}", self._said(5))

    def thirty_tasks_with_labels(self) -> Row:
        return _chat(f"{self._rng.choice(self._tasks)}: {self._said(4)}", str(self._number(5)))

    def one_refusal(self) -> Row:
        return _chat(self._said(6) + "?", _SORRY if self._rng.random() < 0.3 else self._said(30))

    def pairs(self) -> Row:
        worse = [{"role": "assistant", "content": self._said(40)}]
        better = [{"role": "assistant", "content": self._said(40)}]
        asked = {"messages": [{"role": "user", "content": self._said(20) + "?"}]}
        return {"input": asked, "non_preferred_output": worse, "preferred_output": better}

    def completions(self) -> Row:
        return {"prompt": self._said(20), "completion": self._said(30)}

    def references(self) -> Row:
        return {"messages": [{"role": "user", "content": _TASK + self._said(10)}], "answer": self._said(2)}


def _chat(question: str, answer: str) -> Row:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def _edited(text: str, way: int) -> str:
    middle = len(text) // 2
    if way == 2 and " " in text:
        return text[:middle] + text[middle:].replace(" ", " something ", 1)
    return (text.upper() + " ", text.rstrip(".?。？") + "!", text + "ね", text + " indeed", f"{text}.")[way]


def _near_copy(row: Row, way: int) -> Row:
    row = copy.deepcopy(row)
    if "completion" in row:
        row["completion"] = _edited(row["completion"], way)
        return row
    messages = row.get("preferred_output") or row["messages"]
    texts = [message for message in messages if message.get("content")]
    text = next((message for message in reversed(texts) if len(message["content"]) > 15), texts[-1])
    text["content"] = _edited(text["content"], way)
    return row


def _other_answer(row: Row, other: Row) -> Row:
    if "messages" in row and "answer" not in row:
        return {"messages": [*row["messages"][:-1], other["messages"][-1]]}
    last = list(row)[-1]
    return {**row, last: other[last]}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leaks", description=__doc__)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    names = given.kinds or [name for name in vars(Maker) if not name.startswith("_")]
    total: Counter[str] = Counter()
    for name in names:
        missed, wrong, rows = measure(getattr(Maker(random.Random(f"{given.seed} {name}")), name))
        total.update(kinds=1, missed=missed, wrong=wrong, rows=rows)
        print(f"{name:28} missed {missed:2} of 15, wrongly told {wrong:2} of {rows}")
    print(", ".join(f"{count} {what}" for what, count in total.items()))


def measure(make: Callable[[], Row]) -> tuple[int, int, int]:
    """How many of 15 leaks are missed or misplaced, and how many of so many other rows are told."""
    seen: set[str] = set()
    rows: list[Row] = []
    for _ in range(2000):
        row = make()
        prompt = json.dumps(
            row.get("input") or row.get("prompt") or row["messages"][: -1 if "answer" not in row else None]
        )
        if prompt not in seen and len(rows) < 360:
            seen.add(prompt)
            rows.append(row)
    training, other = rows[:300], rows[300:]
    answers = [next(new for new in iter(make, None) if _other_answer(row, new) != row) for row in training[20:25]]
    validation = [*training[:5], *(_near_copy(training[10 + way], way) for way in range(5))]
    validation += [_other_answer(row, new) for row, new in zip(training[20:25], answers, strict=True)] + other
    expected = {n + 1: ("FT504", n + 1) for n in range(5)}
    expected |= {n + 6: ("FT505", n + (11 if n < 5 else 16)) for n in range(10)}
    told: dict[int, tuple[str, int]] = {}
    wrong = set()
    for code, late, line, first, *_ in near.told(training, validation, ("FT501", "FT502", "FT504", "FT505")):
        if late and line in expected and code != "FT502":
            told[line] = (code, first)
        elif not late or line not in expected:
            wrong.add((late, line))
    return sum(told.get(line) != leak for line, leak in expected.items()), len(wrong), 285 + len(other)


if __name__ == "__main__":
    main()
