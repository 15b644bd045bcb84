"""FT5, what is compared of prompts and answers: 16 bytes for each, the same in every process and on every machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from xxhash import xxh3_128_digest

from ftlint.checks.folding import each_folded
from ftlint.model import Example
from ftlint.parse import Examples
from ftlint.toolrows import Asked


def of_prompts(prompts: Iterable[Any]) -> bytes:
    """The digests of what stands before answers, without the ids of calls, which are others in each row.

    Args:
        prompts: texts, pairs of the messages and what is declared with them, or plain rows that end with the answer.
    """
    if isinstance(prompts, Examples):  # of plain rows alone, each of which ends with its answer
        return b"".join([xxh3_128_digest(row.rpartition(_LAST)[0]) for row in prompts.canonicals])
    return b"".join(
        [
            xxh3_128_digest(prompt.canonical.rpartition(_LAST)[0] if type(prompt) is Example else _canonical(prompt))
            for prompt in prompts
        ]
    )


_LAST = b',{"content":"'
"""What the last message of a plain row begins with. Nothing in a string reads so: its quotation marks are escaped."""


def _canonical(prompt: Any) -> bytes:
    """A prompt as the beginning of the canonical JSON of its row, and behind that what is declared, if anything is."""
    if isinstance(prompt, str):
        return _json(prompt)
    if isinstance(prompt, Asked):
        messages = list(map(_nameless, prompt.messages)) if prompt.answered else prompt.messages
        return b'{"messages":' + _json(messages) + prompt.toolset.declared
    messages, declared = prompt
    data = b'{"messages":' + _json(_anonymous(messages))[:-1]
    return data if declared == [None, None] else data + b"]" + _json(declared)


def of_answers(texts: Sequence[str], calls: Sequence[Sequence[Any]], pieces: Sequence[bytes] | None = None) -> bytes:
    """The digests of answers and the calls they make: case, white space and a full stop at the end do not count.

    Args:
        pieces: the texts in UTF-8, where they are at hand.
    """
    if not any(calls):
        return b"".join(map(xxh3_128_digest, each_folded(texts, pieces)))
    return b"".join(
        [
            xxh3_128_digest(_calling(text, made) if made else text)
            for text, made in zip(each_folded(texts), calls, strict=True)
        ]
    )


def _calling(text: bytes, calls: Sequence[Any]) -> bytes:
    return text + b"\xff" + _json([_made(call) for call in calls])  # a byte that no text holds


def _json(value: Any) -> bytes:
    """A JSON value with sorted keys."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # as deep as a row may be, and a list or two round it
        return json.dumps(value, sort_keys=True).encode()


def _anonymous(messages: list[Any]) -> list[Any]:
    if not any(isinstance(each, dict) and "tool_call_id" in each for each in messages):
        return messages
    return [_without_ids(message) for message in messages]


def _without_ids(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    kept = {key: value for key, value in message.items() if key != "tool_call_id"}
    calls = kept.get("tool_calls")
    if isinstance(calls, list):
        kept["tool_calls"] = [{**call, "id": None} if isinstance(call, dict) else call for call in calls]
    return kept


def _nameless(message: dict[str, Any]) -> dict[str, Any]:
    """The same for a message of a row that is as it should be."""
    if "tool_call_id" in message:
        return {"content": message["content"], "role": message["role"]}
    if "tool_calls" in message:
        return {**message, "tool_calls": [{**call, "id": None} for call in message["tool_calls"]]}
    return message


_NESTED = 200
"""Brackets in arguments beyond which they count as the text that they are: no parser is asked how deep they go."""


def _made(call: Any) -> Any:
    """A call, with its arguments as what they say: the order of keys and white space do not count."""
    arguments = call.get("arguments") if isinstance(call, dict) else None
    if not isinstance(arguments, str) or arguments.count("{") + arguments.count("[") > _NESTED:
        return call
    try:
        return {**call, "arguments": orjson.loads(arguments)}
    except orjson.JSONDecodeError:
        return call
