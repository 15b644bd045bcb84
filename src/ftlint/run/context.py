"""What every stage of one run shares: its folder, spec, services, journal and observer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftlint.errors import FtlintError, JobRefused, ServiceFailed
from ftlint.model import Role
from ftlint.run.classify import Failure, FailureKind, classify
from ftlint.run.journal import JobJournal, Journal, State
from ftlint.run.runs import RunRecord, where
from ftlint.run.spec import RunSpec
from ftlint.run.tools import Observer, Tools
from ftlint.services.interface import AuthError, ServiceError, Trainer
from ftlint.settings import Services, Settings
from ftlint.text import safe

REHEARSAL = "rehearsal: these figures are not a model's"
SANDBOX_MODEL = "sandbox-mini"

_BLOCKED = {
    FailureKind.BLOCKED_TRAINING_FILE: Role.TRAIN,
    FailureKind.BLOCKED_VALIDATION_FILE: Role.VALIDATION,
}


@dataclass(frozen=True, slots=True)
class Adopt:
    """A person's answer to a resume that could not tell whether a step had happened.

    Attributes:
        job: the id of this run's job, ``none`` to say that there is none, or None where nothing was asked.
        files: the same per role (``train``, ``validation``).
    """

    job: str | None = None
    files: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One run in this process.

    Attributes:
        model: the base model: the spec's, or the sandbox's in a rehearsal.
        settings: of the check, the spec folded in.
        services: the service of each role, the sandbox's in a rehearsal.
        adopt: what the person answered where a service could not tell (see ``submit``).
        number: of a sweep's job, from 1; None for a run with one job, and for what the jobs of a sweep share.
        whole: the run that a sweep's job belongs to; None for the run itself.
    """

    record: RunRecord
    folder: Path
    runs: Path
    spec: RunSpec
    model: str
    provider: str
    settings: Settings
    services: Services
    journal: Journal
    tools: Tools
    observer: Observer
    adopt: Adopt = field(default_factory=Adopt)
    number: int | None = None
    whole: Run | None = None
    _trainer: Trainer | None = None

    @property
    def own(self) -> Path:
        """The folder of what belongs to the job: its events, checkpoints, result files and answers."""
        return self.folder if self.number is None else self.folder / f"job-{self.number}"

    @property
    def system(self) -> str:
        """What the tuned model is called among the systems."""
        return "tuned" if self.number is None else f"job {self.number}"

    def job(self, number: int) -> Run:
        """The run as one job of its sweep sees it; what the job writes into the journal carries its number."""
        journal = JobJournal(self.journal, number)
        begun = "submit:job" in journal.state.intents and "submit" not in journal.state.done
        return dataclasses.replace(
            self,
            spec=dataclasses.replace(self.spec, train=self.spec.train.sweep[number - 1].train),
            journal=journal,
            adopt=dataclasses.replace(self.adopt, job=self.adopt.job if begun else None),
            number=number,
            whole=self,
        )

    def others(self) -> list[Run]:
        """The other jobs of the sweep that this one is of."""
        if self.whole is None:
            return []
        numbers = range(1, len(self.whole.spec.train.sweep) + 1)
        return [self.whole.job(number) for number in numbers if number != self.number]

    @property
    def state(self) -> State:
        """The folded journal."""
        return self.journal.state

    @property
    def resume_command(self) -> str:
        """The command that takes the run up again."""
        return f"ftlint run --resume {self.record.short}{where(self.runs)}"

    def tell(self, stage: str, message: str, **numbers: object) -> None:
        """Tell the observer; texts of services are made inert here."""
        self.observer.on(stage, safe(message), **numbers)

    def trainer(self) -> Trainer:
        """The trainer, made at its first use, once for all jobs of a sweep."""
        if self.whole is not None:
            return self.whole.trainer()
        if self._trainer is None:
            self._trainer = self.tools.trainer(self.services.trainer)
        return self._trainer

    def service_names(self) -> dict[str, str]:
        """Provider and host of those who get the files, the prompts, and (the judge) answers and references."""
        completer = self.tools.completer(self.services.completer)
        judge = self.spec.evaluate.judge
        names = {"trainer": self.trainer().name, "completer": completer.name}
        asked = {f"comparison {entry.name}": entry.service for entry in self.spec.evaluate.compare}
        if judge is not None:
            asked["judge"] = judge.service
        return names | {role: self.tools.completer(service).name for role, service in asked.items()}

    def close(self) -> None:
        """Close what was opened, the journal included."""
        if self._trainer is not None:
            self._trainer.close()
        self.journal.close()

    def stage(self, name: str, work: Callable[[Run], dict[str, Any]]) -> dict[str, Any]:
        """The stage's result: from the journal where it is done, else by doing it."""
        if name in self.state.done:
            return self.state.done[name]
        self.tell(name, "started")
        self.journal.intent(name)
        result = work(self)
        self.journal.done(name, **result)
        self.tell(name, "done")
        return result

    def file(self, role: Role) -> Path:
        """The training or validation file, wherever it lies."""
        return self.folder / str(self.state.done["convert"]["files"][role.value]["path"])

    def checked(self, role: Role) -> dict[str, Any] | None:
        """What the check said of a file (path, sha256, bytes, examples, tokens), or None without such a file."""
        found: dict[str, dict[str, Any]] = self.state.done["check"]["files"]
        return found.get(role.value)

    def service_failed(self, stage: str, error: ServiceError) -> ServiceFailed:
        """The error for a remote service that failed for good; the run can be taken up again."""
        return ServiceFailed(f"{stage}: {safe(error.message)}", f"{_class_of(error)}: {self.resume_command}")

    def refused(self, stage: str, failure: Failure, **data: Any) -> FtlintError:
        """Journal that the service refused or ended a step, and give the error to raise."""
        failure = dataclasses.replace(failure, message=self.tools.mask(failure.message))  # it may quote an example
        role = _BLOCKED.get(failure.kind)
        blocked = self.checked(role) if role else None
        self.journal.failed(
            stage,
            kind=failure.kind.value,
            message=failure.message,
            provider=self.provider,
            blocked_sha256=[blocked["sha256"]] if blocked else [],
            **data,
        )
        return refusal(failure, data.get("job_id"))


def _class_of(error: ServiceError) -> str:
    """Class and remedy of a call that failed, up to the command that goes on."""
    if isinstance(error, AuthError):
        return "wrong-key: the service does not take the key, or the key may not do this; mend it, nothing was lost"
    failure = classify(error)
    if failure.kind is FailureKind.QUOTA:
        return f"{failure.kind.value}: {failure.remedy}"
    if failure.kind is FailureKind.TRANSIENT:
        return f"{failure.kind.value}: {failure.summary}, or cannot be reached; nothing was lost"
    return "nothing was lost"


def refusal(failure: Failure, job_id: str | None) -> JobRefused:
    """The error of a refused or ended job: what it is, the service's own words, and the remedy."""
    about = f" (job {job_id})" if job_id else ""
    return JobRefused(f"{failure.summary}{about}: {failure.message}", f"{failure.kind.value}: {failure.remedy}")
