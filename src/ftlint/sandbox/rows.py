"""Stage: sandbox, training-file validation: one example, its messages, parts and tools, as strictly as is known.

Texts marked "seen" are the real service's, from public reports; the others follow their pattern, which is that of the
pydantic 1 models behind it. What nobody has reported (the `developer` role, all weights 0) is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_ROLES = ("assistant", "developer", "function", "system", "tool", "user")
_MESSAGE_KEYS = {
    "system": frozenset(("role", "content", "name")),
    "developer": frozenset(("role", "content", "name")),
    "user": frozenset(("role", "content", "name")),
    "assistant": frozenset(("role", "content", "refusal", "name", "audio", "tool_calls", "function_call", "weight")),
    "tool": frozenset(("role", "content", "tool_call_id")),
    "function": frozenset(("role", "content", "name")),
}
_PARTS = {"user": ("text", "image_url"), "assistant": ("text", "refusal")}
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MOST_IMAGES = 10
_UNANSWERED = (  # seen, on /chat/completions
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
)


class RowError(Exception):
    """One example is refused.

    Attributes:
        code: of the job's error, as reported for this kind of mistake.
        text: what follows "Invalid file format. Example N"; or, when `bare`, the whole text after the job's sentence.
    """

    def __init__(self, text: str, code: str = "invalid_training_file", *, bare: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.bare = bare


def missing_key(name: str) -> RowError:
    return RowError(f" is missing key '{name}'", "invalid_file_format")  # seen


def check_keys(row: dict[str, Any], required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    """Top-level keys: all that are required, and nothing else.

    Raises:
        RowError: for the first that is missing or extra.
    """
    for name in required:
        if name not in row:
            raise missing_key(name)
    for name in row:
        if name not in required and name not in optional:
            raise RowError(f' contains an extra "{name}".', "invalid_file_format")  # seen


def check_chat(row: dict[str, Any]) -> None:
    """A supervised example.

    Raises:
        RowError: for its first mistake.
    """
    check_keys(row, ("messages",), ("tools", "parallel_tool_calls", "functions"))
    check_conversation(row)
    if not any(message["role"] == "assistant" for message in row["messages"]):
        raise RowError(" must have at least one message with the role 'assistant'")


def check_preference(row: dict[str, Any]) -> None:
    """A preference pair: text only, one assistant message on each side.

    Raises:
        RowError: for its first mistake.
    """
    check_keys(row, ("input", "preferred_output", "non_preferred_output"), ())
    if not isinstance(row["input"], dict):
        raise RowError(", input value is not a valid dict")
    check_keys(row["input"], ("messages",), ("tools", "parallel_tool_calls"))
    check_conversation(row["input"])
    for side in ("preferred_output", "non_preferred_output"):
        output = row[side]
        if not isinstance(output, list) or len(output) != 1:
            raise RowError(f", {side} must be a list of exactly one message")
        _check_message(output[0], f", {side}")
        if output[0]["role"] != "assistant" or "weight" in output[0]:
            raise RowError(f", {side} must be an assistant message without a weight")
    if any(part["type"] == "image_url" for part in _parts(row["input"]["messages"])):
        raise RowError(", preference examples hold text only")


def check_reinforcement(row: dict[str, Any]) -> None:
    """A reinforcement example: any further keys are the grader's.

    Raises:
        RowError: for its first mistake.
    """
    if "messages" not in row:
        raise missing_key("messages")
    messages = row["messages"]
    if isinstance(messages, list) and any(isinstance(m, dict) and m.get("role") == "system" for m in messages):
        raise RowError("System messages are not supported in 'reinforcement' examples", bare=True)  # seen (Azure)
    check_conversation(row)
    if messages[-1]["role"] != "user":
        raise RowError(", the last message must have the role 'user'")


def check_conversation(row: dict[str, Any]) -> None:
    """The messages and tools of one example.

    Raises:
        RowError: for the first mistake.
    """
    messages = row["messages"]
    if not isinstance(messages, list):
        raise RowError(", messages value is not a valid list")
    if not messages:
        raise RowError(", messages ensure this value has at least 1 items")
    for number, message in enumerate(messages, 1):
        _check_message(message, f", message {number}")
    if sum(part["type"] == "image_url" for part in _parts(messages)) > _MOST_IMAGES:
        raise RowError(f" has more than {_MOST_IMAGES} images")
    _check_calls(messages)
    _check_tools(row)


def _check_message(message: Any, place: str) -> None:
    if not isinstance(message, dict):
        raise RowError(f"{place} value is not a valid dict")
    if "role" not in message:
        raise RowError(f"{place} Discriminator 'role' is missing in value")  # seen
    role = message["role"]
    if role not in _ROLES:
        allowed = ", ".join(f"'{name}'" for name in _ROLES if name != "developer")
        # seen, with "Line 3, message 1:" before it
        shown = repr(role)[:80]
        raise RowError(f"{place} No match for discriminator 'role' and value {shown} (allowed values: {allowed})")
    for name in message:
        if name not in _MESSAGE_KEYS[role]:
            raise RowError(f"{place}, {name}: extra fields not permitted")
    _check_content(message, role, place)
    weight = message.get("weight", 1)
    if isinstance(weight, bool) or weight not in (0, 1) or isinstance(weight, float):
        raise RowError(f"{place}, weight: unexpected value; permitted: 0, 1")
    if role in ("tool", "function"):
        name = "tool_call_id" if role == "tool" else "name"
        if not isinstance(message.get(name), str):
            raise RowError(f"{place}, {name}: field required")
    for call in _calls(message, place):
        _check_call(call, place)


def _check_content(message: dict[str, Any], role: str, place: str) -> None:
    content = message.get("content")
    if content is None:
        if role == "function" and "content" in message:
            return
        if role == "assistant" and (message.get("tool_calls") or message.get("function_call")):
            return
        if role == "assistant" and isinstance(message.get("refusal"), str):
            return
        told = "none is not an allowed value" if "content" in message else "field required"
        raise RowError(f"{place}, content: {told}")
    if isinstance(content, list) and content and role != "function":
        for part in content:
            _check_part(part, role, place)
    elif not isinstance(content, str):
        raise RowError(f"{place}, content: str type expected")


def _check_part(part: Any, role: str, place: str) -> None:
    if isinstance(part, str):
        raise RowError("'str' object has no attribute 'get'", bare=True)  # seen
    if not isinstance(part, dict) or part.get("type") not in _PARTS.get(role, ("text",)):
        raise RowError(f"{place}, content: a part of this type is not permitted for the role '{role}'")
    if part["type"] == "image_url":
        image = part.get("image_url")
        if not isinstance(image, dict) or not isinstance(image.get("url"), str):
            raise RowError(f"{place}, content: image_url.url: field required")
    elif not isinstance(part.get(part["type"]), str):
        raise RowError(f"{place}, content: {part['type']}: field required")


def _calls(message: dict[str, Any], place: str) -> list[Any]:
    calls = message.get("tool_calls", [])
    if not isinstance(calls, list) or ("tool_calls" in message and not calls):
        raise RowError(f"{place}, tool_calls: ensure this value has at least 1 items")
    return calls


def _check_call(call: Any, place: str) -> None:
    if not isinstance(call, dict) or not isinstance(call.get("id"), str) or call.get("type") != "function":
        raise RowError(f"{place}, tool_calls: a call needs an id and the type 'function'")
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise RowError(f"{place}, tool_calls: function.name: field required")
    if not isinstance(function.get("arguments"), str):
        raise RowError(f"{place}, tool_calls: function.arguments: str type expected")


def _check_calls(messages: list[dict[str, Any]]) -> None:
    """Each call is answered before the conversation goes on, and each answer has its call. It may end on a call."""
    waiting: set[str] = set()
    for number, message in enumerate(messages, 1):
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                text = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
                raise RowError(f", message {number} {text}")  # seen, on /chat/completions, with this spelling
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            raise RowError(f", message {number} {_UNANSWERED}")
        waiting = {call["id"] for call in message.get("tool_calls", [])}


def _check_tools(row: dict[str, Any]) -> None:
    if not isinstance(row.get("parallel_tool_calls", True), bool):
        raise RowError(", parallel_tool_calls: value could not be parsed to a boolean")
    tools = row.get("tools", [])
    functions = row.get("functions", [])
    if not isinstance(tools, list) or not isinstance(functions, list):
        raise RowError(", tools value is not a valid list")
    for tool in tools:
        if not isinstance(tool, dict) or tool.get("type") != "function":
            raise RowError(", tools: a tool must have the type 'function'")
    for function in [*(tool.get("function") for tool in tools), *functions]:
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
            raise RowError(", tools: a function needs a name of 1 to 64 letters, digits, underscores and dashes")
        if not isinstance(function.get("parameters", {}), dict):
            raise RowError(f", tools: the parameters of '{name}' must be a JSON Schema object")


def _parts(messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for message in messages:
        if isinstance(message.get("content"), list):
            yield from message["content"]
