"""Held-out examples: the prompt that a system is asked, its references, and the text that the lead floor takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import InputError
from ftlint.run.files import dump, write_atomic

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One example of the evaluation.

    Attributes:
        id: its place among the held-out rows, counted from 1.
        messages: what the system is asked, the final assistant turn left away.
        references: at least one text to compare with.
        lead: the variable part of the prompt: the columns' texts, or the last user message where no template is known.
    """

    id: int
    messages: list[Message]
    references: list[str]
    lead: str


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


def split_example(value: Any) -> tuple[list[Message], str] | None:
    """A chat example as (prompt, answer): the last assistant turn is the answer, what stands before it the prompt.

    None where that makes no question and answer in plain text: no assistant turn with text, nothing before it, or
    tools, which a completer does not offer. ``weight`` is a key of training files and is left away.
    """
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return None
    if any(key in value for key in ("tools", "functions")):
        return None
    last = max((i for i, message in enumerate(messages) if message.get("role") == "assistant"), default=0)
    answer = content_text(messages[last].get("content")) if last else ""
    if not answer.strip():
        return None
    prompt = [{key: item for key, item in message.items() if key != "weight"} for message in messages[:last]]
    return prompt, answer


def read_pairs(path: Path) -> Iterator[tuple[list[Message], str] | None]:
    """Every line of a chat file as (prompt, answer), None for a line that has none; what is wrong with it is the
    check's to say.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield split_example(_parse(line))
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
