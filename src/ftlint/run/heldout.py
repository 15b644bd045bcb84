"""Held-out examples: the prompt that a system is asked, its references, and the text that the lead floor takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ftlint.errors import InputError
from ftlint.run.calls import Call, calls_of, offer_of
from ftlint.run.files import dump, write_atomic
from ftlint.run.template import Template

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One example of the evaluation.

    Attributes:
        id: its place among the held-out rows, counted from 1.
        messages: what the system is asked, the final assistant turn left away.
        references: texts to compare with; none where the reference is a tool call.
        lead: the variable part of the prompt: the columns' texts, or the last user message where no template is known.
        calls: the tool calls to compare with; empty where the reference is a text.
        offer: the tools that go along with the question.
    """

    id: int
    messages: list[Message]
    references: list[str]
    lead: str
    calls: list[Call] = field(default_factory=list)
    offer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """An example as question and answer. ``answer`` is empty where the answer is ``calls``."""

    messages: list[Message]
    answer: str
    calls: list[Call]
    offer: dict[str, Any]


def save_heldout(path: Path, examples: list[HeldOut]) -> None:
    """Write ``heldout.jsonl``."""
    text = "".join(dump(asdict(example)) + "\n" for example in examples)
    write_atomic(path, text.encode("utf-8", "surrogatepass"))


def load_heldout(path: Path) -> list[HeldOut]:
    """Read ``heldout.jsonl``.

    Raises:
        InputError: the file is missing or is not what ``save_heldout`` wrote.
    """
    try:
        return [HeldOut(**json.loads(line)) for line in path.read_bytes().split(b"\n") if line]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} was changed: {error}", "start a new run") from None


def content_text(content: Any) -> str:
    """The text of a message's content: a string, or its text parts one per line."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "\n".join(part for part in parts if isinstance(part, str))


def split_example(value: Any, reference: Template | None = None) -> Parts | None:
    """An example as question and answer, None where it is none.

    Of a chat example the last assistant turn is the answer and what stands before it the prompt; of a preference
    example the preferred output; of a reinforcement example, which ends on the user's turn, what ``reference`` makes of
    its further keys. An answer that calls tools stands for its calls alone. None where a text is missing, or where
    tools cannot be offered (see ``offer_of``). ``weight`` is a key of training files and is left away.
    """
    if not isinstance(value, dict):
        return None
    preferred = value.get("preferred_output")
    if isinstance(preferred, list):
        asked = value.get("input")
        turn = preferred[-1] if preferred else None
        return _parts(asked, asked.get("messages"), turn) if isinstance(asked, dict) else None
    messages = value.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return None
    if reference is not None and messages and messages[-1].get("role") == "user":
        return _parts(value, messages, {"content": "" if reference.blank(value) else reference.fill(value)})
    last = max((i for i, message in enumerate(messages) if message.get("role") == "assistant"), default=0)
    return _parts(value, messages[:last], messages[last]) if last else None


def _parts(holder: dict[str, Any], messages: Any, turn: Any) -> Parts | None:
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        return None
    if not isinstance(turn, dict):
        return None
    offer, calls = offer_of(holder), calls_of(turn)
    if offer is None or calls is None or (calls and not offer):
        return None
    answer = "" if calls else content_text(turn.get("content"))
    if not calls and not answer.strip():
        return None
    asked = [{key: item for key, item in message.items() if key != "weight"} for message in messages]
    return Parts(asked, answer, calls, offer)


def read_parts(path: Path, reference: Template | None = None) -> Iterator[Parts | None]:
    """Every line of a training file as question and answer, None for a line that is none; what is wrong with it is
    the check's to say.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield split_example(_parse(line), reference)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def prompt_key(messages: list[Message]) -> bytes:
    """A hash that two equal prompts share."""
    canonical = json.dumps(messages, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).digest()
