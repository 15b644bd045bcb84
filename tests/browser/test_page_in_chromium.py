"""The HTML page in a real browser: nothing is asked for, nothing runs, and both colour schemes are drawn."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ftlint
from conftest import TODAY, chat
from ftlint.model import Level
from ftlint.reports import Options, render
from hostile import hostile_report
from samples import COMPLETE, FILE, FLAGGED, INFO, ROLE, report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
DARK = "--blink-settings=preferredColorScheme=0"


def browse(tmp_path: Path, *arguments: str) -> str:
    """Run the browser with a profile of its own; what it wrote to standard output."""
    assert CHROMIUM
    profile = tmp_path / "profile"
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *arguments],
        capture_output=True,
        timeout=120,
        check=True,
        env=home,
        cwd=tmp_path,
    )
    shutil.rmtree(profile, ignore_errors=True)
    return done.stdout.decode("utf-8", "replace")


def big_page() -> str:
    """20,000 examples, 500 findings of several rules, two flagged lines."""
    stamped = [
        replace(ROLE, line=number * 40, level=level, code=code, name=name)
        for number in range(1, 250)
        for code, name, level in (("FT114", "unknown-role", Level.ERROR), ("FT701", "email-address", Level.WARNING))
    ]
    flagged = [replace(FLAGGED, line=line) for line in (4021, 9670)]
    file = replace(FILE, lines=20_000, examples=20_000, path="学習 データ/train.jsonl")
    findings = [replace(finding, path=file.path) for finding in (*stamped, *flagged, INFO)]
    return render(report(*findings, files=(file,), moderation=COMPLETE), "html")


@contextmanager
def listener(make: Callable[[str], dict[str, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A loopback server that remembers every path it was asked for; ``make`` gives its pages for its address."""
    asked: list[str] = []
    pages: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    pages |= make(address)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bait_for(address: str) -> str:
    """Markup that calls home as soon as a browser takes it for markup."""
    return f"<script>fetch('{address}/script')</script><img src='{address}/img'><style>@import '{address}/css';</style>"


def _pages(address: str) -> dict[str, bytes]:
    bait = bait_for(address)
    return {"/page": _baited(bait), "/bare": f"<!doctype html><body>{bait}</body>".encode()}


def _baited(bait: str) -> bytes:
    """The page with bait in its data, and once more as if escaping had failed: then the policy must hold."""
    finding = replace(ROLE, message=bait, path=f"{bait}.jsonl", help=bait)
    page = render(replace(hostile_report(), findings=(finding,)), "html", Options(show_text=True))
    return page.replace("</main>", f"{bait}</main>").encode()


def test_the_page_calls_nobody_and_runs_nothing_even_if_markup_came_through(tmp_path: Path) -> None:
    with listener(_pages) as (address, asked):
        browse(tmp_path, "--virtual-time-budget=3000", "--dump-dom", f"{address}/bare")
        assert {"/script", "/img", "/css"} <= set(asked), "the bait works where nothing holds it back"
        asked.clear()
        dom = browse(tmp_path, "--virtual-time-budget=3000", "--dump-dom", f"{address}/page")
    assert "unknown-role" in dom
    assert set(asked) - {"/favicon.ico"} == {"/page"}, "the icon of the address bar is the browser's own wish"


class Seen(HTMLParser):
    """The elements and the names of the attributes of a document, as the browser understood it."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_hostile_text_is_inert_in_the_browser(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(render(hostile_report(), "html", Options(show_text=True)), encoding="utf-8")
    dom = browse(tmp_path, "--dump-dom", file.as_uri())
    seen = Seen()
    seen.feed(dom)
    seen.close()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in dom
    assert seen.elements.isdisjoint({"script", "img", "iframe", "object", "link", "base", "form"})
    assert not {name for name in seen.attributes if name.startswith("on")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_large_file_is_drawn_in_both_schemes(tmp_path: Path, scheme: str) -> None:
    text = big_page()
    assert len(text.encode()) < 2_000_000
    file = tmp_path / "ページ 1.html"
    file.write_text(text, encoding="utf-8")
    shot = tmp_path / f"{scheme}.png"
    extra = (DARK,) if scheme == "dark" else ()
    browse(tmp_path, *extra, f"--screenshot={shot}", "--window-size=1200,2400", file.as_uri())
    corner, drawn = pixels(shot)
    assert (sum(corner) > 600) == (scheme == "light"), corner
    assert drawn > 20, "a page with text, bars and boxes has many colours"


def pixels(shot: Path) -> tuple[tuple[int, int, int], int]:
    """The colour of the corner, and how many colours there are on the picture."""
    image = pytest.importorskip("PIL.Image")
    with image.open(shot) as opened:
        picture = opened.convert("RGB")
        corner = picture.getpixel((2, 2))
        colours = picture.resize((300, 600)).getcolors(maxcolors=200_000)
    return corner, len(colours)


def test_a_real_check_of_twenty_thousand_examples(tmp_path: Path) -> None:
    rows = [
        chat(f"What is item {number} of the long list?", f"It is a lamp with {number} arms.")
        for number in range(20_000)
    ]
    for number in range(0, 20_000, 40):
        rows[number]["messages"][1]["role"] = "asistant" if number % 80 else "<script>alert(1)</script>"
    data = tmp_path / "train.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    checked = ftlint.check(data, today=TODAY, select=["FT1"])
    assert checked.by_code() == {"FT114": 500}
    text = checked.render("html")
    assert len(text.encode()) < 2_000_000
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    dom = browse(tmp_path, "--dump-dom", file.as_uri())
    assert dom.count("<article") == 500
    assert "<script" not in dom
