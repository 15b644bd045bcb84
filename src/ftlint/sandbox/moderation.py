"""Stage: sandbox, POST /moderations. One result per string; one combined result for an array of parts."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox.markers import CATEGORIES, FLAGGED, IMAGE_CATEGORIES, combined, scores
from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import ApiError, Json, fault_of, json_body, model_not_found, new_id, note

MODELS = ("omni-moderation-latest", "omni-moderation-2024-09-26")


async def create(request: Request) -> Response:
    """The answer names the model as it was asked for, as the real service does with its alias."""
    body = await json_body(request)
    answer = moderate(box_of(request), body)
    given = body["input"]
    texts: list[Any] = [given] if isinstance(given, str) else given
    note(request, model=answer["model"], inputs=len(texts), input_sha256=[_short_hash(text) for text in texts])
    fault = fault_of(request)
    if fault is not None and fault.do == "wrong_count":
        shorten(answer)
    return Json(answer)


def moderate(box: Box, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to the body of a moderation request.

    Raises:
        ApiError: the schema, the model or the number of images is wrong.
    """
    box.schemas.check("createModeration", body)
    model = body.get("model", MODELS[0])
    if model not in MODELS:
        raise model_not_found(model)
    given = body["input"]
    texts: list[Any] = [given] if isinstance(given, str) else given
    apart = isinstance(texts[0], str)
    results = [_result(scores(text), ["text"]) for text in texts] if apart else [_of_parts(texts)]
    return {"id": new_id("modr-"), "model": model, "results": results}


def shorten(answer: dict[str, Any]) -> None:
    """One result for several inputs, none for one."""
    answer["results"] = answer["results"][: 1 if len(answer["results"]) > 1 else 0]


def _of_parts(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One result for all parts. An image is scored by the markers in its address, in the six categories of images."""
    images = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    if len(images) > 1:
        message = f"Number of images ({len(images)}) exceeds maximum of 1"
        raise ApiError(400, message, param="input", code="too_many_images")
    rows = [scores(part["text"]) for part in parts if part["type"] == "text"]
    kinds = ["text"] if rows else []
    for url in images:
        rows.append({c: value if c in IMAGE_CATEGORIES else 0.0 for c, value in scores(_shown(url)).items()})
        kinds = [*kinds, "image"]
    return _result(combined(rows), kinds)


def _shown(url: str) -> str:
    """What an address says: a web address decoded; of a data URL also the bytes of the image, where they are text."""
    head, comma, data = url.partition(",")
    if not url.lower().startswith("data:") or not comma or not head.lower().endswith(";base64"):
        return unquote(url)
    try:
        return base64.b64decode(data).decode("utf-8", "ignore")
    except ValueError:
        raise ApiError(400, "The image is not valid base64.", param="input", code="invalid_image") from None


def _result(row: dict[str, float], kinds: list[str]) -> dict[str, Any]:
    applied = {c: [k for k in kinds if k == "text" or c in IMAGE_CATEGORIES] for c in CATEGORIES}
    return {
        "flagged": any(score >= FLAGGED for score in row.values()),
        "categories": {category: score >= FLAGGED for category, score in row.items()},
        "category_scores": row,
        "category_applied_input_types": applied,
    }


def _short_hash(text: Any) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]
