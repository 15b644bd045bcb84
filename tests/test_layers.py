"""The direction of dependencies, read from the source: what may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "ftlint"
MODULES = sorted(SRC.rglob("*.py"))
HEAVY = {"openai", "datasets", "rouge_score"}


def module_name(path: Path) -> str:
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, top_only: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if name == "ftlint" or name.startswith("ftlint.")}


def under(package: str) -> list[Path]:
    return [path for path in MODULES if module_name(path).startswith(f"ftlint.{package}")]


def reaches(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if any(f"{name}.".startswith(f"ftlint.{package}.") for package in packages)}


def test_the_model_imports_nothing_of_ours() -> None:
    assert ours(SRC / "model.py") == reaches(ours(SRC / "model.py"), "records")
    assert ours(SRC / "records.py") == set(), "it stands in for dataclasses"


def test_checks_import_neither_reports_nor_services_nor_cli() -> None:
    for path in under("checks"):
        assert not reaches(ours(path), "reports", "services", "cli", "run", "sandbox", "engine"), path


def test_reports_import_only_model_text_and_rulebook() -> None:
    for path in under("reports"):
        allowed = reaches(ours(path), "model", "records", "text", "rulebook", "reports")
        assert ours(path) - allowed <= {"ftlint"}, path


def test_nothing_imports_the_cli() -> None:
    for path in MODULES:
        if not module_name(path).startswith("ftlint.cli") and path.name != "__main__.py":
            assert not reaches(ours(path), "cli"), path


def test_only_services_import_openai() -> None:
    for path in MODULES:
        found = {name.split(".")[0] for name in imports(path)}
        assert "openai" not in found or module_name(path).startswith("ftlint.services"), path


def test_heavy_packages_are_imported_inside_the_functions_that_use_them() -> None:
    for path in MODULES:
        top = {name.split(".")[0] for name in imports(path, top_only=True)}
        assert not top & HEAVY, path


def test_the_sandbox_is_a_second_opinion_of_its_own() -> None:
    for path in under("sandbox"):
        assert reaches(ours(path), "errors", "sandbox") | {"ftlint"} >= ours(path), path


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from ftlint.cli import main\n"
        f"sys.argv = ['ftlint', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'openai', 'datasets', 'rouge_score', 'tiktoken', 'numpy', 'jsonschema'}\n"
        "print('LOADED', sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert "Usage" in done.stdout
    assert done.stdout.splitlines()[-1] == "LOADED []"
