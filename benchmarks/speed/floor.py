"""The floor: a chat file is read, parsed line by line, and all contents are counted exactly; nothing else.

``python floor.py FILE VOCABULARY`` on one core. Prints rows and tokens.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

BLOCK = 4 << 20


def blocks(path: Path) -> Iterator[list[bytes]]:
    """The lines of the file, some megabytes at a time."""
    rest = b""
    with path.open("rb") as file:
        while data := file.read(BLOCK):
            *lines, rest = (rest + data).split(b"\n")
            yield lines
    if rest:
        yield [rest]


def count(path: Path, vocabulary: Path) -> tuple[int, int]:
    """Rows, and tokens of all contents that are text."""
    import awkward  # type: ignore[import-untyped]
    import gigatoken
    import orjson

    tokenizer = gigatoken.Tokenizer.from_tiktoken(vocabulary)
    rows = tokens = 0
    for lines in blocks(path):
        texts = [
            message["content"]
            for line in lines
            for message in orjson.loads(line)["messages"]
            if message["content"] is not None
        ]
        rows += len(lines)
        tokens += int(awkward.num(tokenizer.encode_batch(texts, parallel=False)).to_numpy().sum())
    return rows, tokens


if __name__ == "__main__":
    print(*count(Path(sys.argv[1]), Path(sys.argv[2])))
