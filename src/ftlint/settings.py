"""What a check is asked to do: one frozen record that config files, environment and flags are folded into."""

from __future__ import annotations

import datetime
from dataclasses import field
from pathlib import Path

from ftlint.model import Format, Level
from ftlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """The user's own prices, USD per one million tokens; None means unknown, 0 is a price."""

    training: float | None = None
    input: float | None = None
    output: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """Where one role (moderator, trainer, completer) is served. The key itself is read from the environment late.

    Attributes:
        provider: a name of ``rules/providers.toml``.
        base_url: None for the provider's own address.
        api_key_env: name of the environment variable that holds the key.
    """

    provider: str = "openai"
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """A chat model that is asked for a second opinion on every text.

    Attributes:
        base_url: of an OpenAI-compatible server.
        model: None for the one that ``rules/moderation.toml`` names.
        api_key_env: name of the variable that holds the key; empty where none is needed (a server on this machine).
    """

    base_url: str
    model: str | None = None
    api_key_env: str = ""

    @property
    def service(self) -> ServiceConfig:
        """Where it is served."""
        return ServiceConfig("guard", self.base_url, self.api_key_env)


@dataclass(frozen=True, slots=True)
class Services:
    """One service per role, each configured apart; ``guard`` is None where no second opinion is asked for."""

    moderator: ServiceConfig = ServiceConfig()
    trainer: ServiceConfig = ServiceConfig()
    completer: ServiceConfig = ServiceConfig()
    guard: GuardConfig | None = None


@dataclass(frozen=True, slots=True)
class ModerationSettings:
    """How texts are screened. ``watch`` overrides levels of ``rules/moderation.toml`` (category to 0..1).

    ``sample`` limits a pass to so many examples; such a pass never counts as complete.
    """

    watch: dict[str, float] = field(default_factory=dict)
    tier: str = "1"
    cache: bool = True
    cache_dir: Path | None = None
    required: bool | None = None
    thorough: bool = False
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Prompts:
    """How the prompt of the evaluation differs from that of the training: the role, and both from there on."""

    role: str
    training: str
    evaluation: str


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What a job is going to be created with, so that it is judged before the upload; ``run`` fills it in.

    Attributes:
        hyperparameters: by name, as given to the service (``"auto"`` included).
        suffix: of the tuned model's name, or None; ``metadata``: of the job.
        max_cost: the budget in USD, or None for no budget.
        grader_fields: what the grader reads of each row, without ``item.``: ``("reference", "answer.value")``.
        prompts: where the evaluation asks another question than the training; None where it asks the same.
    """

    hyperparameters: dict[str, object] = field(default_factory=dict)
    suffix: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    max_cost: float | None = None
    grader_fields: tuple[str, ...] = ()
    prompts: Prompts | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many findings of one rule, level and file a report holds; the others are counted only.

    What moderation finds is always held: its findings say which texts are not to be shown.

    Attributes:
        severe: errors, and warnings; None for all of them. ``infos``: those of level info.
        frames: findings that keep the piece of the line round them.
    """

    severe: int | None = 10_000
    infos: int | None = 1000
    frames: int = 1000


EVERYTHING = Kept(None, None, 0)
"""For what acts on findings and does not show them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a check depends on besides the files.

    Attributes:
        select: rules to run (codes, names, prefixes, ALL); ``extend_select`` adds, ``ignore`` takes away.
        severity: rule to level, as the user wants it.
        format: the declared format, or None to decide by the majority of rows.
        method: ``supervised``, ``dpo``, ``reinforcement``, or None for what fits the format.
        epochs: the number of epochs, or None for the documented estimate.
        tokens: False counts only lines whose bytes could exceed a limit (the hook).
        today: the day that every date rule uses.
        rules: folders with the user's own rule files.
        per_file: pattern of files to the rules that are left out in them; patterns are relative to ``root``.
        accepted: the file of acceptances, or None to accept nothing.
        fail_on: the level at which a finding closes the gate.
        batch_lines: lines per batch; the report does not depend on it.
        incremental: judge only the rows that have changed since the last check; None means in a hook, of a large file.
        jobs: processes, or None for as many as the machine and the files are worth; the report does not depend on it.
        kept: how many findings the report holds; its counts do not depend on it.
        against: files of benchmarks that no row may overlap with.
        network: images that rows name by address are asked for (FT806).
        run: the check is part of ``ftlint run`` (some rules belong to it alone).
        job: what the job will be created with; None where no job is planned, and its rules have nothing to look at.
    """

    today: datetime.date
    select: tuple[str, ...] = ("ALL",)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Level] = field(default_factory=dict)
    provider: str = "openai"
    model: str | None = None
    format: Format | None = None
    method: str | None = None
    epochs: int | None = None
    price: Price | None = None
    tokens: bool = True
    rules: tuple[Path, ...] = ()
    fail_on: Level = Level.WARNING
    services: Services = Services()
    moderation: ModerationSettings = ModerationSettings()
    phone_regions: tuple[str, ...] = ()
    accepted: Path | None = None
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    root: Path = Path()
    batch_lines: int = 2000
    jobs: int | None = None
    incremental: bool | None = None
    kept: Kept = Kept()
    network: bool = False
    run: bool = False
    against: tuple[Path, ...] = ()
    job: JobSettings | None = None


def key_variable(provider: str) -> str:
    """The environment variable that usually holds the provider's key: ``AZURE_OPENAI_API_KEY``."""
    return "AZURE_OPENAI_API_KEY" if provider == "azure" else f"{provider.upper().replace('-', '_')}_API_KEY"
