"""The prompts of training and evaluation side by side: where they differ, the model is asked what it was not taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ftlint.run.heldout import HeldOut, Message, content_text, read_parts
from ftlint.run.spec import PromptSpec, RunSpec
from ftlint.run.template import Template, parse_template
from ftlint.settings import Prompts

_BEFORE = 24
"""Characters before the first difference that are shown."""
_LEAST_ROWS = 10
_LEAST_TEXT = 20
"""Characters that so many rows do not begin or end with by chance."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the prompts of all rows of a training file have in common.

    Attributes:
        systems: the different system texts; "" where a row has none.
        first, last: what every user's message begins and ends with.
    """

    count: int
    systems: frozenset[str]
    first: str
    last: str


def difference(spec: RunSpec, train: Path, heldout: Sequence[HeldOut]) -> Prompts | None:
    """Where the prompt of the evaluation is another than that of the training, or None.

    Args:
        spec: the run; without ``[evaluate.prompt]`` there is one prompt and no difference.
        train: the training file, of which the prompt is read where no template says it.
        heldout: what will be asked: what data have in common is not taken for a prompt.

    Raises:
        InputError: the training file cannot be read.
    """
    asked = spec.evaluate.prompt
    if asked is None:
        return None
    if spec.prompt is not None:
        return _of_templates(spec.prompt, asked)
    rows = _common([parts.messages for parts in read_parts(train) if parts])
    return _of_rows(rows, _common([example.messages for example in heldout]), asked) if rows.count else None


def _of_templates(trained: PromptSpec, asked: PromptSpec) -> Prompts | None:
    """Compared as they are written, columns by their names."""
    for role, one, other in (("system", trained.system, asked.system), ("user", trained.user, asked.user)):
        if (one or "") != (other or ""):
            return _shown(role, one or "", other or "")
    return None


def _of_rows(rows: _Rows, heldout: _Rows, asked: PromptSpec) -> Prompts | None:
    """The fixed text of a template against what all rows of a ready file have in common."""
    system = asked.system or ""
    if "{" not in system.replace("{{", "") and rows.systems != {parse_template(system, "").fill({}) if system else ""}:
        other = sorted(rows.systems - {system})
        return _shown("system", other[0] if other else "", system)
    first, last = _edges(parse_template(asked.user, ""))
    certain = min(rows.count, heldout.count) >= _LEAST_ROWS
    left = len(rows.first) - len(_shared([rows.first, heldout.first]))
    if not rows.first.startswith(first) or (certain and left >= _LEAST_TEXT):
        return _shown("user", rows.first, first)
    left = len(rows.last) - len(_shared([rows.last[::-1], heldout.last[::-1]]))
    if not rows.last.endswith(last) or (certain and left >= _LEAST_TEXT):
        return _shown("user", rows.last, last)
    return None


def _edges(template: Template) -> tuple[str, str]:
    """The fixed text before the first column and behind the last one."""
    texts = ["" if is_column else text for is_column, text in template.parts]
    columns = [at for at, (is_column, _) in enumerate(template.parts) if is_column]
    if not columns:
        return "".join(texts), ""
    return "".join(texts[: columns[0]]), "".join(texts[columns[-1] + 1 :])


def _common(prompts: Sequence[list[Message]]) -> _Rows:
    users: list[str] = []
    systems: set[str] = set()
    for messages in prompts:
        held = [content_text(message.get("content")) for message in messages if message.get("role") == "user"]
        users += held[-1:]
        told = [message for message in messages if message.get("role") in ("system", "developer")]
        systems.add("\n".join(content_text(message.get("content")) for message in told))
    last = _shared([text[::-1] for text in users])[::-1]
    return _Rows(len(users), frozenset(systems), _shared(users), last)


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with: what the first and the last of them in order begin with."""
    low, high = min(texts, default=""), max(texts, default="")
    least = min(len(low), len(high))
    return low[: next((at for at in range(least) if low[at] != high[at]), least)]


def _shown(role: str, trained: str, asked: str) -> Prompts:
    """Both from a little before the first difference on."""
    at = max(0, len(_shared([trained, asked])) - _BEFORE)
    mark = "…" if at else ""
    return Prompts(role, *(mark + text[at:] if text[at:] else "nothing" for text in (trained, asked)))
