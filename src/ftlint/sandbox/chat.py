"""Stage: sandbox, POST /chat/completions, without streaming. The answer comes from the stand-in model.

A tuned model answers as its training examples did, in words or with tool calls; an untrained one grades what
`ftlint run` shows a judge.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox import toolcalls
from ftlint.sandbox.catalog import base_of
from ftlint.sandbox.judging import grade
from ftlint.sandbox.learner import Parameters, answer, lead
from ftlint.sandbox.markers import guarded
from ftlint.sandbox.messages import last_user_text, text_of
from ftlint.sandbox.state import box_of
from ftlint.sandbox.wire import ApiError, Json, json_body, model_not_found, new_id, note
from ftlint.sandbox.words import count_tokens, cut_tokens

GUARD = "sandbox-guard"
_PER_MESSAGE = 3


async def create(request: Request) -> Response:
    body = await json_body(request)
    box = box_of(request)
    box.schemas.check("createChatCompletion", body)
    if body.get("stream"):
        raise ApiError(400, "The sandbox does not stream.", param="stream", code="unsupported_value")
    prompt = last_user_text(body["messages"])
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
    note(request, model=body["model"], prompt_sha256=digest)
    if base_of(box, body["model"]) is None:
        raise model_not_found(body["model"])
    limits = [body[key] for key in ("max_completion_tokens", "max_tokens") if body.get(key) is not None]
    if any(limit < 1 for limit in limits):
        raise ApiError(400, "max_tokens must be at least 1.", param="max_tokens")
    learned = box.store.get("parameters", body["model"])
    parameters = None if learned is None else Parameters.from_json(learned)
    calls = toolcalls.choose(parameters.calls if parameters else (), body)
    if calls:
        return Json(_completion(body, toolcalls.message_of(calls), "tool_calls"))
    text = _complete(body["model"], parameters, prompt)
    shown = cut_tokens(text, min(limits)) if limits else text
    message = {"role": "assistant", "content": shown, "refusal": None}
    return Json(_completion(body, message, "stop" if shown == text else "length"))


def _complete(model: str, parameters: Parameters | None, prompt: str) -> str:
    if model == GUARD:
        codes = guarded(prompt)
        return f"unsafe\n{','.join(codes)}" if codes else "safe"
    if parameters is not None:
        return answer(parameters, prompt)
    return grade(prompt) or lead(prompt)


def _completion(body: dict[str, Any], message: dict[str, Any], reason: str) -> dict[str, Any]:
    count = body.get("n") or 1
    text = message["content"] or "".join(str(call["function"]) for call in message.get("tool_calls", ()))
    asked = sum(_PER_MESSAGE + count_tokens(text_of(m.get("content"))) for m in body["messages"]) + _PER_MESSAGE
    answered = count_tokens(text) * count
    return {
        "id": new_id("chatcmpl-"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [{"index": i, "message": message, "logprobs": None, "finish_reason": reason} for i in range(count)],
        "usage": {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered},
        "system_fingerprint": "sandbox",
    }
