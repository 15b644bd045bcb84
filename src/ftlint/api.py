"""The Python API: ``ftlint.check`` for notebooks and scripts. It prints nothing, reads no configuration by itself."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import fields
from html import escape
from os import PathLike
from pathlib import Path
from typing import Literal

from ftlint import config, engine
from ftlint.errors import UsageError
from ftlint.model import Report, Role
from ftlint.records import dataclass
from ftlint.reports import FORMATS, Options, render
from ftlint.reports.html_ import page
from ftlint.reports.sentence import one_line

__all__ = ["CheckReport", "check"]

PathOrPaths = str | PathLike[str] | Sequence[str | PathLike[str]]
_NOTEBOOK_FINDINGS = 60


@dataclass(frozen=True, slots=True)
class CheckReport(Report):
    """A report that shows itself: as a page in a notebook, as one sentence elsewhere.

    All attributes are those of ``ftlint.model.Report``: ``verdict``, ``findings``, ``files``, ``cost`` and so on.
    """

    @property
    def clean(self) -> bool:
        """Nothing stands at or above ``fail_on``, and nothing was left unchecked that had to be checked.

        True for ``clean`` and for ``offline-clean``; look at ``verdict`` to tell whether moderation has run.
        """
        return self.verdict in ("clean", "offline-clean")

    def render(self, output_format: str = "full", *, show_text: bool = False, width: int = 100) -> str:
        """The report in one of the output formats of the command line.

        Args:
            output_format: ``full``, ``concise``, ``json``, ``jsonl``, ``github``, ``gitlab``, ``junit``, ``sarif``,
                ``markdown`` or ``html``.
            show_text: show text that moderation flagged.
            width: characters per line of code frames (``full``).

        Raises:
            UsageError: there is no such format.
        """
        if output_format not in FORMATS:
            raise UsageError(f"there is no output format `{output_format}`", f"use one of {', '.join(FORMATS)}")
        return render(self, output_format, Options(width=width, show_text=show_text))

    def __repr__(self) -> str:
        """``<ftlint report: train.jsonl: 100 examples, no findings; ...; verdict: offline-clean>``."""
        return f"<ftlint report: {one_line(self)}>"

    def _repr_html_(self) -> str:
        """The HTML page in a frame of its own, so that its styles and the notebook's do not meet."""
        whole = page(self, Options(), _NOTEBOOK_FINDINGS)
        style = "width:100%;height:640px;border:1px solid #8884;border-radius:8px"
        return f'<iframe sandbox srcdoc="{escape(whole)}" style="{style}" title="ftlint report"></iframe>'


def check(
    path: PathOrPaths,
    *,
    validation: PathOrPaths | None = None,
    model: str | None = None,
    provider: str | None = None,
    method: str | None = None,
    format: str | None = None,  # noqa: A002 (the name of the option and of the setting)
    epochs: int | None = None,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    fail_on: str | None = None,
    tokens: bool | None = None,
    online: bool = False,
    network: bool = False,
    config_file: str | PathLike[str] | None = None,
    today: datetime.date | None = None,
    jobs: int | Literal["auto"] = 1,
) -> CheckReport:
    """Check training files: every defect, with its place and a remedy, and what the job would cost.

    Nothing is printed, no configuration is looked for, and nothing is sent anywhere unless ``online`` or ``network`` is
    true.
    Findings are in the report, never raised.

    Args:
        path: a JSONL file, or several.
        validation: a validation file, or several.
        model: the base model; without it, what holds for every trainable model of the provider.
        provider: where the job will run (default: ``openai``).
        method: ``supervised``, ``dpo`` or ``reinforcement`` (default: what fits the format).
        format: ``chat``, ``preference``, ``reinforcement``, ``completion`` or ``auto`` (default: as most rows are).
        epochs: number of epochs, for the cost (default: the documented estimate).
        select: rules to run: codes, names, prefixes, ``ALL``; ``extend_select`` adds and ``ignore`` takes away.
        extend_select: rules to run too.
        ignore: rules to leave out.
        fail_on: the level that makes the verdict ``findings``: ``error``, ``warning`` (default) or ``info``.
        tokens: False counts tokens only where a line could be over a limit.
        online: run the moderation pass to the end; the key comes from the environment.
        network: ask for the images that rows name by address.
        config_file: an ``ftlint.toml`` to start from; the arguments above go before it.
        today: the day that date rules use (default: the clock's).
        jobs: processes that judge a large file; ``"auto"`` for what the machine has.

    Returns:
        The report; ``report.verdict`` is the result, ``report.findings`` the list. Of each rule and file it holds the
        first 10,000 errors or warnings and the first 1,000 infos; ``counts()`` and ``by_code()`` count all.

    Raises:
        InputError: a path cannot be read.
        ConfigError: an argument or the configuration file has a value that does not fit.
        UsageError: a rule or provider is unknown, no file or one file twice is named, or ``online`` and no key.
    """
    named: list[tuple[Path, Role]] = [
        *((file, Role.TRAIN) for file in _paths(path)),
        *((file, Role.VALIDATION) for file in _paths(validation)),
    ]
    if not named:
        raise UsageError("no file is named", 'ftlint.check("train.jsonl")')
    if len({file for file, _ in named}) < len(named):
        raise UsageError("a file is named twice", "name every file once")
    flags = {"provider": provider, "model": model, "method": method, "format": format, "epochs": epochs}
    lists = {"select": select, "extend-select": extend_select, "ignore": ignore}
    settings = config.resolve(
        start=Path(),
        today=today or datetime.date.today(),
        config=[str(config_file)] if config_file is not None else [],
        isolated=config_file is None,
        environ={},
        flags={
            **flags,
            **{name: _words(name.replace("-", "_"), words) for name, words in lists.items()},
            "fail-on": fail_on,
            "tokens": tokens,
            "network": network or None,
            "jobs": jobs,
        },
    ).settings
    report = engine.check([(file, role) for file, role in named], settings, online=online)
    return CheckReport(**{field.name: getattr(report, field.name) for field in fields(Report)})


def _paths(given: PathOrPaths | None) -> list[Path]:
    if given is None:
        return []
    return [Path(given)] if isinstance(given, (str, PathLike)) else [Path(each) for each in given]


def _words(name: str, given: Sequence[str] | None) -> tuple[str, ...] | None:
    """A list of rules; one string alone would be taken letter by letter."""
    if isinstance(given, str):
        raise UsageError(f"`{name}` is a text, and a list is wanted", f'{name}=["{given}"]')
    return None if given is None else tuple(given)
