"""``python -m benchmarks.near [--seed N] [--pairs N] [ROWS.jsonl ...]``: the error rates of FT502 and FT505, measured.

Rows of English, Japanese and code are copied with edits; each copy is put among all other rows, and what is told is
compared with the exact share of runs that both have. (The same prompt with another answer is told by FT503.) Files that
are named are used as further kinds.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import re
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ftlint import engine
from ftlint.checks import sketches
from ftlint.model import Format, Role
from ftlint.parse import example, parse
from ftlint.read import Reader, Source
from ftlint.settings import Kept, Settings

ROOT = Path(__file__).parent.parent
_TODAY = datetime.date(2026, 11, 22)
_SIZES = (80, 200, 500, 1200, 3000)
Text = Callable[[random.Random, int], str]


class Pair(NamedTuple):
    """An original, its edited copy, and the exact share of runs that both have."""

    row: dict[str, Any]
    copy: dict[str, Any]
    alike: float


def main() -> None:
    """Print one line for each kind of text."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="chat files whose rows are used as further kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=1000, help="pairs of each kind")
    given = parser.parse_args()
    kinds = {"English": _lines(prose()), "Japanese": _lines(japanese(), ""), "code": _lines(code(), "\n")}
    print(f"{'kind':24} {'85 % or more':>15} {'75 to 85 %':>13} {'under 75 %':>13} {'other pairs':>11}")
    for name, text in kinds.items():
        rng = random.Random(f"{given.seed} {name}")
        rows = [_asked(text(rng, max(size // 4, 60)), text(rng, size)) for size in rng.choices(_SIZES, k=given.pairs)]
        _measure(name, rows, rng)
    for path in given.files:
        _measure(path.name[:24], _rows(path), random.Random(f"{given.seed} {path.name}"))


def _measure(name: str, rows: list[dict[str, Any]], rng: random.Random) -> None:
    """Half of the rows have a copy further down, the other half one in the validation file."""
    words = [word for row in rows for message in row["messages"] for word in _cut(str(message["content"]))]
    pairs = []
    for row in rows:
        rate = rng.choice([0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12])
        copy = {"messages": [_edited(message, rate, words, rng) for message in row["messages"]]}
        pairs.append(Pair(row, copy, exact(row, copy)))
    half = len(pairs) // 2
    order = list(range(half))
    rng.shuffle(order)
    training = [pair.row for pair in pairs] + [pairs[at].copy for at in order]
    expected = {(False, len(pairs) + place + 1): at for place, at in enumerate(order)}
    expected |= {(True, place + 1): at for place, at in enumerate(range(half, len(pairs)))}
    found, other = _found(training, [pair.copy for pair in pairs[half:]], expected)
    wrong = sum(exact(one, two) < 0.75 for one, two in other)
    counts = []
    for low, high in ((0.85, 0.9999), (0.75, 0.85), (0.0, 0.75)):
        held = [at for at in expected.values() if low <= pairs[at].alike < high]
        counts.append(f"{sum(at in found for at in held)}/{len(held)}")
    print(f"{name:24} {counts[0]:>15} {counts[1]:>13} {counts[2]:>13} {wrong:>11}")


def _found(
    training: list[Any], validation: list[Any], expected: dict[tuple[bool, int], int]
) -> tuple[set[int], list[tuple[Any, Any]]]:
    """The pairs that are found, and the rows of findings that name another row than the original."""
    found, other = set(), []
    for code, late, line, *first in told(training, validation, ("FT502", "FT503", "FT505")):
        at = expected.get((late, line))
        if at is not None and at + 1 in first:
            found.add(at)
        elif code == "FT502" or (code == "FT505" and late):
            # a near-copy within a file names a row of that file, a leak one of the training file
            place = (validation if late and code == "FT502" else training)[first[0] - 1]
            other.append(((validation if late else training)[line - 1], place))
    return found, other


def told(training: list[Any], validation: list[Any], rules: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Of each finding the rule, whether it is in the validation file, its line, and the lines that it names."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for role, rows in ((Role.TRAIN, training), (Role.VALIDATION, validation)):
            path = Path(folder) / f"{role.value}.jsonl"
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            files.append((path, role))
        report = engine.check(files, Settings(today=_TODAY, select=rules, tokens=False, kept=Kept(None, None)))
    for finding in report.findings:
        late = Path(finding.path).stem == Role.VALIDATION.value
        yield finding.code, late, finding.line, *(place.line for place in finding.related)


def exact(row: dict[str, Any], copy: dict[str, Any]) -> float:
    """The share of runs of four units that both rows have, of all that one of them has."""
    one, two = (set(sketches.runs([sketches.squeeze(text) for text in _texts(held)])[0]) for held in (row, copy))
    return len(one & two) / len(one | two)


def _texts(row: dict[str, Any]) -> list[str]:
    return [str(message["content"]) for message in row["messages"] if message["role"] != "system"]


def _asked(question: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def _cut(text: str) -> list[str]:
    """Words, or pieces of two characters of a script without spaces."""
    return re.findall(r"\S+\s*", text) if text.count(" ") * 12 > len(text) else re.findall(r"(?s).{1,2}", text)


def _edited(message: dict[str, Any], rate: float, words: list[str], rng: random.Random) -> dict[str, Any]:
    if message["role"] == "system":
        return message
    pieces = []
    for piece in _cut(str(message["content"])):
        way = rng.random() / rate
        if way < 0.6:
            pieces.append(rng.choice(words))  # another word
        elif way < 0.8:
            pieces += [piece, rng.choice(words)]  # one more
        elif way >= 1:
            pieces.append(piece)
    return {**message, "content": "".join(pieces) or str(message["content"])}


def _lines(pieces: list[str], glue: str = " ") -> Text:
    def text(rng: random.Random, size: int) -> str:
        found: list[str] = []
        while sum(map(len, found)) < size:
            found.append(rng.choice(pieces))
        return glue.join(found)

    return text


def prose() -> list[str]:
    """Sentences of our own pages."""
    found = set()
    for page in sorted((ROOT / "rules").rglob("*.md")):
        text = re.sub(r"(?s)```.*?```|\+\+\+.*?\+\+\+", " ", page.read_text(encoding="utf-8"))
        found |= {re.sub(r"\s+", " ", piece) for piece in re.split(r"(?<=[.:])\s|\n\n", text) if len(piece) > 30}
    return sorted(found)


def japanese() -> list[str]:
    """Sentences of our Japanese examples, cut at their marks so that they can be put together anew."""
    raw = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures" / "ja").glob("*.jsonl")))
    for page in sorted((ROOT / "rules").rglob("*.md")):
        raw += page.read_text(encoding="utf-8")
    return sorted(set(re.findall(r"[ぁ-んァ-ヶー一-龥]{3,}", raw)))


def code() -> list[str]:
    """Lines of the standard library."""
    found = set()
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("[a-j]*.py")):
        found |= {line for line in path.read_text(encoding="utf-8").splitlines() if 20 < len(line) < 90}
    return sorted(found)


def _rows(path: Path) -> list[dict[str, Any]]:
    """The chat rows of a file whose messages are all text."""
    found = []
    for batch in Reader(Source(str(path), Role.TRAIN, path)).batches():
        for line in batch:
            value = example(line, *parse(line)).value
            said = sketches.said_in(example(line, *parse(line)), Format.CHAT)
            if said.prompt and said.answer and all(isinstance(each.get("content"), str) for each in value["messages"]):
                found.append({"messages": value["messages"]})
    return found


if __name__ == "__main__":
    main()
