"""Stage: sandbox, the page at `/`: its jobs, files, faults and last requests, as inert HTML without any script."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ftlint.sandbox.state import Box, box_of

_REQUESTS = 60
_ROWS = 100
_LONGEST = 300  # characters of one cell
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_STYLE = """
:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{text-align:left;padding:.2rem .6rem .2rem 0;vertical-align:top;border-bottom:1px solid #8884}
td{font-family:ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:1rem 0 0}
p.quiet{opacity:.7}
"""


async def show(request: Request) -> Response:
    """The state as it is now; reload to see it later."""
    return HTMLResponse(
        page(box_of(request)), headers={"content-security-policy": _POLICY, "cache-control": "no-store"}
    )


def page(box: Box) -> str:
    """The whole page."""
    jobs = [record["job"] for record in reversed(box.store.all("job"))]
    files = box.store.all("file")[::-1]
    log = box.log.entries()[::-1]
    parts = [
        _table("Jobs", ("id", "status", "model", "method", "tuned model", "error"), map(_job, jobs[:_ROWS]), len(jobs)),
        _table("Files", ("id", "name", "purpose", "bytes", "made"), map(_file, files[:_ROWS]), len(files)),
        _table(
            "Faults in force", ("fault",), ([_json(fault)] for fault in box.faults.entries), len(box.faults.entries)
        ),
        _table("Last requests", ("time", "request", "status", "what"), map(_entry, log[:_REQUESTS]), len(log)),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ftlint sandbox</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        "<h1>ftlint sandbox</h1><p>A stand-in of a fine-tuning service on this machine. Nothing here says anything"
        f" about a real model.</p><p class=quiet>profile {_cell(box.profile)}, state in {_cell(box.folder)}</p>"
        f"{''.join(parts)}</body></html>"
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], count: int) -> str:
    shown = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    if not shown:
        return f"<h2>{_cell(title)}</h2><p class=quiet>none</p>"
    names = "".join(f'<th scope="col">{_cell(name)}</th>' for name in heads)
    return f"<h2>{_cell(title)} ({count:,})</h2><table><thead><tr>{names}</tr></thead><tbody>{shown}</tbody></table>"


def _job(job: dict[str, Any]) -> list[object]:
    error = (job["error"] or {}).get("message") or ""
    method = (job.get("method") or {}).get("type") or ""
    return [job["id"], job["status"], job["model"], method, job["fine_tuned_model"] or "", error]


def _file(row: dict[str, Any]) -> list[object]:
    return [row["id"], row["filename"], row["purpose"], f"{row['bytes']:,}", _time(row["created_at"])]


def _entry(entry: dict[str, Any]) -> list[object]:
    status = "no answer" if entry["status"] is None else entry["status"]
    return [_time(entry["time"]), f"{entry['method']} {entry['path']}", status, _json(entry["summary"])]


def _time(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(seconds))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(value: object) -> str:
    """Inert text: no markup, no control or direction character, never long."""
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value))
    return html.escape(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
