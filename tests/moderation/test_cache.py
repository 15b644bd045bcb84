"""The cache: hashes and scores only, for this moderator only, and never a reason to stop."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ftlint.moderation import cache as caches
from ftlint.moderation.cache import Cache, cache_file, clear, default_dir, prune
from ftlint.services.interface import Score
from ftlint.settings import ModerationSettings

from .conftest import LEVELS, FakeModerator, row, same

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
    """Four open, count and write at the same moment, over the same digests and over their own."""
    script = (
        "import sys; from pathlib import Path; from ftlint.moderation.cache import Cache\n"
        "from ftlint.services.interface import Score\n"
        "who = int(sys.argv[1]); print('ready', flush=True); sys.stdin.readline()\n"
        "cache = Cache('s', Path(sys.argv[2]), lambda: 1e9)\n"
        "for n in range(60):\n"
        "    cache.spend()\n"
        "    both = Score(True, {'hate': 0.9})\n"
        "    cache.put({bytes([who, n]): Score(False, {'hate': who / 10}), bytes([99, n]): both})\n"
        "    assert cache.get(bytes([99, n])) == both\n"
        "cache.close(); sys.exit(len(cache.warnings))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(who), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for who in range(4)
    ]
    assert [process.stdout and process.stdout.readline() for process in running] == [b"ready\n"] * 4
    for process in running:
        process.communicate(b"go\n", timeout=60)
    assert [process.returncode for process in running] == [0] * 4
    cache = Cache("s", tmp_path, lambda: 1e9)
    found = [cache.get(bytes([who, n])) for who in range(4) for n in range(60)]
    assert found == [Score(False, {"hate": who / 10}) for who in range(4) for _ in range(60)]
    assert cache.spent() == 240
    cache.close()


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_a_full_disk(tmp_path: Path) -> None:
    """A process that may write no more than 200 kB to a file: one warning, and every verdict that counts is right."""
    script = (
        "import resource, sys; from pathlib import Path; from ftlint.moderation.cache import Cache\n"
        "from ftlint.services.interface import Score\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "cache = Cache('s', Path(sys.argv[1]), lambda: 1e9)\n"
        "for n in range(3000):\n"
        "    cache.spend(); cache.put({n.to_bytes(32): Score(False, {'hate': n / 3000})})\n"
        "    assert cache.get(n.to_bytes(32)) in (None, Score(False, {'hate': n / 3000}))\n"
        "assert cache.get(bytes(32)) is None and cache.spent() == 0\n"
        "cache.close(); print(cache.warnings)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"cannot be used") == 1
    cache = Cache("s", tmp_path, lambda: 1e9)
    found = {n: score for n in range(3_000) if (score := cache.get(n.to_bytes(32))) is not None}
    cache.close()
    assert cache.warnings == []
    assert all(score == Score(False, {"hate": n / 3_000}) for n, score in found.items())
    assert 0 < len(found) < 3_000


def test_a_cache_that_becomes_read_only(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    assert cache._db is not None
    cache._db.execute("PRAGMA query_only = ON")
    cache.spend()
    cache.put({bytes(32): SCORE})
    assert cache.get(DIGEST) is None
    assert len(cache.warnings) == 1
    assert "nothing is remembered" in cache.warnings[0]


def test_the_requests_of_a_day(tmp_path: Path, now: Now) -> None:
    first = opened(tmp_path, now)
    for _ in range(5):
        first.spend()
    now.at += 3_600
    second = opened(tmp_path, now)
    second.spend()
    assert (first.spent(), second.spent()) == (6, 6)
    other = opened(tmp_path, now, "another (host)|m")
    assert other.spent() == 0
    now.at += DAY - 3_600 + 61
    assert second.spent() == 1, "they come free one by one"
    now.at += DAY
    for cache in (first, second, other):
        assert cache.spent() == 0
        cache.close()


def test_no_text_reaches_the_disk(tmp_path: Path) -> None:
    """Every file of the cache, while it is open and afterwards, in every encoding that could be meant."""
    from ftlint.moderation import UNMETERED, preflight

    seen: list[bytes] = []
    secrets = ("Quetzalcoatlus", "私の秘密の言葉", "xylophonically")

    class Looking(FakeModerator):
        async def score(self, texts: object) -> list[Score]:
            scores = await super().score(texts)  # type: ignore[arg-type]
            seen.extend(path.read_bytes() for path in sorted(tmp_path.iterdir()))
            return scores

    rows = [
        row(n, ("system", secrets[0]), ("user", f"{n} {secrets[1]}"), ("assistant", secrets[2] * n)) for n in range(99)
    ]
    rows.append(row(100, ("user", f"⟦hate=0.9⟧ {secrets[1]}")))
    made = ModerationSettings(cache_dir=tmp_path)
    preflight(lambda: rows, Looking(), made, mask=same, limits=UNMETERED, levels=LEVELS)
    assert any(path.name.endswith("sqlite3") for path in tmp_path.iterdir())
    everything = b"".join([*seen, *(path.read_bytes() for path in tmp_path.iterdir())])
    assert len(seen) >= 2
    assert b"hate" in everything, "it is the scores that are kept"
    for secret in secrets:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
            assert secret.encode(encoding) not in everything
        assert json.dumps(secret)[1:-1].encode() not in everything


@pytest.mark.parametrize(
    ("column", "value"),
    [("scores", '{"hate": 0.1, "sexual/minors": 1e-7}'), ("flagged", 0), ("categories", "[]"), ("digest", bytes(32)),
     ("checksum", b""), ("checksum", None)],
)  # fmt: skip
def test_a_damaged_verdict_is_no_verdict(tmp_path: Path, now: Now, column: str, value: object) -> None:
    """Each of these would be a well-formed verdict, and another one than was given."""
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    with sqlite3.connect(cache_file(tmp_path)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute(f"UPDATE OR IGNORE verdict SET {column} = ?", (value,))
    other.close()
    if (column, value) == ("checksum", None):
        assert cache.get(DIGEST) == SCORE, "the column takes no NULL"
    else:
        assert cache.get(DIGEST) is None
        assert cache.get(bytes(32)) is None
    cache.close()


@pytest.mark.parametrize("seed", range(40))
def test_bytes_that_flip_on_the_disk_never_make_a_verdict(tmp_path: Path, now: Now, seed: int) -> None:
    import random

    right = {n.to_bytes(32): Score(False, {"hate": n / 1_000, "sexual/minors": 1e-6}) for n in range(300)}
    cache = opened(tmp_path, now)
    cache.put(right)
    cache.close()
    content = bytearray(cache_file(tmp_path).read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 5, 60, 400))):
        content[chance.randrange(0 if seed % 4 == 0 else 100, len(content))] ^= 1 << chance.randrange(8)
    if seed % 5 == 0:
        del content[chance.randrange(len(content)) :]
    cache_file(tmp_path).write_bytes(content)
    again = opened(tmp_path, now)
    found = {digest: again.get(digest) for digest in right}
    again.spend()
    assert again.spent() >= 0
    again.put({DIGEST: SCORE})
    assert again.get(DIGEST) in (None, SCORE)
    again.close()
    assert all(score is None or score == right[digest] for digest, score in found.items())
    assert len(again.warnings) <= 1


def test_a_cache_of_an_earlier_version_starts_again(tmp_path: Path, now: Now) -> None:
    with sqlite3.connect(cache_file(tmp_path)) as db:
        db.execute(
            "CREATE TABLE verdict (scope TEXT, digest BLOB, flagged INTEGER, categories TEXT, scores TEXT, at REAL)"
        )
        db.execute("INSERT INTO verdict VALUES ('2|openai (api.openai.com)|m', ?, 0, '[]', '{}', 1e9)", (DIGEST,))
    db.close()
    cache = opened(tmp_path, now)
    assert cache.get(DIGEST) is None
    cache.put({DIGEST: SCORE})
    assert (cache.get(DIGEST), cache.warnings) == (SCORE, [])
    cache.close()


def test_a_cache_of_a_later_version_is_left_alone(tmp_path: Path, now: Now) -> None:
    cache = opened(tmp_path, now)
    cache.put({DIGEST: SCORE})
    cache.close()
    with sqlite3.connect(cache_file(tmp_path)) as db:
        db.execute(f"PRAGMA user_version = {caches.SCHEMA + 1}")
    db.close()
    later = opened(tmp_path, now)
    assert later.get(DIGEST) is None
    assert len(later.warnings) == 1
    assert f"its format is {caches.SCHEMA + 1}" in later.warnings[0]
    with pytest.raises(sqlite3.Error):
        prune(tmp_path, days=0, now=now)
    with sqlite3.connect(cache_file(tmp_path)) as db:
        assert db.execute("SELECT count(*) FROM verdict").fetchone() == (1,)
    db.close()


def test_pruning(tmp_path: Path, now: Now) -> None:
    assert prune(tmp_path / "nowhere", now=now) == 0
    assert not (tmp_path / "nowhere").exists()
    cache = opened(tmp_path, now)
    cache.put({bytes([1, n]): SCORE for n in range(200)})
    now.at += 5 * DAY
    cache.put({DIGEST: SCORE})
    cache.spend()
    assert prune(tmp_path, now=now) == 0
    assert prune(tmp_path, days=3, now=now) == 200
    assert (cache.get(DIGEST), cache.get(bytes([1, 7]))) == (SCORE, None)
    assert prune(tmp_path, days=0, now=now) == 1
    assert (cache.get(DIGEST), cache.spent(), cache.warnings) == (None, 1, [])
    cache.close()
    assert stat.S_IMODE(cache_file(tmp_path).stat().st_mode) == 0o600 or os.name == "nt"


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
