"""Text for the HTML page: everything escaped; rule pages with the little Markdown that they use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from ftlint.text import safe

_BACKTICKS = re.compile(r"`([^`]+)`")
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)\s]*\)")
_ITEM = re.compile(r"(?:-|\d+\.) +")
_RULED = re.compile(r"\|[ :|-]+\|")


def esc(text: str) -> str:
    """Untrusted text for an element or a quoted attribute: controls visible, no character that HTML would act on."""
    return escape(safe(text))


def sentence(text: str) -> str:
    """Untrusted text whose pieces in backticks become ``<code>``."""
    pieces = _BACKTICKS.split(text)
    return "".join(f"<code>{esc(piece)}</code>" if at % 2 else esc(piece) for at, piece in enumerate(pieces))


def markdown(body: str) -> str:
    """A rule page as HTML: headings, paragraphs, lists, tables, code. A link becomes its text: the page is offline."""
    return "".join(_blocks(body.split("\n")))


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = next((end for end in range(at + 1, len(lines)) if lines[end].startswith("```")), len(lines))
            yield f"<pre>{chr(10).join(_line(held) for held in lines[at + 1 : end])}</pre>"
            at = end + 1
            continue
        end = next((end for end in range(at, len(lines)) if not lines[end].strip()), len(lines))
        block = lines[at:end]
        if line.startswith("#"):
            yield f"<h4>{_inline(line.lstrip('#').strip())}</h4>"
            end = at + 1
        elif _ITEM.match(line):
            yield _list(block)
        elif line.startswith("|"):
            yield _table(block)
        elif block:
            yield f"<p>{_inline(' '.join(part.strip() for part in block))}</p>"
        at = max(end, at + 1)


def _line(text: str) -> str:
    """A line of code, which no build server takes for a command where it begins a line of the page."""
    shown = esc(text.expandtabs(4))
    return shown.replace("::", "&#58;:", 1) if text.lstrip().startswith("::") else shown


def _list(block: list[str]) -> str:
    items: list[str] = []
    for line in block:
        marker = _ITEM.match(line)
        if marker:
            items.append(line[marker.end() :])
        else:
            items[-1] += " " + line.strip()
    kind = "ul" if block[0].startswith("-") else "ol"
    return f"<{kind}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{kind}>"


def _table(block: list[str]) -> str:
    rows = [line.strip().strip("|").split("|") for line in block if not _RULED.fullmatch(line.strip())]
    cells = ["".join(f"<td>{_inline(cell.strip())}</td>" for cell in row) for row in rows]
    return f'<div class="wide"><table>{"".join(f"<tr>{row}</tr>" for row in cells)}</table></div>'


def _inline(text: str) -> str:
    out, end = [], 0
    for match in _INLINE.finditer(text):
        out.append(esc(text[end : match.start()]))
        code, bold, link = match.groups()
        if code is not None:
            out.append(f"<code>{esc(code)}</code>")
        else:
            out.append(f"<strong>{_inline(bold)}</strong>" if bold is not None else _inline(link))
        end = match.end()
    return "".join([*out, esc(text[end:])])
