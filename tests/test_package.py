"""What is shipped: the wheel holds the rules and the vocabularies, the core needs no extra."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import ftlint
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_whole_rules_folder(wheel: zipfile.ZipFile) -> None:
    shipped = {name.removeprefix("ftlint/rules/") for name in wheel.namelist() if name.startswith("ftlint/rules/")}
    rules = ROOT / "rules"
    assert shipped == {path.relative_to(rules).as_posix() for path in rules.rglob("*") if path.is_file()}


def test_the_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    source = ROOT / "src"
    expected = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert expected <= set(wheel.namelist())
    assert {"ftlint/data/o200k_base.tiktoken", "ftlint/data/cl100k_base.tiktoken", "ftlint/py.typed"} <= expected


def test_the_extras_are_those_that_errors_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"run", "sandbox", "azure", "ja", "all", "dev"} == set(project["optional-dependencies"])
    core = {requirement.split(">")[0] for requirement in project["dependencies"]}
    assert not core & {"datasets", "rouge-score", "starlette", "uvicorn", "azure-identity", "sudachipy"}


def test_the_version_is_in_the_changelog_or_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in changelog or f"## {ftlint.__version__}" in changelog


def test_the_readme_names_no_path_of_a_machine() -> None:
    for path in (Path("README.md"), Path("CHANGELOG.md")):
        assert "/home/" not in (ROOT / path).read_text(encoding="utf-8")
