"""FT107: what rows of another format are, and the `ftlint convert` command that makes training examples of them."""

from __future__ import annotations

import shlex
from typing import Any

from ftlint.errors import UsageError
from ftlint.model import Format

BLANKS = " --user '{column}' --answer '{column}'"
"""What is left to fill in where no column is known to ask and none to answer."""
_NAMES = {
    "ShareGPT rows": "ShareGPT",
    "Alpaca rows": "Alpaca",
    "question and answer": "question and answer",
    "question and answers": "question and answer",
}
_ASKED = ("dialogue", "dialog", "article", "document", "passage", "text", "sentence", "review", "source", "title")
_ANSWERED = ("summary", "highlights", "abstract", "label", "sentiment", "category", "target", "translation", "headline")
_NOT_CONVERTED = (
    (
        {"custom_id", "body"},
        "requests of the Batch API",
        "keep `body.messages` of each request, and add the answer to it as a message of the assistant",
    ),
    (
        {"role", "content"},
        "one message in each row",
        'put the messages of one conversation into one row: {"messages": [...]}',
    ),
    (
        {"contents"},
        "rows for Gemini",
        'write each of `contents` as a message: {"role": "user", "content": "..."}, and `model` as `assistant`',
    ),
    (
        {"text"},
        "plain text",
        'plain text has no question and no answer: write each row as {"messages": [...]}',
    ),
)


def recognised(first: dict[str, Any], name: str) -> tuple[str | None, str]:
    """What the rows look like (None: nothing that is known), and the remedy: a command that runs, where there is one.

    Args:
        first: a row; ``name``: of the file, quoted for a shell.
    """
    found = _readable(first)
    if found is not None:
        kind, target = found
        return kind, f"ftlint convert {name} -o {'chat' if target is Format.CHAT else target.value}.jsonl"
    keys = first.keys()
    texts = [key for key, value in first.items() if isinstance(value, str | int) and not isinstance(value, bool)]
    asked = next((key for key in texts if key.strip().lower() in _ASKED), None)
    answered = next((key for key in texts if key.strip().lower() in _ANSWERED), None)
    if asked is not None and answered is not None:
        columns = f"--user {shlex.quote(f'{{{asked}}}')} --answer {shlex.quote(f'{{{answered}}}')}"
        return f"{asked} and {answered}", f"ftlint convert {name} -o chat.jsonl {columns}"
    for wanted, kind, remedy in _NOT_CONVERTED:
        if wanted <= keys:
            return kind, remedy
    return None, f"ftlint convert {name} -o chat.jsonl{BLANKS}"


def _readable(first: dict[str, Any]) -> tuple[str, Format] | None:
    """Kind and format of a row that `ftlint convert` reads without being told its columns."""
    from ftlint.rows.shapes import recognise

    try:
        reader = recognise(list(first), [first], None)
    except UsageError:
        return None
    pair = "preference pairs" if reader.target is Format.PREFERENCE else reader.kind
    return _NAMES.get(reader.kind, pair), reader.target
