"""ftlint on one planted file, in this process: did the expected rule fire, at its level, at its line, and what else?"""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.detection.clean import Clean
from benchmarks.detection.field import Kind, Planted
from ftlint import engine
from ftlint import settings as ftlint_settings
from ftlint.model import Finding, Level, Report, Role
from ftlint.rulebook import load_book
from ftlint.settings import ModerationSettings, Settings

TODAY = datetime.date(2026, 11, 22)


@dataclass(frozen=True)
class Outcome:
    """What ftlint said of one planted defect.

    Attributes:
        status: ``found``, ``wrong level``, ``wrong line``, ``missed`` or ``not built``.
        wrongly: other findings, as ``CODE level @line``; those at info are told apart in ``info``.
    """

    kind: Kind
    status: str
    found: str = ""
    wrongly: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Found as it should be, and nothing else at warning or above."""
        return self.status == "found" and not self.wrongly


def missing(kind: Kind) -> str | None:
    """Why a kind cannot be judged yet: its rule, or a setting that it needs, does not exist; else None."""
    if kind.code not in load_book().rules:
        return f"{kind.code} is not in the book"
    fields = {field.name for field in dataclasses.fields(Settings)}
    lacking = sorted(set(kind.settings) - fields)
    return f"ftlint.settings.Settings has no `{lacking[0]}`" if lacking else None


def judge(kind: Kind, folder: Path, seed: int) -> Outcome:
    """Plant, check, compare."""
    if missing(kind):
        return Outcome(kind, "not built", missing(kind) or "")
    planted = kind.planted(seed)
    paths = write(planted, folder)
    started = time.perf_counter()
    report = check(paths, _settings(kind.settings, folder))
    seconds = time.perf_counter() - started
    return _outcome(kind, planted, report, seconds)


def write(planted: Planted, folder: Path) -> list[tuple[Path, Role]]:
    """The files on disk, in a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    train = folder / planted.name
    train.write_bytes(planted.train)
    if planted.grow:
        with train.open("r+b") as file:
            file.truncate(planted.grow)
    paths = [(train, Role.TRAIN)]
    if planted.validation is not None:
        held = folder / "validation.jsonl"
        held.write_bytes(planted.validation)
        paths.append((held, Role.VALIDATION))
    if planted.against is not None:
        (folder / "against.jsonl").write_bytes(planted.against)
    return paths


def check(paths: Sequence[tuple[Path, Role]], settings: Settings) -> Report:
    """The offline report; nothing is sent anywhere."""
    return engine.check(paths, settings)


def clean_findings(clean: Clean, folder: Path) -> list[Finding]:
    """All findings on a valid file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "train.jsonl"
    path.write_bytes(clean.data())
    return list(check([(path, Role.TRAIN)], _settings(clean.settings, folder)).findings)


def _settings(given: dict[str, Any], folder: Path) -> Settings:
    values: dict[str, Any] = {"today": TODAY, "moderation": ModerationSettings(cache=False), **given}
    if isinstance(values.get("job"), dict):
        values["job"] = ftlint_settings.JobSettings(**values["job"])
    if values.get("against") is True:
        values["against"] = (folder / "against.jsonl",)
    return Settings(**values)


def _outcome(kind: Kind, planted: Planted, report: Report, seconds: float) -> Outcome:
    mine = [finding for finding in report.findings if finding.code == kind.code]
    others = [finding for finding in report.findings if finding.code != kind.code and finding.code not in kind.also]
    spill = [finding for finding in mine if planted.lines and not _there(finding, planted)]
    placed = [finding for finding in mine if not planted.lines or _there(finding, planted)]
    levelled = [finding for finding in placed if finding.level == kind.level]
    if not mine:
        status = "missed"
    elif not placed:
        status = "wrong line"
    elif not levelled:
        status = "wrong level"
    else:
        status = "found"
    wrong = [*others, *(spill if placed else [])]
    shown = (levelled or placed or mine or [None])[0]
    return Outcome(
        kind,
        status,
        f"{_word(shown)}: {shown.message}" if shown else "",
        tuple(_word(finding) for finding in wrong if finding.level is not Level.INFO),
        tuple(_word(finding) for finding in wrong if finding.level is Level.INFO),
        seconds,
    )


def _there(finding: Finding, planted: Planted) -> bool:
    is_validation = finding.path.endswith("validation.jsonl")
    return finding.line in planted.lines and is_validation == (planted.role == "validation")


def _word(finding: Finding) -> str:
    return f"{finding.code} {finding.level.value} @{finding.line or 'file'}"
