"""Stage 4, online: the addresses of images, read again from their lines, so that nobody keeps data URLs in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftlint import parse
from ftlint.errors import InputError
from ftlint.model import JsonPath, Line, Place
from ftlint.read import Source


class ImageLines:
    """Where the lines stand that hold images: an offset and a length each."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.name: source for source in sources}
        self._lines: dict[tuple[str, int], tuple[int, int]] = {}

    def add(self, name: str, line: Line) -> None:
        """A line of this file holds images."""
        self._lines[name, line.number] = (line.offset, len(line.raw))

    def read(self, place: Place, path: JsonPath) -> str:
        """The string at this path of a line.

        Raises:
            InputError: the file cannot be read, or has changed.
        """
        offset, length = self._lines[place.path, place.line]
        with self._sources[place.path].open() as stream:
            stream.seek(offset)
            raw = stream.read(length)
        node: Any = None
        try:
            node = parse.parse(Line(place.line, offset, raw, True))[0]
            for step in path:
                node = node[step]
        except (parse.Unparsable, LookupError, TypeError):
            node = None
        if not isinstance(node, str):
            raise InputError(f"{place.path} changed while it was checked", "check it again when nothing writes to it")
        return node
