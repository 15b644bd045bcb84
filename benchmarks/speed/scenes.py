"""What a user waits for besides a large file: the start, the first finding, the hook; and what memory it takes."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.speed import corpora, rivals, things
from benchmarks.speed.measure import Thing
from benchmarks.speed.section import FOUND, ROOT, Goal, Plan, Ratio, Section, titled

_HOOK = ("--offline", "--no-tokens", "--force-exclude")
_ANY = frozenset({0, 1, 2, 3, 65})  # codespell has 65 for a finding


def cold(plan: Plan) -> Section:
    """The start of a process, files in the system's cache."""
    ten, thousand = plan.corpus("english", 10), plan.corpus("english", 1_000)
    nothing, imports = "python -c pass", 'python -c "import click, rich.console"'
    names = {rows: f"ftlint check, {rows:,} rows" for rows in (10, 1_000)}
    hooks = {rows: f"ftlint hook (--no-tokens), {rows:,} rows" for rows in (10, 1_000)}
    made = [
        Thing(nothing, [sys.executable, "-c", "pass"], environment=plan.environment),
        Thing(imports, [sys.executable, "-c", "import click, rich.console"], environment=plan.environment),
        plan.ftlint(names[10], ten),
        plan.ftlint(names[1_000], thousand),
        _hook(plan, hooks[10], ten),
        _hook(plan, hooks[1_000], thousand),
        *([] if plan.quick else _linters(plan, thousand)),
    ]
    ratios = [
        Ratio(imports, nothing),
        Ratio(names[10], imports, Goal("most", 3.0)),
        Ratio(names[1_000], names[10], Goal("most", 2.0)),
        Ratio(hooks[10], imports, Goal("most", 3.0)),
        Ratio(hooks[1_000], hooks[10], Goal("most", 2.0)),
        *(Ratio(thing.name, hooks[1_000]) for thing in made[6:]),
    ]
    notes = "" if plan.quick else "check-json and check-jsonschema read no JSONL: they got the rows as one JSON array."
    return Section("cold start, english rows", made, ratios, lambda: [notes], times=5)


def _linters(plan: Plan, path: Path) -> list[Thing]:
    """Hooks that people run on such a file; those that read JSON documents get the rows as an array."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    whole = plan.folder / "array.json"
    whole.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    schema = json.loads((ROOT / "rules" / "schemas" / "openai.schema.json").read_text(encoding="utf-8"))
    file = plan.folder / "array.schema.json"
    file.write_text(json.dumps({**schema, "type": "array", "items": {"$ref": "#/$defs/chat"}}), encoding="utf-8")
    words = {
        "check-json": ["hooks", str(whole)],
        "trailing-whitespace-fixer": ["hooks", str(path)],
        "detect-private-key": ["hooks", str(path)],
        "codespell": ["hooks", str(path)],
        "detect-secrets-hook": ["hooks", str(path)],
        "typos": ["hooks", str(path)],
        "check-jsonschema": ["check-jsonschema", "--schemafile", str(file), str(whole)],
    }
    environment = {"PYTHONPATH": None, "XDG_CACHE_HOME": str(plan.caches)}
    return [
        Thing(f"{name}, 1,000 rows", [rivals.binary(plan, tool, name), *rest], environment=environment, codes=_ANY)
        for name, (tool, *rest) in words.items()
    ]


def _hook(plan: Plan, name: str, path: Path) -> Thing:
    """What pre-commit runs, with what it sets; no configuration is above the folder."""
    command = [sys.executable, "-m", "ftlint", "check", *_HOOK, str(path)]
    return Thing(name, command, environment={**plan.environment, "PRE_COMMIT": "1"}, codes=FOUND)


def first(plan: Plan) -> Section:
    """How long until something is to be seen: the defect stands in line 500."""
    clean = plan.corpus("english", plan.rows)
    path = clean.with_name(f"{clean.stem}-spoilt.jsonl")
    if not path.exists():
        corpora.spoilt(clean, path, 500)
    name = "ftlint, the first finding is printed"
    command = [sys.executable, "-m", "ftlint", "check", str(path), "--isolated", "--offline"]
    thing = Thing(
        name, [*command, "--output-format", "concise"], mark="FT114", environment=plan.environment, codes=FOUND
    )
    return Section(
        f"first finding, {titled(path, plan.rows, 'english')}", [thing], [Ratio(name, None, Goal("most", 1.0))]
    )


def memory(plan: Plan) -> Section:
    """The largest process on a tenth of a gigabyte and on a whole one; there also of two processes."""
    made = []
    for path, jobs in ((plan.megabytes(100), 1), (plan.megabytes(1_000), 1), (plan.megabytes(1_000), 2)):
        name = f"ftlint, all rules, {path.stat().st_size / 1e6:,.0f} MB" + (f", {jobs} processes" if jobs > 1 else "")
        made.append(plan.ftlint(name, path, "--jobs", str(jobs), rows=_rows(path)))
    ratios = [Ratio(thing.name, None, Goal("most", 400), "peak") for thing in made]
    ratios.append(Ratio(made[1].name, made[0].name, Goal("most", 1.2), "peak"))
    return Section("memory, english", made, ratios, lambda: ["Flat is taken to be at most 1.2 times as much."])


def hook(plan: Plan) -> Section:
    """A large file is checked, ten of its rows are changed, and it is checked again."""
    source = plan.megabytes(200)
    rows = _rows(source)
    other = source.with_name(f"{source.stem}-changed.jsonl")
    if not other.exists():
        corpora.changed(source, other, rows // 10)
    work = plan.folder / "train.jsonl"

    def fresh() -> None:
        """No cache, and the file as it was."""
        shutil.rmtree(plan.caches, ignore_errors=True)
        shutil.copyfile(source, work)

    def changed() -> None:
        shutil.copyfile(other, work)

    names = ("the hook, first run", "the hook, ten rows changed since")
    made = [_hook(plan, name, work) for name in names]
    made = [replace(made[0], before=fresh), replace(made[1], before=changed)]
    return Section(
        f"the hook again, {titled(source, rows, 'english')}", made, [Ratio(names[1], names[0], Goal("most", 0.1))]
    )


def _rows(path: Path) -> int:
    """The number of rows that the name of a corpus tells."""
    return int(path.name.split("-")[1])


SECTIONS = {
    "large": things.english,
    "japanese": things.japanese,
    "tools": things.tools,
    "long": things.long,
    "peers": rivals.peers,
    "cold": cold,
    "first": first,
    "memory": memory,
    "hook": hook,
}
