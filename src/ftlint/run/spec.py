"""What a run is asked to do: ``run.toml`` as frozen records. Reading and checking it is ``load.py``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from ftlint.catalog import load_providers
from ftlint.model import Level
from ftlint.settings import Price, ServiceConfig, Services, key_variable

JOB = "{job}"
"""Stands in ``evaluate.tuned_model`` for the number of a sweep's job."""
METRICS = ("rouge1", "rouge2", "rougeL")
"""What is scored where the run file does not say."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to take from a source.

    Attributes:
        source: as it stands in the file: a path or a Hugging Face id.
        path: the local file, or None for a Hugging Face id.
        split: the split of a Hugging Face dataset; local files have none.
        config: the configuration of a Hugging Face dataset; ``revision`` pins its version.
        sample: rows to draw after shuffling with the dataset's seed, or None for all rows in the file's order.
        skip: rows to pass over first (after shuffling, if there is a sample).
    """

    source: str
    path: Path | None
    split: str | None = None
    config: str | None = None
    revision: str | None = None
    sample: int | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """Either ready files (paths, rows with ``messages``) or parts to convert; never both.

    Attributes:
        heldout: None to evaluate on the validation rows.
    """

    seed: int
    train: Path | Part
    validation: Path | Part | None
    heldout: Path | Part | None

    @property
    def ready(self) -> bool:
        """The files are training files already."""
        return isinstance(self.train, Path)


@dataclass(frozen=True, slots=True)
class PromptSpec:
    """A prompt: one for training and evaluation alike, or one for each.

    ``references`` are columns or templates; empty for the answer.
    """

    system: str | None
    user: str
    answer: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepEntry:
    """One job of a sweep: ``[train]`` with its changes, a key of the table to its value there."""

    train: TrainSpec
    changes: dict[str, Any]

    @property
    def told(self) -> str:
        """The changes in words: ``learning_rate_multiplier 0.5, seed 7``."""
        shown = (f"{name} {value}" for name, value in self.changes.items() if not isinstance(value, dict))
        others = (name for name, value in self.changes.items() if isinstance(value, dict))
        return ", ".join([*shown, *others]) or "as [train] says"


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """The job. ``model`` is the base model's snapshot; ``method`` is ``supervised``, ``dpo`` or ``reinforcement``.

    Attributes:
        hyperparameters: only those that were given, as the API takes them; ``"auto"`` is the service's own choice.
        grader: of a reinforcement job, as the API takes it.
        integrations: as the API takes them (``wandb``).
        training_type: where the training runs, for a provider that asks (Azure: ``Standard``, ``GlobalStandard`` ...).
        keep_files: uploads stay at the service; else they vanish there after 30 days, where it can do that.
        sweep: the jobs that are created one after another in place of this one; empty for this one.
    """

    provider: str
    model: str
    method: str
    suffix: str | None
    seed: int | None
    metadata: dict[str, str]
    hyperparameters: dict[str, Any]
    grader: dict[str, Any] | None = None
    integrations: tuple[dict[str, Any], ...] = ()
    keep_files: bool = False
    training_type: str | None = None
    sweep: tuple[SweepEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """Another model to evaluate on the same held-out examples. ``price`` goes before the provider's list."""

    name: str
    model: str
    service: ServiceConfig
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """A model that grades answers from 0 to 10.

    Attributes:
        prompt: its instructions, or None for ours (see ``grading.py``).
        max_tokens: of a grade; models that think first need more than the number does.
        price: goes before the provider's list.
    """

    model: str
    service: ServiceConfig
    prompt: str | None
    max_tokens: int
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class EvaluateSpec:
    """How systems answer and are scored.

    Attributes:
        concurrency: answers asked for at the same time, at most; it begins with 8 and grows while nothing goes wrong.
        sample: held-out examples to use (drawn with the dataset's seed, kept in order), or None for all.
        base_model: the name that the completer knows the base model by, where it differs (Azure deployments).
        tuned_model: the same for the tuned model.
        reference: a column or a template: what a reinforcement example is compared with.
        prompt: another prompt than that of the training, or None for the same.
        checkpoints: the models that the job saved on the way are evaluated, too.
        reuse: the base model's answers to the same requests are taken from earlier runs.
        tokenizer: how the metrics count where a script writes no spaces: ``characters`` or ``words-ja``.
        judge: grades answers for the metric ``judge``.
    """

    temperature: float
    max_tokens: int
    concurrency: int
    metrics: tuple[str, ...]
    sample: int | None
    base_model: str | None
    tuned_model: str | None
    compare: tuple[CompareSpec, ...]
    reference: str | None = None
    prompt: PromptSpec | None = None
    checkpoints: bool = False
    reuse: bool = True
    tokenizer: str = "characters"
    judge: JudgeSpec | None = None


@dataclass(frozen=True, slots=True)
class GateSpec:
    """What may close the gate. ``max_cost`` is in USD; ``min_gain`` in points of ``metric`` on the 0..100 scale.

    Attributes:
        fail_on: None for the level of the other configuration.
        moderation: ``required``, ``optional``, or None for what the provider suggests.
        ignore: rules that do not run.
    """

    fail_on: Level | None
    max_cost: float | None
    moderation: str | None
    ignore: tuple[str, ...]
    min_gain: float | None
    metric: str


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A whole ``run.toml``.

    Attributes:
        path: the file; other paths are relative to its folder.
        text: its content, kept in the run's folder for a resume.
        moderator: the service that ``[services.moderator]`` names, or None; likewise the others.
    """

    path: Path
    text: str
    dataset: DatasetSpec
    prompt: PromptSpec | None
    train: TrainSpec
    evaluate: EvaluateSpec
    gate: GateSpec
    price: Price | None
    moderator: ServiceConfig | None
    trainer: ServiceConfig | None
    completer: ServiceConfig | None

    def services(self, base: Services) -> Services:
        """The service of each role: this file's, else what ``base`` has for the provider, else the provider's own.

        Where this file says who trains, the same service answers and, if it can, moderates.
        """
        provider = self.train.provider
        own = self.trainer or ServiceConfig(provider=provider, api_key_env=key_variable(provider))

        def pick(configured: ServiceConfig) -> ServiceConfig:
            return configured if configured.provider == provider and self.trainer is None else own

        moderator = base.moderator
        if moderator.provider != own.provider and load_providers()[own.provider].has_moderation:
            moderator = own
        return Services(
            moderator=self.moderator or moderator,
            trainer=pick(base.trainer),
            completer=self.completer or pick(base.completer),
            guard=base.guard,
        )

    def resolved(self) -> dict[str, Any]:
        """Every value, defaults included, as plain JSON."""
        tree: dict[str, Any] = _plain(dataclasses.asdict(self))
        del tree["text"]
        return tree


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value.value if isinstance(value, Enum) else value
