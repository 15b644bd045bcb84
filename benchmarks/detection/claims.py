"""The known defects of other checkers, each turned into something that must hold for ftlint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.detection import base
from benchmarks.detection.base import talk
from benchmarks.detection.judge import TODAY, check
from ftlint import vocabulary
from ftlint.model import Report, Role
from ftlint.settings import ModerationSettings, Settings


@dataclass(frozen=True)
class Claim:
    """Something that must hold.

    Attributes:
        name: in words, with whose defect it is the reverse of.
        data: makes the file; ``broken``: what is wrong with the report on it, or None.
    """

    name: str
    data: Callable[[], bytes]
    broken: Callable[[Report], str | None]
    model: str | None = None

    def fault(self, folder: Path) -> str | None:
        """What does not hold, or None."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "train.jsonl"
        path.write_bytes(self.data())
        settings = Settings(today=TODAY, model=self.model, moderation=ModerationSettings(cache=False))
        return self.broken(check([(path, Role.TRAIN)], settings))


def _places(report: Report) -> set[tuple[str, int | None]]:
    return {(finding.code, finding.line) for finding in report.findings if finding.level.value != "info"}


def _exactly(*places: tuple[str, int | None]) -> Callable[[Report], str | None]:
    def broken(report: Report) -> str | None:
        found = _places(report)
        return None if found == set(places) else f"{sorted(found, key=str)}"

    return broken


def _lines(changes: dict[int, bytes]) -> Callable[[], bytes]:
    """The clean chat file with some lines replaced, counted from 1."""

    def data() -> bytes:
        lines = [base.line(row) for row in base.chat()]
        for number, raw in changes.items():
            lines[number - 1] = raw
        return b"\n".join(lines) + b"\n"

    return data


def _row(**answer: Any) -> bytes:
    row = talk("Which way is the harbour?", "Past the chapel and down.")
    row["messages"][-1].update(answer)
    return base.line(row)


_FIVE = {
    20: b'{"messages": [',
    60: _row(role="asistant"),
    100: _row(weight=3),
    140: base.line({**talk("Is it far?", "A short walk."), "source": "forum"}),
    180: b"[1, 2, 3]",
}


def _sizes() -> bytes:
    """One hundred rows whose answers grow word by word, so that every percentile is another number."""
    return base.encode([talk(f"Name {n} things.", "stone " * n + "and moss.") for n in range(1, 101)])


def _percentiles(report: Report) -> str | None:
    tokens = report.files[0].tokens
    if tokens is None:
        return "no token figures"
    answers = vocabulary.count(["stone " * n + "and moss." for n in range(1, 101)], "o200k_base")
    steps = {answers[i + 1] - answers[i] for i in range(99)}
    if steps != {1}:
        return f"the sample is not even: {steps}"
    least = tokens.max - 99
    expected = (least + 4, least + 49, least + 94)
    got = (tokens.p5, tokens.p50, tokens.p95)
    return None if all(abs(a - b) <= 1 for a, b in zip(got, expected, strict=True)) else f"{got}, not {expected}"


def _encoding(report: Report) -> str | None:
    tokens = report.files[0].tokens
    if tokens is None or tokens.encoding != "o200k_base":
        return f"{tokens.encoding if tokens else 'no figures'}, not o200k_base"
    return None


CLAIMS = [
    Claim(
        "a blank line does not end the check (notebook: traceback)",
        _lines({30: b"", 150: _row(role="asistant")}),
        _exactly(("FT009", 30), ("FT114", 150)),
    ),
    Claim(
        "two broken lines are both named (notebook: traceback at the first)",
        _lines({30: b"{", 150: b"{'a': 1}"}),
        _exactly(("FT101", 30), ("FT101", 150)),
    ),
    Claim(
        "five defects of five rows in one go (Together 1.5, the services: the first only)",
        _lines(_FIVE),
        _exactly(("FT101", 20), ("FT114", 60), ("FT123", 100), ("FT118", 140), ("FT105", 180)),
    ),
    Claim(
        "valid tool calls are no errors (notebook, Together, cleanllm)",
        lambda: base.encode(base.fixture("chat_tools")),
        _exactly(),
    ),
    Claim(
        "null content beside function_call is no error (notebook)",
        lambda: base.encode(
            [
                *base.fixture("chat_tools"),
                {
                    "messages": [
                        {"role": "user", "content": "When does line 4 leave?"},
                        {
                            "role": "assistant",
                            "content": None,
                            "function_call": {"name": "find_bus", "arguments": "{}"},
                        },
                    ],
                    "functions": [{"name": "find_bus", "parameters": {"type": "object", "properties": {}}}],
                },
            ]
        ),
        lambda report: next((f"{f.code}: {f.message}" for f in report.findings if f.code == "FT116"), None),
    ),
    Claim("a weight does not break the token count (notebook: TypeError)", _lines({9: _row(weight=1)}), _exactly()),
    Claim(
        "a special token in a text does not break the token count (notebook: ValueError)",
        _lines({9: _row(content="It ends here.<|endoftext|>")}),
        lambda report: (
            None if report.files[0].tokens and report.files[0].examples == len(base.chat()) else "no figures"
        ),
    ),
    Claim(
        "current models are counted with o200k_base (notebook: cl100k_base)", _sizes, _encoding, "gpt-4.1-2025-04-14"
    ),
    Claim("p5 and p95 are the 5th and 95th percentile (notebook: the 10th and 90th)", _sizes, _percentiles),
    Claim(
        "numbers and lists as content are findings, not a crash (datacruxai)",
        _lines({30: _row(content=42), 60: _row(content=["a"])}),
        lambda report: (
            None
            if {("FT117", 30)} <= _places(report) and any(line == 60 for _, line in _places(report))
            else str(_places(report))
        ),
    ),
    Claim(
        "a lone surrogate is a finding, not a crash (llm-sanitizer-pro, datacruxai)",
        _lines(
            {30: b'{"messages": [{"role": "user", "content": "\\ud83d"}, {"role": "assistant", "content": "Yes."}]}'}
        ),
        _exactly(("FT104", 30)),
    ),
    Claim(
        "a row without `messages` does not end the check (AWS: KeyError)",
        _lines({30: b'{"message": []}', 150: _row(role="asistant")}),
        lambda report: None if {30, 150} <= {line for _, line in _places(report)} else str(_places(report)),
    ),
]
