"""The algorithm of the well-known notebook that checks chat files, written anew, its defects included.

It reads all lines with a strict comprehension, counts seven kinds of format errors and two kinds of missing messages,
counts tokens with cl100k_base against 16,385, and tells how long the rows are. It is here to be compared with, not to
be used. ``python -m benchmarks.notebook FILE`` runs it as the notebook's cells do.
"""

from __future__ import annotations

import json
import statistics
import sys
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
        rows = read(path)
        said += _lines(format_errors(rows))
        said += _lines(length_warnings(rows, encoding)[0])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said.append(f"CRASH {type(error).__name__}")
    return "\n".join(said)


def read(path: Path) -> list[Any]:
    """All rows at once."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


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


def length_warnings(rows: list[Any], encoding: tiktoken.Encoding) -> tuple[Counter[str], dict[str, list[int]]]:
    """Missing system and user messages and rows above the limit; and of each row its messages, tokens and answers."""
    found: Counter[str] = Counter()
    sizes: dict[str, list[int]] = {"messages": [], "tokens": [], "answers": []}
    for row in rows:
        messages = row["messages"]
        found["missing_system"] += not any(message["role"] == "system" for message in messages)
        found["missing_user"] += not any(message["role"] == "user" for message in messages)
        size = 3
        for message in messages:
            size += 3
            for key, value in message.items():
                size += len(encoding.encode(value)) + (key == "name")
        said = [message["content"] for message in messages if message["role"] == "assistant"]
        sizes["messages"].append(len(messages))
        sizes["tokens"].append(size)
        sizes["answers"].append(sum(len(encoding.encode(text)) for text in said))
        found["over_limit"] += size > LIMIT
    return found, sizes


def encoding_here() -> tiktoken.Encoding:
    """cl100k_base from the vocabulary that ftlint ships; tiktoken's own way may ask the network."""
    from ftlint import vocabulary

    held = vocabulary.check("cl100k_base")
    ranks = vocabulary._ranks("cl100k_base")
    return tiktoken.Encoding(
        "cl100k_base", pat_str=held.pattern, mergeable_ranks=ranks, special_tokens=dict(held.special)
    )


def main() -> None:
    """Counters, the spread of each length, and the tokens that would be billed."""
    rows = read(Path(sys.argv[1]))
    errors = format_errors(rows)
    warnings, sizes = length_warnings(rows, encoding_here())
    print("\n".join(_lines(errors + warnings)) or "no errors found")
    for name, held in sizes.items():
        spread = statistics.quantiles(held, n=10)
        print(f"{name}: {min(held)} to {max(held)}, mean {statistics.fmean(held):.1f}")
        print(f"{name}: median {statistics.median(held)}, p5 {spread[0]:.0f}, p95 {spread[-1]:.0f}")
    print(f"billed: about {sum(min(size, LIMIT) for size in sizes['tokens'])} tokens an epoch")


if __name__ == "__main__":
    main()
