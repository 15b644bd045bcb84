"""The shell of an HTML page: one file that asks for nothing, runs nothing, and takes no style but its own."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from ftlint.reports.html_prose import esc


def shell(title: str, body: str) -> str:
    """The whole page.

    Args:
        title: plain text.
        body: HTML in which all data is escaped already.
    """
    style = files("ftlint.reports").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{esc(title)}</title><style>{style}</style></head>\n"
        f"<body><main>{body}</main></body></html>\n"
    )


def card(label: str, figure: str, told: str) -> str:
    """A box with one figure; the label is our own word."""
    return f'<div class="card"><p class="label">{label}</p><p class="figure">{esc(figure)}</p><p>{esc(told)}</p></div>'
