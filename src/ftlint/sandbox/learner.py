"""Stage: sandbox, the stand-in model. Extractive, no neural net, no randomness; every parameter comes from the data.

Untrained, it repeats the first two lines of the prompt. Trained, it strips the learned prompt template, ranks the
sentences by how much of their wording the training answers tended to keep, drops the words they never kept, and stops
at the learned length. Its scores say that training had an effect; they say nothing about any real model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, product, takewhile
from statistics import median
from typing import Any, Literal

from ftlint.sandbox.words import cut, is_cjk, length, sentences, words

Tags = Literal["colon", "name", "none"]
Pair = tuple[str, str]

_TAG = re.compile(r"\s*([^\s:：][^:：]{0,30}?)\s*[:：]\s*(?=\S)")
_BOUNDARY = re.compile(r"[\s:：。、]")
_SMOOTHING = 3.0  # a word seen in few inputs leans on the average of words seen once
_DROPS = (0.0, 0.05, 0.1, 0.15, 0.2)
_POSITIONS = (0.0, 0.3, 0.6)
_TUNING_EXAMPLES = 40


@dataclass(frozen=True)
class Parameters:
    """What one training run has learned; plain JSON through `to_json` and `from_json`.

    Attributes:
        prefix: what every training prompt begins with, up to a border; stripped.
        suffix: what every training prompt ends with, from a border on; stripped.
        length_words: median answer length in words, of answers in scripts with spaces; 0 when there were none.
        length_characters: the same in characters, of Chinese and Japanese answers.
        kept: word -> (training inputs that have it, answers to those inputs that have it too).
        unseen: the share of words seen in only one input that its answer kept.
        drop: words kept more rarely than this are left out.
        position: the weight of standing early in the text.
        tags: how answers name speakers: "Name: ", "Name", or not at all.
        examples: training examples learned from.
        calls: what examples were asked and which tools they call, see `toolcalls`; empty where none calls any.
    """

    prefix: str = ""
    suffix: str = ""
    length_words: int = 0
    length_characters: int = 0
    kept: dict[str, tuple[int, int]] | None = None
    unseen: float = 0.5
    drop: float = 0.0
    position: float = 0.3
    tags: Tags = "colon"
    examples: int = 0
    calls: Sequence[Mapping[str, Any]] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Parameters:
        kept = data["kept"]
        kept = kept and {word: (n, k) for word, (n, k) in kept.items()}
        return cls(**{**data, "kept": kept, "calls": tuple(data.get("calls", ()))})

    def keep(self, word: str) -> float:
        """The smoothed share of answers that kept this word of their input."""
        seen, kept = (self.kept or {}).get(word, (0, 0))
        return (kept + _SMOOTHING * self.unseen) / (seen + _SMOOTHING)


@dataclass(frozen=True)
class _Unit:
    tag: str
    text: str
    words: tuple[str, ...]


def lead(prompt: str) -> str:
    """The untrained answer: the first two non-empty lines, or the first two sentences of a single line."""
    lines = [line.strip() for line in prompt.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = sentences(lines[0])
    return "\n".join(lines[:2])


def learn(pairs: Sequence[Pair]) -> Parameters:
    """Learn from (prompt, answer) pairs. Pure: the same pairs give the same parameters."""
    prefix, suffix = _template([prompt for prompt, _ in pairs])
    first = Parameters(prefix=prefix, suffix=suffix, examples=len(pairs))
    stripped = [(_strip(first, prompt), answer) for prompt, answer in pairs if answer.strip()]
    if not stripped:
        return first
    seen, kept = Counter[str](), Counter[str]()
    for source, answer in stripped:
        in_answer = set(words(answer))
        for word in set(words(source)):
            seen[word] += 1
            kept[word] += word in in_answer
    once = [word for word, n in seen.items() if n == 1]
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for _, answer in stripped:
        lengths[is_cjk(answer)].append(length(answer))
    learned = replace(
        first,
        length_words=round(median(lengths[False])) if lengths[False] else 0,
        length_characters=round(median(lengths[True])) if lengths[True] else 0,
        kept={word: (n, kept[word]) for word, n in sorted(seen.items()) if n > 1},
        unseen=sum(kept[word] for word in once) / len(once) if once else 0.5,
        tags=_tag_form(stripped),
    )
    return _tune(learned, pairs)


def answer(parameters: Parameters, prompt: str) -> str:
    """The tuned answer to one prompt."""
    source = _strip(parameters, prompt)
    limit = parameters.length_characters if is_cjk(source) else parameters.length_words
    if limit == 0:
        return lead(source)
    units = _units(source)
    chosen = _choose(parameters, units, limit)
    return cut(_render(parameters, [units[i] for i in sorted(chosen)]), limit)


def overlap(candidate: str, reference: str) -> float:
    """F1 of the words that two texts share, 0 to 1: the stand-in's notion of accuracy."""
    return _f1(Counter(words(candidate)), Counter(words(reference)))


