"""What is kept for faster checks: whole or not at all, and cleared with the rest of the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftlint.cli import main
from ftlint.kept import keep, kept, stored


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_what_is_kept_comes_back_whole(tmp_path: Path) -> None:
    assert kept("a") is None
    keep("a", b"content")
    assert kept("a") == b"content"
    (held,) = stored()
    assert held.stat().st_mode & 0o077 == 0
    whole = held.read_bytes()
    for damaged in (b"", whole[:-1], whole + b"x", whole[:5] + b"?" + whole[6:]):
        held.write_bytes(damaged)
        assert kept("a") is None


def test_it_is_shown_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    keep("a", b"content")
    assert main(["cache", "info", "--isolated"]) == 0
    assert "for faster checks: 1 file, " in capsys.readouterr().out
    assert main(["cache", "clear", "--isolated"]) == 0
    assert stored() == []
    assert kept("a") is None
