"""A run's page in a real browser: drawn in both schemes with its charts, asking for nothing, running nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.test_page_in_chromium import CHROMIUM, DARK, bait_for, browse, listener, pixels
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


def test_the_page_of_a_run_calls_nobody_even_with_bait_in_it(page: str, tmp_path: Path) -> None:
    def baited(address: str) -> dict[str, bytes]:
        return {"/page": page.replace("</main>", f"{bait_for(address)}</main>").encode()}

    with listener(baited) as (address, asked):
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
