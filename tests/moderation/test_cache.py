"""The cache: hashes and scores only, for this moderator only, and never a reason to stop."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ftlint.moderation.cache import Cache, cache_file, clear, default_dir
from ftlint.services.interface import Score

DAY = 86_400.0
DIGEST = bytes(range(32))
SCORE = Score(True, {"hate": 0.9, "sexual/minors": 1e-7}, ("hate",))


class Now:
    def __init__(self) -> None:
        self.at = 1_000_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


def opened(folder: Path, now: Now, scope: str = "openai (api.openai.com)|m") -> Cache:
    return Cache(scope, folder, now)


def test_a_verdict_comes_back_as_it_was(tmp_path: Path, now: Now) -> None:
    first = opened(tmp_path / "new" / "folder", now)
    assert first.get(DIGEST) is None
    first.put({DIGEST: SCORE})
    assert first.get(DIGEST) == SCORE
    first.close()
    again = opened(tmp_path / "new" / "folder", now)
    assert again.get(DIGEST) == SCORE
    assert again.get(bytes(32)) is None
    assert again.warnings == []
    again.close()


def test_another_moderator_or_model_knows_nothing(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    cache.close()
    for scope in ("sandbox (127.0.0.1:1)|m", "openai (api.openai.com)|m2"):
        other = opened(tmp_path, now, scope)
        assert other.get(DIGEST) is None
        other.close()


def test_verdicts_grow_old(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    now.at += 30 * DAY - 1
    assert cache.get(DIGEST) == SCORE
    now.at += 2
    assert cache.get(DIGEST) is None
    cache.close()
    opened(tmp_path, now).close()
    with sqlite3.connect(cache_file(tmp_path)) as db:
        assert db.execute("SELECT count(*) FROM verdict").fetchone() == (0,)
    db.close()


def test_verdicts_from_the_future_do_not_count(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    now.at -= 2 * DAY
    assert cache.get(DIGEST) is None
    cache.close()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_nobody_else_may_read_it(tmp_path: Path, now: Now) -> None:
    folder = tmp_path / "cache"
    cache = opened(folder, now)
    cache.put({DIGEST: SCORE})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes.keys() >= {"moderation.sqlite3", "moderation.sqlite3-wal"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    cache.close()
    cache_file(folder).chmod(0o644)
    opened(folder, now).close()
    assert stat.S_IMODE(cache_file(folder).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_in_its_place_is_not_followed(tmp_path: Path, now: Now) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"keep me")
    cache_file(tmp_path).symlink_to(target)
    cache = opened(tmp_path, now)
    assert len(cache.warnings) == 1
    assert target.read_bytes() == b"keep me"


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4_000])
def test_a_broken_file_is_a_warning_and_no_cache(tmp_path: Path, now: Now, content: bytes) -> None:
    cache_file(tmp_path).write_bytes(content)
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    assert cache.get(DIGEST) is None
    assert len(cache.warnings) == 1
    assert str(cache_file(tmp_path)) in cache.warnings[0]
    assert cache_file(tmp_path).read_bytes() == content


def test_damage_in_the_middle_of_a_pass(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    with sqlite3.connect(cache_file(tmp_path)) as other:
        other.execute("DROP TABLE verdict")
    other.close()
    assert cache.get(DIGEST) is None
    cache.put({DIGEST: SCORE})
    assert len(cache.warnings) == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path, now: Now) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = opened(tmp_path / "file" / "cache", now)
    assert len(cache.warnings) == 1
    assert cache.get(DIGEST) is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache(tmp_path: Path, now: Now) -> None:
    opened(tmp_path, now).close()
    tmp_path.chmod(0o500)
    cache_file(tmp_path).chmod(0o400)
    cache = opened(tmp_path, now)
    tmp_path.chmod(0o700)
    assert len(cache.warnings) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("scores", "{"), ("scores", "{}"), ("scores", '{"hate": 2}'), ("scores", '{"hate": "x"}'), ("scores", "[]"),
     ("flagged", 7), ("categories", "null")],
)  # fmt: skip
def test_a_row_with_anything_else_in_it_is_unknown(tmp_path: Path, now: Now, column: str, value: object) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    with sqlite3.connect(cache_file(tmp_path)) as other:
        other.execute(f"UPDATE verdict SET {column} = ?", (value,))
    other.close()
    assert cache.get(DIGEST) is None
    cache.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ftlint.moderation.cache import Cache\n"
        "from ftlint.services.interface import Score\n"
        "who = int(sys.argv[1]); cache = Cache('s', Path(sys.argv[2]), lambda: 1e9)\n"
        "for n in range(60): cache.put({bytes([who, n]): Score(False, {'hate': 0.5})})\n"
        "cache.close(); sys.exit(len(cache.warnings))"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(who), str(tmp_path)]) for who in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    with sqlite3.connect(cache_file(tmp_path)) as db:
        assert db.execute("SELECT count(*) FROM verdict").fetchone() == (240,)
    db.close()


def test_clearing(tmp_path: Path, now: Now) -> None:
    assert clear(tmp_path) == 0
    opened(tmp_path, now).close()
    assert clear(tmp_path) == 1
    assert not cache_file(tmp_path).exists()


def test_the_platforms_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_dir() == tmp_path / "ftlint"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    for platform, parts in (
        ("linux", (".cache", "ftlint")),
        ("darwin", ("Library", "Caches", "ftlint")),
        ("win32", ("AppData", "Local", "ftlint", "Cache")),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert default_dir() == tmp_path.joinpath(*parts)
