"""Stage: sandbox, training. From validated examples to a plan, and from a part of the plan to parameters and metrics.

"Loss" is -ln(max(F1, 0.01)) and "accuracy" the F1 of the words that the stand-in's answer shares with the example's,
both measured before the stand-in has learned from that part of the data: real measurements, though not of a language
model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ftlint.sandbox.learner import Pair, Parameters, answer, lead, learn, overlap
from ftlint.sandbox.messages import last_user_text, text_of
from ftlint.sandbox.words import count_tokens

_STEPS_SHOWN = 20  # per stage: a step in between is neither measured nor reported
_PER_STEP = 4
_VALID_PER_STEP = 2
_FULL_VALID = 50


@dataclass(frozen=True)
class Plan:
    """What a job will do, fixed when its files have been validated.

    Attributes:
        per_epoch: steps in one epoch.
        stages: the last step of each stage; a checkpoint is made there. Always three where there are three steps: the
            ends of the last three epochs, or thirds of a shorter training.
        trained_tokens: rough tokens of the training file times epochs.
    """

    epochs: int
    batch: int
    per_epoch: int
    stages: tuple[int, ...]
    trained_tokens: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        return cls(**{**data, "stages": tuple(data["stages"])})

    @property
    def total(self) -> int:
        return self.stages[-1]


@dataclass(frozen=True)
class Trained:
    """What one stage of training gives: the parameters so far, its metrics by step, and the last step's in full."""

    parameters: Parameters
    metrics: list[dict[str, Any]]
    checkpoint: dict[str, Any]


def pairs_of(rows: Sequence[Mapping[str, Any]], method: str) -> list[Pair]:
    """(prompt, answer) of each example: the last trained answer and the user message before it; "" for neither."""
    if method == "dpo":
        return [
            (last_user_text(row["input"]["messages"]), text_of(row["preferred_output"][0].get("content")))
            for row in rows
        ]
    if method == "reinforcement":
        return [(last_user_text(row["messages"]), "") for row in rows]
    return [_chat_pair(row["messages"]) for row in rows]


def plan(rows: Sequence[Any], pairs: Sequence[Pair], wanted: Mapping[str, Any]) -> Plan:
    """Settle every "auto". Epochs as OpenAI's cookbook estimates them; the batch is about 0.2 % of the examples."""
    count = len(rows)
    epochs, batch = wanted.get("n_epochs", "auto"), wanted.get("batch_size", "auto")
    if epochs == "auto":
        epochs = min(25, 100 // count) if count * 3 < 100 else max(1, 25_000 // count) if count * 3 > 25_000 else 3
    if batch == "auto":
        batch = max(1, min(256, round(count * 0.002)))
    per_epoch = math.ceil(count / batch)
    total = per_epoch * epochs
    thirds = (total // 3, 2 * total // 3, total)
    ends = (total - 2 * per_epoch, total - per_epoch, total) if epochs >= 3 else thirds
    tokens = sum(count_tokens(text) for pair in pairs for text in pair) * epochs
    return Plan(epochs, batch, per_epoch, tuple(sorted({end for end in ends if end > 0})), tokens)


def train(
    job: Plan,
    stage: int,
    pairs: Sequence[Pair],
    valid: Sequence[Pair],
    before: Parameters | None,
    calls: Sequence[Mapping[str, Any]] = (),
) -> Trained:
    """Run one stage, from 0: measure its steps with what was known before it, then learn from its share of the data.

    `calls` are the tool calls of the examples, see `toolcalls`; they are not measured.
    """
    first = job.stages[stage - 1] + 1 if stage else 1
    last = job.stages[stage]
    shown = sorted({first + (last - first) * i // (_STEPS_SHOWN - 1) for i in range(_STEPS_SHOWN)})
    metrics = [_measure(job, step, pairs, valid, before) for step in shown]
    share, of = stage + 1, len(job.stages)
    parameters = replace(learn(pairs[: _part(pairs, share, of)]), calls=tuple(calls[: _part(calls, share, of)]))
    full = valid[:: max(1, len(valid) // _FULL_VALID)][:_FULL_VALID]
    checkpoint = {key: value for key, value in metrics[-1].items() if key != "total_steps"}
    checkpoint.update(_scores("full_valid", full, parameters))
    return Trained(parameters, metrics, checkpoint)


def _part(items: Sequence[Any], share: int, of: int) -> int:
    return math.ceil(len(items) * share / of)


def _chat_pair(messages: Sequence[Mapping[str, Any]]) -> Pair:
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        if message["role"] == "assistant" and message.get("weight", 1) == 1:
            return last_user_text(messages[:number]), text_of(message.get("content"))
    return last_user_text(messages), ""


def _measure(
    job: Plan, step: int, pairs: Sequence[Pair], valid: Sequence[Pair], known: Parameters | None
) -> dict[str, Any]:
    start = (step - 1) % job.per_epoch * job.batch
    batch = pairs[start : start + min(job.batch, _PER_STEP)]
    turn = [valid[(step * _VALID_PER_STEP + i) % len(valid)] for i in range(_VALID_PER_STEP)] if valid else []
    return {
        "step": step, "total_steps": job.total, **_scores("train", batch, known), **_scores("valid", turn, known)
    }  # fmt: skip


def _scores(name: str, pairs: Sequence[Pair], known: Parameters | None) -> dict[str, float]:
    """Mean loss and accuracy over the examples that have an answer; nothing when none has."""
    found = [
        overlap(lead(prompt) if known is None else answer(known, prompt), reply) for prompt, reply in pairs if reply
    ]
    if not found:
        return {}
    loss = sum(-math.log(max(value, 0.01)) for value in found) / len(found)
    return {f"{name}_loss": round(loss, 4), f"{name}_mean_token_accuracy": round(sum(found) / len(found), 4)}
