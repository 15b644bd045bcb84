"""Stage: sandbox, the text of messages, for answering and for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def text_of(content: Any) -> str:
    """The text of a message's content, its parts joined by line ends."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def last_user_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """What the last user message says; empty when there is none."""
    return next((text_of(m.get("content")) for m in reversed(messages) if m.get("role") == "user"), "")
