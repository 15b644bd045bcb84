"""Moderation pre-flight: examples to units, units to verdicts, verdicts to ranked problems.

Stages: ``units`` (1), ``plan`` (2), ``screen`` with ``cache`` and ``limit`` (3), ``place`` (4), ``judge`` (5);
``preflight`` runs them. ``batch`` stands in for ``screen``, and ``guard`` asks another model.
"""

from __future__ import annotations

from ftlint.moderation.course import Preflight
from ftlint.moderation.judge import Judged, Levels
from ftlint.moderation.levels import tier_limits, watch_levels
from ftlint.moderation.limit import UNMETERED, Limits
from ftlint.moderation.plan import Plan
from ftlint.moderation.preflight import PreflightInterrupted, plan_only, preflight
from ftlint.moderation.screen import Progress
from ftlint.moderation.units import Row, RowImage

__all__ = [
    "UNMETERED",
    "Judged",
    "Levels",
    "Limits",
    "Plan",
    "Preflight",
    "PreflightInterrupted",
    "Progress",
    "Row",
    "RowImage",
    "plan_only",
    "preflight",
    "tier_limits",
    "watch_levels",
]
