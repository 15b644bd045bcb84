"""A provider in memory that outlives its clients, a clock that never waits, and a check that reads the real bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftlint.catalog import load_moderation
from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    Format,
    Level,
    ModerationSummary,
    Report,
    Role,
    TokenStats,
    Verdict,
)
from ftlint.run.tools import Tools
from ftlint.services.interface import (
    Checkpoint,
    Completion,
    Job,
    JobEvent,
    JobSpec,
    Rejected,
    RemoteFile,
    Score,
    ServiceError,
)
from ftlint.settings import Price, ServiceConfig, Settings

START = 1_795_000_000.0


class Killed(BaseException):
    """The process died here: nothing of ours catches it."""


@dataclass
class World:
    """The outside world of a run.

    Attributes:
        host: where the services say that they are.
        before, after: called with the name of every remote call, before and after it takes effect; may raise.
        late: seconds after which an effect whose client died becomes visible.
        statuses: what each look at the job shows, the last one for ever.
    """

    clock: float = START
    host: str = "fake"
    uploads: list[RemoteFile] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    specs: list[JobSpec] = field(default_factory=list)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    offers: list[dict[str, Any] | None] = field(default_factory=list)
    moderated: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=lambda: ["validating_files", "queued", "running", "odd", "succeeded"])
    looks: int = 0
    events_: list[JobEvent] = field(default_factory=list)
    error: dict[str, Any] | None = None
    shutdown: str | None = None
    grader: bool | ServiceError = True
    moderation: ModerationSummary = field(
        default_factory=lambda: ModerationSummary("complete", "omni", unique=9, coverage=1.0, required=True)
    )
    findings: tuple[Finding, ...] = ()
    usd: float | None = 0.25
    prices: Price | None = field(default_factory=lambda: Price(5.0, 0.8, 3.2))
    keys: bool = True
    before: Callable[[str], None] = lambda name: None
    after: Callable[[str], None] = lambda name: None
    answer: Callable[[str, str], Completion | ServiceError] | None = None
    hides: frozenset[str] = frozenset()
    pending: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    late: float = 0.0
    sandboxes: list[str] = field(default_factory=list)
    ids: int = 0
    checks: list[tuple[Any, Settings, bool]] = field(default_factory=list)

    def tools(self) -> Tools:
        return Tools(
            check=self.check,
            judge=judge,
            trainer=lambda config: FakeTrainer(self, config),
            completer=lambda config: FakeCompleter(self, config),
            moderator=lambda config: FakeModerator(self, config),
            has_key=lambda config: self.keys,
            sandbox=self.sandbox,
            report_json=lambda report: json.dumps({"verdict": report.verdict.value}),
            price=lambda provider, model: self.prices,
            mask=lambda text: text.replace("secret", "******"),
            now=lambda: self.clock,
            clock=lambda: self.clock,
            sleep=self.sleep,
            pause=self.pause,
            new_id=self.new_id,
        )

    def new_id(self) -> str:
        self.ids += 1
        return f"abcdefg{self.ids}"

    def sleep(self, seconds: float) -> None:
        self.clock += seconds
        for due, effect in list(self.pending):
            if due <= self.clock:
                self.pending.remove((due, effect))
                effect()

    async def pause(self, seconds: float) -> None:
        self.sleep(seconds)

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        """One remote call: it may fail before, or take effect and fail after, at once or late."""
        self.sleep(0.01)
        self.before(name)
        try:
            self.after(name)
        except BaseException:
            if self.late:
                self.pending.append((self.clock + self.late, effect))
            else:
                effect()
            raise
        return effect()

    def sandbox(self, state: Path, faults: Path | None) -> FakeSandbox:
        self.sandboxes.append(str(state))
        return FakeSandbox()

    def check(self, files: Sequence[tuple[Path, Role]], settings: Settings, *, online: bool) -> Report:
        self.checks.append((files, settings, online))
        summaries = []
        for path, role in files:
            content = path.read_bytes()
            count = content.count(b"\n")
            tokens = TokenStats(count * 50, count * 10, 60, 40, 50, 60, "o200k_base", billed=count * 50)
            digest = hashlib.sha256(content).hexdigest()
            summaries.append(FileSummary(str(path), role, digest, len(content), count, count, Format.CHAT, tokens))
        tokens = summaries[0].examples * 50 * 3
        incomplete = self.moderation.status != "complete"
        verdict = Verdict.INCOMPLETE if incomplete else Verdict.FINDINGS if self.findings else Verdict.CLEAN
        epochs = settings.epochs
        cost = Cost(settings.model or "?", epochs or 3, tokens, self.usd, "2026-11-01", epochs is None)
        return Report(
            1, "0", verdict, tuple(summaries), self.findings, (), cost, (cost,), self.moderation, (), settings.fail_on
        )


def judge(report: Report, *, moderation_required: bool, max_cost: float | None) -> list[str]:
    """The gate's word, as far as these tests need it."""
    from ftlint import gate

    return gate.reasons(report, moderation_required=moderation_required, max_cost=max_cost)


