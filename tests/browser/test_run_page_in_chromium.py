"""A run's page in a real browser: drawn in both schemes with its charts, asking for nothing, running nothing."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from browser.test_page_in_chromium import CHROMIUM, DARK, browse, pixels
from conftest import TODAY
from ftlint.run import pipeline
from ftlint.settings import Settings
from run.world import project

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a rehearsal with checkpoints."""
    folder = tmp_path_factory.mktemp("run")
    path = project(folder, "\n[evaluate]\ncheckpoints = true\n")
    common = {"settings": Settings(today=TODAY), "confirm": lambda plan: False, "runs": folder / "runs"}
    result = pipeline.run(path, rehearse=True, **common)  # type: ignore[arg-type]
    return (result.folder / "report.html").read_text("utf-8")


@contextmanager
def serving(page: str) -> Iterator[tuple[str, list[str]]]:
    """The page at `/page`, with markup that calls home at its end; every path that was asked for."""
    asked: list[str] = []
    content: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content[0] if self.path == "/page" else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    bait = f"<script>fetch('{address}/script')</script><img src='{address}/img'><style>@import '{address}/css';</style>"
    content.append(page.replace("</main>", f"{bait}</main>").encode())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_page_of_a_run_calls_nobody_even_with_bait_in_it(page: str, tmp_path: Path) -> None:
    with serving(page) as (address, asked):
        dom = browse(tmp_path, "--virtual-time-budget=3000", "--dump-dom", f"{address}/page")
    assert set(asked) - {"/favicon.ico"} == {"/page"}
    assert "checkpoint" in dom
    assert dom.count("<svg") >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_run_is_drawn_in_both_schemes(page: str, tmp_path: Path, scheme: str) -> None:
    assert "<script" not in page
    assert "checkpoint" in page
    file = tmp_path / "report.html"
    file.write_text(page, "utf-8")
    shot = tmp_path / f"{scheme}.png"
    extra = (DARK,) if scheme == "dark" else ()
    browse(tmp_path, *extra, f"--screenshot={shot}", "--window-size=1100,4200", file.as_uri())
    corner, drawn = pixels(shot)
    assert (sum(corner) > 600) == (scheme == "light"), corner
    assert drawn > 20
