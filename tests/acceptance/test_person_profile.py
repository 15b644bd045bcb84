"""A file of eleven facts about one invented person, one in each row: what `check` and `run` say of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import FIXTURES
from ftlint.sandbox import launch

PROFILE = FIXTURES / "profile"
SEED = PROFILE / "seed.jsonl"
LOOK_ALIKES = sorted(path.name for path in PROFILE.glob("*.jsonl") if path != SEED)


def run(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        [sys.executable, "-m", "ftlint", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        cwd=cwd,
        env=environment | {"FTLINT_TODAY": "2026-11-22", **variables},
    )


def findings(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["findings"])


def test_the_file_is_found_offline(tmp_path: Path) -> None:
    done = run("check", SEED, "--offline", "--isolated", "--also", f"json={tmp_path / 'o.json'}")
    assert done.returncode == 1
    found = {finding["code"]: finding for finding in findings(tmp_path / "o.json")}
    assert {"FT706", "FT707", "FT709"} <= found.keys()
    profile = found["FT709"]
    assert (profile["line"], len(profile["related"]), profile["data"]["rows"]) == (1, 10, 11)
    assert profile["data"]["kinds"] == [
        *("birth date", "sex", "job", "address", "home town", "school", "university", "height", "weight"),
        *("favourites", "hobby"),
    ]
    told = json.dumps(profile, ensure_ascii=False)
    assert "水***" in told
    assert "水無瀬" not in told
    assert "158" not in told


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_file_of_the_same_shape_is_left_alone(name: str, tmp_path: Path) -> None:
    run("check", PROFILE / name, "--offline", "--isolated", "--also", f"json={tmp_path / 'o.json'}")
    assert findings(tmp_path / "o.json") == []


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox."""
    with launch.start(tmp_path / "sandbox", parent=os.getpid()) as running:
        yield running.base_url


def scored(folder: Path) -> Path:
    """The file with a little of sexual/minors in each row, which no row shows and all together do: 0.0165."""
    path = folder / "train.jsonl"
    text = SEED.read_text(encoding="utf-8").replace("です。", "です。⟦sexual/minors+0.0015⟧")
    path.write_text(text, encoding="utf-8")
    assert text.count("⟦") == 11
    return path


def test_the_rows_are_scored_together_and_watched(tmp_path: Path, sandbox: str) -> None:
    variables = {"OPENAI_API_KEY": "sk-test", "FTLINT_MODERATION_CACHE_DIR": str(tmp_path / "scores")}
    arguments = ["check", scored(tmp_path), "--online", "--isolated", "--base-url", sandbox]
    out = tmp_path / "o.json"
    # also where the rule that names the profile is off
    done = run(*arguments, "--ignore", "FT7", "--also", f"json={out}", **variables)
    assert done.returncode == 1, done.stderr
    (watched,) = findings(out)
    assert (watched["code"], watched["name"], watched["level"]) == ("FT902", "watched-content", "warning")
    assert watched["data"]["scores"]["sexual/minors"] == pytest.approx(0.0165)
    assert (watched["data"]["flagged"], watched["data"]["places"], watched["line"]) == (False, 11, 1)
    assert len(watched["related"]) == 10


def test_rows_of_many_people_are_not_scored_together(tmp_path: Path, sandbox: str) -> None:
    path = scored(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    apart = [line.replace("水無瀬ほのか", f"{chr(0x5C71 + number)}田まり") for number, line in enumerate(lines)]
    path.write_text("".join(line + "\n" for line in apart), encoding="utf-8")
    variables = {"OPENAI_API_KEY": "sk-test", "FTLINT_MODERATION_CACHE_DIR": str(tmp_path / "scores")}
    out = tmp_path / "o.json"
    arguments = ["check", path, "--online", "--isolated", "--base-url", sandbox, "--ignore", "FT7"]
    done = run(*arguments, "--also", f"json={out}", **variables)
    assert (done.returncode, findings(out)) == (0, []), done.stderr


def test_the_gate_of_a_run_is_closed(tmp_path: Path, sandbox: str) -> None:
    scored(tmp_path)
    (tmp_path / "validation.jsonl").write_bytes((FIXTURES / "ja" / "chat.jsonl").read_bytes())
    service = f'provider = "sandbox"\nbase_url = "{sandbox}"\n'
    (tmp_path / "run.toml").write_text(
        '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n'
        '[train]\nprovider = "sandbox"\nmodel = "sandbox-mini"\n[gate]\nmoderation = "required"\n'
        + "".join(f"[services.{role}]\n{service}" for role in ("moderator", "trainer", "completer")),
        encoding="utf-8",
    )
    done = run("run", "run.toml", "--yes", cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 1, done.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    assert {"FT902", "FT709"} <= {finding["code"] for finding in findings(folder / "check.json")}
    assert "sexual/minors" in (folder / "check.json").read_text(encoding="utf-8")
    jobs = [path for path in folder.iterdir() if "job" in path.name]
    assert jobs == []


B1 = (
    "This training file was blocked by our moderation system because it contains too many examples that violate"
    " OpenAI's usage policies, or because it attempts to create model outputs that violate OpenAI's usage policies."
)


def test_why_ranks_these_first(tmp_path: Path, sandbox: str) -> None:
    variables = {"OPENAI_API_KEY": "sk-test", "FTLINT_MODERATION_CACHE_DIR": str(tmp_path / "scores")}
    arguments = ["--isolated", "--error", B1, "--output-format", "json"]
    online = run("why", scored(tmp_path), *arguments, "--online", "--base-url", sandbox, **variables)
    assert online.returncode == 1, online.stderr
    failure = json.loads(online.stdout)["failure"]
    assert failure["kind"] == "blocked-training-file"
    assert [item["code"] for item in failure["suspects"][:4]] == ["FT902", "FT709", "FT707", "FT706"]
    offline = run("why", SEED, *arguments, "--offline")
    assert [item["code"] for item in json.loads(offline.stdout)["failure"]["suspects"][:3]] == [
        "FT709",
        "FT707",
        "FT706",
    ]
    for told in (online.stdout, offline.stdout):
        assert "水無瀬" not in json.dumps(json.loads(told)["failure"], ensure_ascii=False)