class FakeSandbox:
    base_url = "http://127.0.0.1:1/v1"
    stopped = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class FakeTrainer:
    world: World
    config: ServiceConfig

    @property
    def name(self) -> str:
        return f"{self.config.provider} ({self.world.host})"

    def upload(self, path: Path, filename: str, *, keep: bool = False, memory: Any = None) -> RemoteFile:
        content = path.read_bytes()

        def effect() -> RemoteFile:
            made = RemoteFile(
                f"file-{len(self.world.uploads) + 1}", filename, len(content), "fine-tune", int(self.world.clock)
            )
            self.world.uploads.append(made)
            self.world.contents[made.id] = content
            return made

        made: RemoteFile = self.world.call("upload", effect)
        return made

    def delete_file(self, file_id: str) -> bool:
        def effect() -> bool:
            kept = [file for file in self.world.uploads if file.id != file_id]
            gone = len(kept) < len(self.world.uploads)
            self.world.uploads[:] = kept
            return gone

        return bool(self.world.call("delete_file", effect))

    def list_files(self) -> list[RemoteFile]:
        return list(self.world.call("list_files", lambda: self.world.uploads[::-1]))

    def create_job(self, spec: JobSpec) -> Job:
        def effect() -> Job:
            hidden = self.world.hides
            job = Job(
                id=f"ftjob-{len(self.world.jobs) + 1}",
                status="validating_files",
                model=spec.model,
                training_file=None if "training_file" in hidden else spec.training_file,
                validation_file=spec.validation_file,
                fine_tuned_model=None,
                created_at=int(self.world.clock),
                finished_at=None,
                trained_tokens=None,
                suffix=None if "suffix" in hidden else spec.suffix,
                metadata=None if "metadata" in hidden else dict(spec.metadata),
                error=None,
                result_files=(),
                raw={},
            )
            self.world.jobs.append(job)
            self.world.specs.append(spec)
            return job

        made: Job = self.world.call("create_job", effect)
        return made

    def list_jobs(self) -> list[Job]:
        return list(self.world.call("list_jobs", lambda: self.world.jobs[::-1]))

    def job(self, job_id: str) -> Job:
        return self.world.call("job", lambda: self._job(job_id))  # type: ignore[no-any-return]

    def _job(self, job_id: str) -> Job:
        found = next((job for job in self.world.jobs if job.id == job_id), None)
        if found is None:
            raise Rejected("no such job", status=404)
        status = self.world.statuses[min(self.world.looks, len(self.world.statuses) - 1)]
        self.world.looks += 1
        if status != "succeeded":
            return dataclasses.replace(found, status=status, error=self.world.error if status == "failed" else None)
        tuned = f"ft:{found.model}:org:{found.suffix}:x1"
        return dataclasses.replace(
            found, status=status, fine_tuned_model=tuned, trained_tokens=1500, result_files=("file-result",)
        )

    def events(self, job_id: str) -> list[JobEvent]:
        steps = [
            JobEvent(f"ev-{n}", n, "info", "metrics", f"step {n}", {"step": n, "train_loss": 2.0 / n, "total_steps": 4})
            for n in range(1, min(self.world.looks, 4) + 1)
        ]
        return self.world.call("events", lambda: [*steps, *self.world.events_])  # type: ignore[no-any-return]

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        return self.world.call("checkpoints", lambda: [Checkpoint("ck-1", 4, "ft:x:ckpt-step-4", {"step": 4.0})])  # type: ignore[no-any-return]

    def cancel(self, job_id: str) -> Job:
        self.world.statuses = ["cancelled"]
        return self._job(job_id)

    def result_file(self, file_id: str) -> bytes:
        return self.world.call("result_file", lambda: b"step,train_loss\n1,2.0\n")  # type: ignore[no-any-return]

    def check_grader(self, grader: dict[str, Any]) -> bool:
        def look() -> bool:
            if isinstance(self.world.grader, ServiceError):
                raise self.world.grader
            return self.world.grader

        return self.world.call("check_grader", look)  # type: ignore[no-any-return]

    def shutdown_date(self, model: str) -> str | None:
        return self.world.call("shutdown_date", lambda: self.world.shutdown)  # type: ignore[no-any-return]

    def close(self) -> None:
        pass


