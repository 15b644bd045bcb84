"""What a run reaches the world through: the check, the gate, the services, the sandbox, the clock. Tests give fakes."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ftlint import catalog
from ftlint.model import Report, Role
from ftlint.services.interface import Completer, Moderator, Trainer
from ftlint.settings import Price, ServiceConfig, Settings

Files = Sequence[tuple[Path, Role]]


class Observer(Protocol):
    """Is told how a run goes; draws it, logs it, or does nothing. It must not raise."""

    def on(self, stage: str, message: str, **numbers: object) -> None:
        """One step of progress.

        Args:
            stage: ``convert``, ``check``, ``gate``, ``baseline``, ``upload``, ``submit``, ``follow``, ``evaluate``,
                ``compare``, ``report``; ``rehearsal`` for its announcement.
            message: what happened, inert text in lower case: ``started``, ``done``, ``answers``, ``status`` ...
            numbers: its figures: ``done`` and ``total`` of a progress bar, ``step`` and losses of a metric.
        """


class Silent:
    """The observer that does nothing."""

    def on(self, stage: str, message: str, **numbers: object) -> None:
        """Nothing."""


class Sandbox(Protocol):
    """A running sandbox. ``base_url`` ends where the paths of the protocol begin."""

    base_url: str

    def stop(self) -> None:
        """End the server; its state stays on disk."""


class Check(Protocol):
    """``ftlint.engine.check``, as far as a run needs it."""

    def __call__(self, files: Files, settings: Settings, *, online: bool) -> Report:
        """Check the files; ``online`` runs moderation to the end."""


class Judge(Protocol):
    """``ftlint.gate.reasons``: why nothing may be submitted; an empty list opens the gate."""

    def __call__(self, report: Report, *, moderation_required: bool, max_cost: float | None) -> list[str]:
        """The reasons, each a clause in lower case."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything outside of a run.

    Attributes:
        has_key: a key is present for this service, or none is needed.
        sandbox: starts a sandbox over a state folder, with a file of faults or none.
        report_json: the report as JSON text.
        price: prices of (provider, model), or None where none is known.
        mask: a text with its personal data starred out.
        now: seconds since 1970; ``clock`` counts seconds and never jumps.
        sleep: waits for seconds; ``pause`` does so in a coroutine.
        new_id: eight characters that no other run has.
    """

    check: Check
    judge: Judge
    trainer: Callable[[ServiceConfig], Trainer]
    completer: Callable[[ServiceConfig], Completer]
    moderator: Callable[[ServiceConfig], Moderator]
    has_key: Callable[[ServiceConfig], bool]
    sandbox: Callable[[Path, Path | None], Sandbox]
    report_json: Callable[[Report], str]
    price: Callable[[str, str], Price | None]
    mask: Callable[[str], str]
    now: Callable[[], float] = time.time
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    new_id: Callable[[], str] = lambda: new_id()


def new_id() -> str:
    """Eight characters of lower-case letters and digits that are hard to confuse (40 bits of chance)."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


def real_tools() -> Tools:
    """The real world. Modules are imported here, so that ``--help`` pays for none of them."""
    from ftlint import engine, gate, privacy
    from ftlint.reports import Options, json_
    from ftlint.services import build

    return Tools(
        check=engine.check,
        judge=gate.reasons,
        trainer=build.trainer,
        completer=build.completer,
        moderator=build.moderator,
        has_key=build.has_key,
        sandbox=_start_sandbox,
        report_json=lambda report: json_.render(report, Options()),
        price=list_price,
        mask=privacy.mask,
    )


def _start_sandbox(state: Path, faults: Path | None) -> Sandbox:
    from ftlint.sandbox import launch

    # It ends with this process, however that ends; what it knows stays in its folder for a resume.
    return launch.start(state, faults=faults, parent=os.getpid())


def list_price(provider: str, model: str) -> Price | None:
    """The provider's list price of the model, or None where none is known."""
    known = catalog.find_model(model)
    found = known.price(provider) if known else None
    return Price(found.training, found.input, found.output) if found else None


def with_prices(tools: Tools, price: Price | None) -> Tools:
    """The tools with the user's own prices in front of the known ones."""
    if price is None:
        return tools
    known = tools.price

    def look(provider: str, model: str) -> Price:
        found = known(provider, model) or Price()
        return Price(
            training=found.training if price.training is None else price.training,
            input=found.input if price.input is None else price.input,
            output=found.output if price.output is None else price.output,
        )

    return dataclasses.replace(tools, price=look)
