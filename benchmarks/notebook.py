"""The algorithm of the well-known notebook that checks chat files, written anew, its defects included.

It reads all lines with a strict comprehension, counts seven kinds of format errors and two kinds of missing messages,
and counts tokens with cl100k_base against 16,385. It is here to be compared with, not to be used.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import tiktoken

KEYS = {"role", "content", "name", "function_call", "weight"}
ROLES = {"system", "user", "assistant", "function"}
LIMIT = 16_385


def check(path: Path, encoding: tiktoken.Encoding) -> str:
    """The counters as text, or how it ends.

    The errors that the notebook dies of are caught here and told as a crash, because a benchmark has to go on.
    """
    said: list[str] = []
    try:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        said += _lines(format_errors(rows))
        said += _lines(length_warnings(rows, encoding))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said.append(f"CRASH {type(error).__name__}")
    return "\n".join(said)


def _lines(counters: Counter[str]) -> list[str]:
    return [f"{name}: {count}" for name, count in counters.items() if count]


def format_errors(rows: list[Any]) -> Counter[str]:
    """The seven counters."""
    found: Counter[str] = Counter()
    for row in rows:
        if not isinstance(row, dict):
            found["data_type"] += 1
            continue
        messages = row.get("messages")
        if not messages:
            found["missing_messages_list"] += 1
            continue
        for message in messages:
            found.update(_message_errors(message))
        if not any(message.get("role") == "assistant" for message in messages):
            found["example_missing_assistant_message"] += 1
    return found


def _message_errors(message: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    content = message.get("content")
    found["message_missing_key"] += "role" not in message or "content" not in message
    found["message_unrecognized_key"] += any(key not in KEYS for key in message)
    found["unrecognized_role"] += message.get("role") not in ROLES
    found["missing_content"] += (not content and not message.get("function_call")) or not isinstance(content, str)
    return found


def length_warnings(rows: list[Any], encoding: tiktoken.Encoding) -> Counter[str]:
    """Missing system and user messages, and rows above the limit."""
    found: Counter[str] = Counter()
    for row in rows:
        messages = row["messages"]
        found["missing_system"] += not any(message["role"] == "system" for message in messages)
        found["missing_user"] += not any(message["role"] == "user" for message in messages)
        size = 3
        for message in messages:
            size += 3
            for key, value in message.items():
                size += len(encoding.encode(value)) + (key == "name")
        found["over_limit"] += size > LIMIT
    return found
