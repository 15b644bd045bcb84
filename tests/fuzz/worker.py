"""A process that puts inputs through the command line, one after the other, and says of each what went wrong.

Run as ``python -W error -m fuzz.worker FIRST STEP``: it takes every STEP-th input from FIRST on, and prints one JSON
line before and one after each. ``python -m fuzz.worker NAME`` does one input and leaves its file behind.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ftlint.checks import screens
from ftlint.cli import main
from ftlint.reports import FORMATS
from fuzz import inert
from fuzz.cases import Case, cases

SECONDS = 5.0
"""CPU time that one command may take on one input."""
HARD_SECONDS = 120
"""Wall time after which the process shows where it hangs, and ends itself."""
FIXED_EVERY = 5
"""Of so many inputs, one goes through `fix` and `convert` as well."""


class TooSlow(BaseException):
    """The CPU time of an input is used up."""


def _alarm(_signal: int, _frame: Any) -> None:
    raise TooSlow


def command(arguments: Sequence[str]) -> tuple[int, bytes, str]:
    """Run one command; its exit code, the bytes on standard output, the text on standard error."""
    out, err = io.BytesIO(), io.StringIO()
    stream = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="")
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(err):
            code = main(arguments)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    stream.flush()
    return code, out.getvalue(), err.getvalue()


def check(path: str, folder: Path, *, validation: bool) -> Iterator[str]:
    """All formats of one check, each looked at to the letter."""
    also = [argument for name in FORMATS for argument in ("--also", f"{name}={folder / name}")]
    role = ["--validation", path] if validation else [path]
    arguments = ["check", *role, "--offline", "--isolated", "--output-format", "full"]
    code, out, err = command([*arguments, "--color", "always", *also])
    if code not in (0, 1):
        yield f"check: exit code {code}: {err[-2000:]}"
        return
    yield from inert.stderr(err)
    texts = {name: (folder / name).read_bytes().decode("utf-8") for name in FORMATS}
    report = inert.read_report(texts["json"])
    if code != int(report.verdict.value == "findings"):
        yield f"check: exit code {code} for {report.verdict.value}"
    again = command([*arguments, "--color", "never"])[1]
    yield from inert.colored(out.decode("utf-8"), again.decode("utf-8"))
    for name, text in texts.items():
        yield from inert.problems(name, text, report)


def mend(path: str, folder: Path) -> Iterator[str]:
    """`fix --diff`, `fix --output` and `convert`: no traceback, inert output, also of what was mended."""
    mended = folder / "mended.jsonl"
    for arguments, codes in (
        (["fix", "--diff", "--unsafe-fixes", "--isolated", path], (0, 1)),
        (["fix", "--unsafe-fixes", "--isolated", path, "-o", str(mended)], (0,)),
        (["fix", "--diff", "--unsafe-fixes", "--isolated", str(mended)], (0, 1)),  # fifty looks at a file, no more
        (["convert", path, "-o", str(folder / "converted.jsonl")], (0, 1, 2)),
    ):
        code, out, err = command(arguments)
        text = out.decode("utf-8")
        name = " ".join(arguments[:2])
        if code not in codes:
            yield f"{name}: exit code {code}: {text[-500:]}{err[-2000:]}"
        yield from inert.stderr(err)
        if found := inert.ACTS.search(text):
            yield f"{name}: an acting character {found[0]!a}"
        if inert.BUILD_COMMAND.search(text) or inert.WORKFLOW_COMMAND.search(text):
            yield f"{name}: a command of a build server"


def one(case: Case, folder: Path, *, also_mend: bool) -> list[str]:
    """Everything that is wrong with one input."""
    path = os.path.join(os.fsencode(folder), case.file)  # noqa: PTH118 (a name in bytes, which Path has not)
    content = case.make()
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(content)
    given = os.fsdecode(path)
    found: list[str] = []
    for work in (check(given, folder, validation=len(content) % 7 == 0), mend(given, folder) if also_mend else ()):
        try:
            found += work
        except TooSlow as error:
            place = traceback.extract_tb(error.__traceback__)
            found.append(
                "too slow: " + " < ".join(f"{at.filename.rpartition('/')[2]}:{at.lineno}" for at in reversed(place))
            )
        except Exception:  # whatever it is, it is what is looked for
            found.append(traceback.format_exc()[-3000:])
    return found


def run(made: list[Case], indexes: range) -> None:
    """Do the inputs, and print what came of each."""
    screens.prepare()  # once for each user, and no input's doing
    for index in indexes:
        case = made[index]
        print(json.dumps({"started": index}), flush=True)
        faulthandler.dump_traceback_later(HARD_SECONDS, exit=True)
        before = time.process_time()
        with tempfile.TemporaryDirectory(prefix="ftlint-fuzz-") as folder:
            found = one(case, Path(folder), also_mend=index % FIXED_EVERY == 0)
        seconds = round(time.process_time() - before, 2)
        print(json.dumps({"done": index, "name": case.name, "found": found, "seconds": seconds}), flush=True)
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    signal.signal(signal.SIGPROF, _alarm)
    os.environ["FTLINT_DEBUG"] = "1"
    every = cases()
    if len(sys.argv) == 2:
        wanted = next(case for case in every if case.name == sys.argv[1])
        kept = Path(tempfile.mkdtemp(prefix="ftlint-fuzz-"))
        print(kept, *one(wanted, kept, also_mend=True), sep="\n")
    else:
        run(every, range(int(sys.argv[1]), len(every), int(sys.argv[2])))
