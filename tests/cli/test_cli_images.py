"""Files with images against the sandbox: real PNGs in data URLs and web addresses, at once, by batch, and held back."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from conftest import chat
from ftlint.cli import main
from ftlint.moderation import batch
from ftlint.sandbox.launch import RunningSandbox

MATCH = {"method": "POST", "path": "/v1/moderations"}
Launch = Callable[..., RunningSandbox]


def png(level: int, marker: str = "") -> str:
    """A data URL of a real image, with the marker in a text chunk of its own."""
    out, info = io.BytesIO(), PngInfo()
    if marker:
        info.add_itxt("Comment", marker)
    Image.new("RGB", (16, 16), (level, 0, 0)).save(out, "PNG", pnginfo=info)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def seen(number: int, *urls: str) -> dict[str, Any]:
    made: Any = chat("", f"A red square, number {number}, on its own.")
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    made["messages"][0]["content"] = [{"type": "text", "text": f"What is picture {number}?"}, *images]
    return dict(made)


@pytest.fixture
def launch(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> Launch:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setattr(batch, "nap", lambda _: None)
    return launch


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """Row 4 has a flagged data URL, row 6 a flagged web address, row 8 a watched one."""
    rows = [seen(n, png(n)) for n in range(1, 15)]
    rows[3] = seen(4, png(4), png(4, "⟦violence/graphic=0.9⟧"))
    rows[5] = seen(6, "https://example.com/%E2%9F%A6sexual=0.8%E2%9F%A7.png")
    rows[7] = seen(8, "https://example.com/⟦violence=0.2⟧.png")
    rows[9] = seen(10, "https://example.com/⟦hate=0.9⟧.png")
    path = tmp_path / "train.jsonl"
    path.write_text("\ufeff" + "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in rows), encoding="utf-8")
    return path


def check(sandbox: RunningSandbox, train: Path, *more: str) -> tuple[int, dict[str, Any]]:
    target = train.with_name("report.json")
    code = main([
        "check", str(train), "--online", "--isolated", "--select", "FT9", "--today", "2026-11-22", "--no-tokens",
        "--base-url", sandbox.base_url, "--also", f"json={target}", *more,
    ])  # fmt: skip
    return code, json.loads(target.read_text(encoding="utf-8"))


FOUND = [("FT902", 8), ("FT904", 4), ("FT904", 6)]


@pytest.mark.parametrize("by", [(), ("--batch",)], ids=["at-once", "by-batch"])
def test_a_file_with_images(
    launch: Launch, train: Path, capsys: pytest.CaptureFixture[str], by: tuple[str, ...]
) -> None:
    code, report = check(launch(), train, *by)
    assert sorted((finding["code"], finding["line"]) for finding in report["findings"]) == FOUND
    assert (code, report["moderation"]["status"], report["moderation"]["coverage"]) == (1, "complete", 1.0)
    (path,) = [finding["json_path"] for finding in report["findings"] if finding["line"] == 4]
    assert path == "$.messages[0].content[2].image_url.url"
    assert "14 texts and 15 images" in capsys.readouterr().err


def test_faults_are_sat_out_or_said(launch: Launch, train: Path) -> None:
    sandbox = launch(
        {"do": "status", "status": 429, "retry_after_ms": 1, "match": MATCH, "after": 3, "times": 2},
        {"do": "wrong_count", "match": MATCH, "after": 6, "times": 4},
        {"do": "status", "status": 400, "match": MATCH, "after": 14, "message": "could not download"},
    )
    code, report = check(sandbox, train)
    assert (code, report["moderation"]["status"]) == (3, "partial")
    assert any("could not download" in finding["message"] for finding in report["findings"])
    code, report = check(sandbox, train)
    assert (code, report["moderation"]["status"]) == (1, "complete")
    assert sorted((finding["code"], finding["line"]) for finding in report["findings"]) == FOUND


def test_rows_with_flagged_images_are_held_back(launch: Launch, train: Path) -> None:
    sandbox = launch()
    clean, held = train.with_name("clean.jsonl"), train.with_name("held.jsonl")
    arguments = ["fix", str(train), "--drop", "watched", "-o", str(clean), "--quarantine", str(held), "--isolated"]
    assert main([*arguments, "--base-url", sandbox.base_url, "--today", "2026-11-22"]) == 0
    assert len(held.read_bytes().splitlines()) == 3
    assert len(clean.read_bytes().splitlines()) == 11


def test_a_broken_image_keeps_rows_from_being_held_back(launch: Launch, train: Path) -> None:
    with train.open("ab") as file:
        file.write(json.dumps(seen(15, "data:image/png;base64,AAAA")).encode() + b"\n")
    sandbox = launch()
    code, report = check(sandbox, train)
    assert (code, report["verdict"]) == (3, "incomplete")
    assert ("FT909", 15) in [(finding["code"], finding["line"]) for finding in report["findings"]]
    clean, held = train.with_name("clean.jsonl"), train.with_name("held.jsonl")
    arguments = ["fix", str(train), "--drop", "watched", "-o", str(clean), "--quarantine", str(held), "--isolated"]
    assert main([*arguments, "--base-url", sandbox.base_url, "--today", "2026-11-22"]) == 3
    assert not clean.exists()
