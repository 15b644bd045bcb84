"""Runs inside the environment of one other checker: every command of it on every file; prints one JSON object.

It imports nothing of ours. ``python peer_driver.py TOOL < jobs.json`` with jobs as {name: {"path", "reference"}}.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
LIMIT = 60


def _shell(*words: str) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=LIMIT, check=False)
    crash = "\nCRASH" if "Traceback (most recent call last)" in done.stderr else ""
    return done.stdout + done.stderr + crash + f"\nEXIT {done.returncode}"


def _invoke(runner: Any, app: Any, words: list[str]) -> str:
    result = runner.invoke(app, words)
    broken = result.exception is not None and not isinstance(result.exception, SystemExit)
    return result.output + (f"\nCRASH {result.exception!r}" if broken else "") + f"\nEXIT {result.exit_code}"


def cleanllm(path: str, reference: str | None) -> dict[str, str]:
    """scan with everything on, redact-pii, repair, preflight for the four trainers, check-turns, decontaminate."""
    from cleanllm.cli import app
    from typer.testing import CliRunner

    runner = CliRunner()
    scan = ["scan", path, "--dup-estimate", "--full-text-scan", "--scan-scope", "full", "--pii", "--chat-templates"]
    made = {"scan": _invoke(runner, app, [*scan, "--synthetic-detection", "--required-key", "messages"])}
    for name in ("redact-pii", "repair"):
        made[name] = _invoke(runner, app, [name, path, "--out", path + ".out"])
    for name in ("trl", "axolotl", "torchtune", "unsloth"):
        made[f"preflight {name}"] = _invoke(runner, app, ["preflight", path, "--framework", name])
    made["check-turns"] = _invoke(runner, app, ["check-turns", path])
    if reference:
        against = ["--benchmark-file", f"held={reference}", "--no-progress"]
        made["decontaminate"] = _invoke(runner, app, ["decontaminate", path, "--out", path + ".out", *against])
    return made


def sanitizer(path: str, reference: str | None) -> dict[str, str]:
    """The profile for fine-tuning with every check that needs no model, once without and once with the rule sets."""
    words = [
        BIN / "sanitize",
        "--input",
        path,
        "--output",
        path + ".out.jsonl",
        "--profile",
        "fine-tune",
        "--validate-chat",
        "--fuzzy-dedup",
        "--reject-profanity",
        "--debug-records",
        "--no-progress",
    ]
    if reference:
        words += ["--decontam-refs", reference]
    stats = path + ".stats.json"
    words += ["--stats-file", stats]
    rules = [*words, "--quality-rules", "all", "--reject-allcaps"]
    return {
        "chat": _shell(*map(str, words)) + _section(stats, "pii_redactions"),
        "rules": _shell(*map(str, rules)) + _section(stats, "pii_redactions"),
    }


def _section(path: str, key: str) -> str:
    """What a report says of personal data, which is not printed; it counts as said."""
    if not Path(path).exists():
        return ""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    held = {name: value for name, value in report.items() if key in name}
    return f"\n{json.dumps(held)}"


def datacruxai(path: str, _: str | None) -> dict[str, str]:
    """stats, quality, pii, exact and fuzzy duplicates."""
    from click.testing import CliRunner
    from datacruxai.cli import cli

    runner = CliRunner()
    commands = (["stats"], ["quality"], ["pii"], ["dedup", "--fuzzy"])
    return {words[0]: _invoke(runner, cli, [*words, path]) for words in commands}


def together(path: str, _: str | None) -> dict[str, str]:
    """The client's check of a file; nothing is uploaded."""
    from together.utils import check_file

    try:
        report = check_file(Path(path))
    except Exception as error:
        return {"check": f"CRASH {error!r}"}
    kept = {key: report.get(key) for key in ("is_check_passed", "message")}
    return {"check": "\n".join(f"{key} = {value}" for key, value in kept.items())}


def jsonschema(path: str, _: str | None) -> dict[str, str]:
    """A JSON document against a schema that takes any object."""
    schema = Path(path).parent / "schema.json"
    schema.write_text('{"type": "object"}', encoding="utf-8")
    return {"check": _shell(str(BIN / "check-jsonschema"), "--schemafile", str(schema), path)}


TOOLS = {
    "cleanllm": cleanllm,
    "llm-sanitizer-pro": sanitizer,
    "datacruxai": datacruxai,
    "together": together,
    "check-jsonschema": jsonschema,
}


def main() -> None:
    """All jobs; what a tool prints goes into the answer and not to standard output."""
    run = TOOLS[sys.argv[1]]
    jobs = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr
    answers = {}
    for name, job in jobs.items():
        try:
            answers[name] = run(job["path"], job["reference"])
        except subprocess.TimeoutExpired:
            answers[name] = {"run": "CRASH no answer in time"}
    json.dump(answers, out)


if __name__ == "__main__":
    main()
