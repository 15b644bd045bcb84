"""Styled lines become text: with ANSI colours, or plain. Never markup: the data in the lines is untrusted."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ftlint.model import Level
from ftlint.reports import Options
from ftlint.text import safe

STYLES = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.INFO: "bold cyan"}
FRAME = "cyan"
DIM = "dim"


def words(options: Options, *parts: str | tuple[str, str]) -> Text:
    """One line from pieces, each plain or with a style; every piece is made inert and fit for the encoding."""
    text = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        text.append(options.fit(safe(content)), style=style or None)
    return text


def paint(lines: Iterable[Text], options: Options) -> str:
    """The lines with a newline after each; nothing is wrapped, cropped or highlighted on the way."""
    if not options.color:
        return "".join(text.plain + "\n" for text in lines)
    console = Console(
        file=io.StringIO(),
        color_system="standard",
        force_terminal=True,
        no_color=False,
        legacy_windows=False,
        width=options.width,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    with console.capture() as capture:
        for text in lines:
            console.print(text, soft_wrap=True)
    return capture.get()
