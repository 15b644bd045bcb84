"""What models answered, before a moderator: counts per system, where the training files had to be moderated, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftlint import moderation
from ftlint.model import Role, Text
from ftlint.moderation.judge import NOT_MODERATED
from ftlint.run.answers import Answer
from ftlint.run.context import Run
from ftlint.services import build


def moderate(run: Run, answers: Mapping[str, Mapping[int, Answer]]) -> dict[str, dict[str, Any]]:
    """Score every answer's text; verdicts that the cache has are not asked again.

    A service that fails leaves answers without a verdict, and that is said; it does not end the run.

    Returns:
        System to ``texts``, ``flagged`` (by the service), ``watched`` (at or over a watch level, not flagged),
        ``missing`` (without a verdict), the worst ``categories`` and ``reason`` where the pass is not complete.
    """
    run.tell("compare", "moderating what was answered")
    return {name: _one(run, name, given) for name, given in answers.items()}


def _one(run: Run, name: str, answers: Mapping[int, Answer]) -> dict[str, Any]:
    config = run.services.moderator
    metered = build.metered(config) and config.base_url is None
    rows = list(_rows(name, answers))
    found = moderation.preflight(
        lambda: rows,
        run.tools.moderator(config),
        run.settings.moderation,
        mask=lambda text: text,  # personal data is part of what is judged
        limits=None if metered else moderation.UNMETERED,
        clock=run.tools.clock,
        sleep=run.tools.pause,
    )
    problems = [judged.problem for judged in found.problems]
    marked = [problem for problem in problems if problem.code != NOT_MODERATED]
    counts = {
        kind: sum(p.data["places"] for p in marked if p.data["flagged"] is (kind == "flagged")) for kind in _KINDS
    }
    categories = {category for problem in marked for category in problem.data["categories"]}
    return {
        "texts": len(rows),
        **counts,
        "missing": sum(problem.data["places"] for problem in problems if problem.code == NOT_MODERATED),
        "categories": sorted(categories),
        "reason": found.summary.reason if found.summary.status != "complete" else None,
    }


_KINDS = ("flagged", "watched")


def _rows(name: str, answers: Mapping[int, Answer]) -> Iterator[moderation.Row]:
    for key, answer in sorted(answers.items()):
        texts = [("content", answer.text)] if answer.text else []
        texts += [("arguments", call["arguments"]) for call in answer.calls or [] if call["arguments"]]
        if texts:
            parts = [
                Text(text, key, (kind, index), "assistant", kind, False) for index, (kind, text) in enumerate(texts)
            ]
            yield moderation.Row(name, Role.VALIDATION, key, parts)
