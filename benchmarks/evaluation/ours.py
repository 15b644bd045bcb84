"""ftlint's side of the comparison: the stage that answers held-out examples, in a run's folder, with all its habits."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from ftlint.run.answers import Asking, load_answers, request_keys
from ftlint.run.context import Run
from ftlint.run.evaluate import answer_all
from ftlint.run.heldout import HeldOut
from ftlint.run.journal import Journal
from ftlint.run.load import parse_spec
from ftlint.run.runs import create_run
from ftlint.run.tools import Silent, Tools, real_tools
from ftlint.settings import ServiceConfig, Services, Settings

SPEC = """
[dataset]
train = "train.jsonl"
validation = "validation.jsonl"
[train]
provider = "sandbox"
model = "{model}"
[evaluate]
temperature = {temperature}
max_tokens = {max_tokens}
"""


@dataclass(frozen=True, slots=True)
class Ours:
    """What the stage needs; every answer is on disk before it counts."""

    folder: Path
    base_url: str
    model: str
    examples: list[HeldOut]
    max_tokens: int
    temperature: float
    tools: Tools = field(default_factory=real_tools)  # imports count for neither side

    def run(self) -> dict[int, str]:
        """The answers by example."""
        text = SPEC.format(model=self.model, temperature=self.temperature, max_tokens=self.max_tokens)
        spec = parse_spec(text, self.folder / "run.toml")
        place, record = create_run(self.folder / "runs", spec, self.tools.now(), self.tools.new_id(), False)
        service = ServiceConfig("sandbox", self.base_url, "")
        run = Run(
            record=record,
            folder=place,
            runs=place.parent,
            spec=spec,
            model=self.model,
            provider="sandbox",
            settings=Settings(today=datetime.datetime.now(datetime.UTC).date()),
            services=Services(service, service, service),
            journal=Journal(place / "journal.jsonl", self.tools.now),
            tools=self.tools,
            observer=Silent(),
        )
        path = place / "baseline.jsonl"
        answer_all(run, "baseline", path, service, self.model, self.examples)
        run.close()
        keys = request_keys(Asking.of(spec.evaluate), self.model, self.examples)
        return {number: answer.text or "" for number, answer in load_answers(path, keys).items()}