@dataclass
class FakeModerator:
    """Flags what holds the word `vile`, and is near a level where it holds `rude`."""

    world: World
    config: ServiceConfig
    model: str = "omni"

    @property
    def name(self) -> str:
        return f"{self.config.provider} ({self.world.host})"

    async def score(self, texts: Sequence[str]) -> list[Score]:
        def effect() -> list[Score]:
            self.world.moderated += texts
            return [_score(text) for text in texts]

        scores: list[Score] = self.world.call("moderate", effect)
        return scores

    async def score_image(self, url: str) -> Score:
        raise Rejected("no images", status=400)

    async def close(self) -> None:
        pass


def _score(text: str) -> Score:
    value = 0.9 if "vile" in text else 0.3 if "rude" in text else 0.0
    scores = dict.fromkeys(load_moderation().categories, 0.0) | {"harassment": value}
    return Score("vile" in text, scores, ("harassment",) if "vile" in text else ())


@dataclass
class FakeCompleter:
    world: World
    config: ServiceConfig
    on_trouble: Callable[[ServiceError], None] | None = None

    @property
    def name(self) -> str:
        return f"{self.config.provider} ({self.world.host})"

    async def complete(
        self,
        model: str,
        messages: Sequence[dict[str, Any]],
        *,
        temperature: float | None,
        max_tokens: int | None,
        seed: int | None = None,
        offer: dict[str, Any] | None = None,
    ) -> Completion:
        self.world.offers.append(offer)
        prompt = str(messages[-1]["content"])

        def effect() -> Completion:
            self.world.asked[(model, prompt)] += 1
            made = (self.world.answer or good_answer)(model, prompt)
            if isinstance(made, ServiceError):
                raise made
            return made

        completion: Completion = self.world.call("complete", effect)
        return completion

    async def close(self) -> None:
        pass


def good_answer(model: str, prompt: str) -> Completion:
    """A tuned model says the right thing (see ``rows``), any other repeats the first words of the prompt."""
    number = prompt.rsplit(" ", 1)[-1]
    text = f"the {number} friends meet at {number}" if model.startswith("ft:") else " ".join(prompt.split()[:6])
    return Completion(text, "stop", 20, 8, model)


def rows(first: int, count: int) -> list[dict[str, str]]:
    """Rows whose summary follows from the dialogue."""
    return [
        {
            "id": f"r{n}",
            "dialogue": f"Ann: hello dear\nBob: shall we meet?\nAnn: yes\nBob: at {n}",
            "summary": f"the {n} friends meet at {n}",
        }
        for n in range(first, first + count)
    ]


def write_rows(path: Path, values: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


RUN_TOML = """
[dataset]
train = { source = "train.jsonl" }
validation = { source = "validation.jsonl" }
heldout = { source = "heldout.jsonl" }

[prompt]
user = "Sum up: {dialogue}"
answer = "{summary}"

[train]
model = "gpt-4.1-mini-2025-04-14"
suffix = "demo"

[train.hyperparameters]
n_epochs = 3
"""


def project(folder: Path, extra: str = "", heldout: int = 32) -> Path:
    """A folder with a run file and its data."""
    write_rows(folder / "train.jsonl", rows(1, 12))
    write_rows(folder / "validation.jsonl", rows(101, 4))
    write_rows(folder / "heldout.jsonl", rows(201, heldout))
    path = folder / "run.toml"
    path.write_text(RUN_TOML + extra, encoding="utf-8")
    return path


def finding(level: Level = Level.WARNING) -> Finding:
    return Finding("FT501", "duplicate-example", level, "twice", None, "train.jsonl", 1)