def _template(prompts: Sequence[str]) -> tuple[str, str]:
    """What all prompts share at both ends, cut back to a line border, or to any border within a line."""
    distinct = sorted(set(prompts))
    if len(distinct) < 2:
        return "", ""
    prefix = _common_start(distinct[0], distinct[-1])  # of a sorted list, the ends differ most
    border = prefix.rfind("\n") + 1 or max((m.end() for m in _BOUNDARY.finditer(prefix)), default=0)
    prefix = prefix[:border]
    tails = sorted(prompt[len(prefix) :][::-1] for prompt in distinct)
    suffix = _common_start(tails[0], tails[-1])[::-1]
    start = suffix.find("\n")
    if start < 0:
        found = _BOUNDARY.search(suffix)
        start = found.start() if found else len(suffix)
    return prefix, suffix[start:]


def _common_start(left: str, right: str) -> str:
    return left[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))]


def _strip(parameters: Parameters, prompt: str) -> str:
    text = prompt.removeprefix(parameters.prefix)
    return (text.removesuffix(parameters.suffix) if parameters.suffix else text).strip()


def _units(source: str) -> list[_Unit]:
    """Sentences in order; where most lines begin with a speaker's tag, the tag goes with each of its sentences."""
    lines = [line for line in source.splitlines() if line.strip()]
    matches = [_TAG.match(line) for line in lines]
    tagged = len(lines) > 1 and sum(m is not None for m in matches) * 2 > len(lines)
    units: list[_Unit] = []
    for line, match in zip(lines, matches, strict=True):
        tag, text = (match.group(1), line[match.end() :]) if match and tagged else ("", line)
        units.extend(_Unit(tag, s, tuple(words(s))) for s in sentences(text))
    return units


def _tag_form(pairs: Iterable[Pair]) -> Tags:
    """How the answers name the speakers of their inputs, by majority."""
    forms = Counter[str]()
    for source, reply in pairs:
        tags = {unit.tag for unit in _units(source) if unit.tag}
        if not tags:
            continue
        named = [tag for tag in tags if tag in reply]
        colon = any(f"{tag}:" in reply or f"{tag}：" in reply for tag in named)
        forms["colon" if colon else "name" if named else "none"] += 1
    best = max(("colon", "name", "none"), key=lambda form: forms[form])
    return "name" if best == "name" else "none" if best == "none" else "colon"


def _choose(parameters: Parameters, units: Sequence[_Unit], limit: int) -> set[int]:
    """Greedy: the best unit, then the best that adds something new, until the learned length is filled."""
    chosen: set[int] = set()
    covered: set[str] = set()
    filled = 0
    while filled < limit and len(chosen) < len(units):
        best = max(
            (i for i in range(len(units)) if i not in chosen),
            key=lambda i: (_score(parameters, units[i], 1 - i / len(units), covered), -i),
        )
        chosen.add(best)
        covered.update(units[best].words)
        filled += max(1, length(_render(parameters, [units[best]])))
    return chosen


def _score(parameters: Parameters, unit: _Unit, earliness: float, covered: set[str]) -> float:
    """Mean keep rate of the words that are new, plus the weighted position."""
    if not unit.words:
        return -1.0
    rates = (parameters.keep(word) for word in set(unit.words) - covered)
    return sum(rate for rate in rates if rate >= parameters.drop) / len(unit.words) + parameters.position * earliness


def _render(parameters: Parameters, units: Iterable[_Unit]) -> str:
    """The text of the chosen units without the words that answers do not keep, each speaker named once in a row."""
    parts: list[str] = []
    speaker = ""
    for unit in units:
        if unit.tag and unit.tag != speaker and parameters.tags != "none":
            parts.append(f"{unit.tag}:" if parameters.tags == "colon" else unit.tag)
        speaker = unit.tag
        parts.extend([unit.text] if is_cjk(unit.text) else _compress(parameters, unit.text))
    text = " ".join(parts)
    return text.replace("。 ", "。") if is_cjk(text) else text


def _compress(parameters: Parameters, text: str) -> list[str]:
    if parameters.drop == 0:
        return text.split()
    rates = ((token, [parameters.keep(word) for word in words(token)]) for token in text.split())
    return [token for token, keeps in rates if keeps and max(keeps) >= parameters.drop]


def _tune(parameters: Parameters, pairs: Sequence[Pair]) -> Parameters:
    """Choose the two thresholds that fit the training answers best, on a fixed spread of examples."""
    answered = [pair for pair in pairs if pair[1].strip()]
    sample = answered[:: max(1, len(answered) // _TUNING_EXAMPLES)][:_TUNING_EXAMPLES]

    def fit(candidate: Parameters) -> float:
        return sum(_both(answer(candidate, prompt), reply) for prompt, reply in sample)

    grid = [replace(parameters, drop=drop, position=position) for drop, position in product(_DROPS, _POSITIONS)]
    return max(grid, key=fit)


def _both(candidate: str, reference: str) -> float:
    """Shared words and shared neighbours: the second keeps the first from shredding sentences."""
    left, right = words(candidate), words(reference)
    return _f1(Counter(left), Counter(right)) + _f1(Counter(pairwise(left)), Counter(pairwise(right)))


def _f1(left: Counter[Any], right: Counter[Any]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0
