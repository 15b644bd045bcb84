"""Stage: sandbox, the stand-in for a judge. It grades by shared words: a plain rule, and no model's judgement."""

from __future__ import annotations

import json

from ftlint.sandbox.learner import overlap

_KEYS = {"asked", "references", "answer"}
_BEST = 10


def grade(prompt: str) -> str | None:
    """The grade of an answer, a whole number from 0 to 10: ten times the words shared with its best reference.

    Args:
        prompt: what the last user message says.

    Returns:
        None where it is not what `ftlint run` shows a judge: a JSON object of `asked`, `references` and `answer`.
    """
    try:
        shown = json.loads(prompt) if prompt.startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(shown, dict) or set(shown) != _KEYS:
        return None
    answer, references = shown["answer"], shown["references"]
    if not isinstance(answer, str) or not isinstance(references, list):
        return None
    shares = (overlap(answer, reference) for reference in references if isinstance(reference, str))
    return str(round(_BEST * max(shares, default=0.0)))
