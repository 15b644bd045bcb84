"""Stage: sandbox, the models: its own, the real names that could be trained in late 2026, and the tuned ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import Json, model_not_found, note

_SFT_DPO = frozenset(("supervised", "dpo"))


@dataclass(frozen=True)
class Base:
    """A model that is there from the start.

    Attributes:
        methods: the fine-tuning methods that it takes; empty for a model that cannot be trained.
        shutdown_date: as `GET /models/{id}` shows it.
    """

    methods: frozenset[str]
    created: int
    shutdown_date: str | None


# Shutdown dates: OpenAI's notice of 2026-10-14, known from copies. An alias answers, but only a snapshot can be
# trained. `created` is as the real service shows it.
BASES: dict[str, Base] = {
    "sandbox-mini": Base(_SFT_DPO | {"reinforcement"}, 1_700_000_000, None),
    "sandbox-guard": Base(frozenset(), 1_700_000_000, None),
    "gpt-4o-mini-2024-07-18": Base(_SFT_DPO, 1_721_172_717, "2027-01-14"),
    "gpt-4o-2024-08-06": Base(_SFT_DPO, 1_722_814_719, "2027-01-14"),
    "gpt-4.1-2025-04-14": Base(_SFT_DPO, 1_744_315_746, "2027-01-14"),
    "gpt-4.1-mini-2025-04-14": Base(_SFT_DPO, 1_744_317_547, "2027-01-14"),
    "gpt-4o-mini": Base(frozenset(), 1_721_172_741, "2027-01-14"),
    "gpt-4o": Base(frozenset(), 1_715_367_049, "2027-01-14"),
    "gpt-4.1": Base(frozenset(), 1_744_316_542, "2027-01-14"),
    "gpt-4.1-mini": Base(frozenset(), 1_744_318_173, "2027-01-14"),
}


def base_of(box: Box, model: str) -> str | None:
    """The base of a model: itself, or what a tuned model of this sandbox was trained from; None for an unknown name."""
    if model in BASES:
        return model
    tuned = box.store.get("model", model)
    return None if tuned is None else str(tuned["base"])


def methods_of(box: Box, model: str) -> frozenset[str]:
    """The methods that a model can be trained with, tuned models included."""
    base = base_of(box, model)
    return frozenset() if base is None else BASES[base].methods


async def list_models(request: Request) -> Response:
    box = box_of(request)
    names = [*BASES, *(row["id"] for row in box.store.all("model"))]
    return Json({"object": "list", "data": [_public(box, name) for name in names]})


async def retrieve(request: Request) -> Response:
    name = request.path_params["model"]
    note(request, model=name)
    return Json(_public(box_of(request), name))


def _public(box: Box, name: str) -> dict[str, Any]:
    base = base_of(box, name)
    if base is None:
        raise model_not_found(name)
    tuned = box.store.get("model", name)
    return {
        "id": name,
        "object": "model",
        "created": BASES[base].created if tuned is None else tuned["created"],
        "owned_by": "system" if tuned is None else "sandbox",
        "shutdown_date": BASES[base].shutdown_date,
    }
