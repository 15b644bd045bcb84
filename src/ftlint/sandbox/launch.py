"""Stage: sandbox, how the rest of ftlint starts it. Imports nothing of its server."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit

from ftlint.errors import FtlintError, UsageError

_PACKAGES = ("starlette", "uvicorn", "python_multipart")
_PAUSE = 0.02  # seconds between two looks
_STOP_WAIT = 15.0  # seconds that a server has to end cleanly


@dataclass
class RunningSandbox:
    """A sandbox that answers. As a context manager it stops at the end.

    Attributes:
        base_url: for the client, such as `http://127.0.0.1:49152/v1`.
        process: the server's process; None when it was running already.
        state_dir: its state directory, resolved.
        pid: the server's pid.
        owned: whether `stop` ends it: it was started here, or taken over with `parent`.
    """

    base_url: str
    process: subprocess.Popen[bytes] | None
    state_dir: Path
    pid: int
    owned: bool

    def stop(self) -> None:
        """End the server and wait until it has ended; a server that belongs to somebody else is left alone."""
        if not self.owned:
            return
        self.owned = False
        if self.process is None:
            _stop_other(self.pid, self.state_dir)
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, oldest first: `method`, `path`, `status` and a `summary` of ids and hashes."""
        return list(_call(self.base_url, "GET", "/sandbox/log")[1]["entries"])

    def put_faults(self, faults: Sequence[dict[str, Any]]) -> None:
        """Put a list of faults in force, see `ftlint.sandbox.faults`; an empty one ends them.

        Raises:
            UsageError: the list is wrong.
        """
        status, answer = _call(self.base_url, "PUT", "/sandbox/faults", list(faults))
        if status != 200:
            raise UsageError(f"the faults are wrong: {answer.get('error', {}).get('message', 'no answer')}")

    def __enter__(self) -> RunningSandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def require_packages() -> None:
    """Check that the `sandbox` extra is installed, without importing it.

    Raises:
        FtlintError: with the command that installs it.
    """
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(name.replace("_", "-") for name in missing)
        raise UsageError(f"the sandbox needs {names}, which is not installed", "pip install 'ftlint[sandbox]'")


def start(
    state_dir: Path,
    *,
    faults: Sequence[dict[str, Any]] | Path | None = None,
    parent: int | None = None,
    profile: str | None = None,
    timeout: float = 30.0,
) -> RunningSandbox:
    """Start a sandbox on this state directory, or use the one that is running on it.

    Args:
        state_dir: where its state and log are; made when missing.
        faults: a faults list or the path of a faults file, see `ftlint.sandbox.faults`. None leaves those in force. A
            list that is in force already keeps its counts: a fault that has struck does not strike a resumed run.
        parent: pid of the process whose end ends the server.
        profile: `openai` or `bare`; None for that of the last time. One that is running keeps its own.
        timeout: seconds to wait for the first answer.

    Raises:
        FtlintError: the extra is not installed, the faults are wrong, or the server does not come up.
    """
    require_packages()
    state = state_dir.resolve()
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    entries = _entries(faults)
    deadline = time.monotonic() + timeout
    process: subprocess.Popen[bytes] | None = None
    while True:
        found = _running(state)
        if found is not None:
            ours = process is not None and found[1] == process.pid
            taken = _take_over(found[0], parent, None if ours else entries)
            if taken or ours:
                return RunningSandbox(found[0], process if ours else None, state, found[1], ours or parent is not None)
        elif process is None:
            process = _spawn(state, entries, parent, profile)
        elif process.poll() is not None:
            raise FtlintError(f"the sandbox did not start: {_last_words(state)}", _log_hint(state))
        if time.monotonic() > deadline:
            if process is not None:
                process.kill()
                process.wait()
            raise FtlintError(f"the sandbox did not answer within {timeout:g} s", _log_hint(state))
        time.sleep(_PAUSE)


def _entries(faults: Sequence[dict[str, Any]] | Path | None) -> list[Any] | None:
    if not isinstance(faults, Path):
        return None if faults is None else list(faults)
    try:
        loaded = json.loads(faults.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the faults file {faults}: {error}") from None
    if not isinstance(loaded, list):
        raise UsageError(f"{faults} is not a JSON list of faults")
    return loaded


def _spawn(state: Path, entries: list[Any] | None, parent: int | None, profile: str | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ftlint.sandbox", "--state", str(state)]
    if entries is not None:
        path = state / "faults.json"
        path.write_text(json.dumps(entries), "utf-8")
        command += ["--faults", str(path)]
    if parent is not None:
        command += ["--parent", str(parent)]
    if profile is not None:
        command += ["--profile", profile]
    # no key has any business in the sandbox
    environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_API_KEY")}
    with (state / "server.log").open("wb") as log:
        return _popen(command, environment, log)


def _popen(command: list[str], environment: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Outside the terminal's process group: a Ctrl-C is for the client, and the server must outlive it."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )


def _running(state: Path) -> tuple[str, int] | None:
    """(base URL, pid) of the server that answers for this state directory.

    The pid is the answering server's word: a restarted one answers at the old address before it writes its own.
    """
    try:
        base_url = str(json.loads((state / "address.json").read_bytes())["base_url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    status, answer = _call(base_url, "GET", "/sandbox/health")
    return (base_url, int(answer["pid"])) if status == 200 and answer.get("state") == str(state) else None


def _take_over(base_url: str, parent: int | None, entries: list[Any] | None) -> bool:
    """Make a running server ours; False when it is about to end."""
    if parent is not None and _call(base_url, "PUT", "/sandbox/parent", {"pid": parent})[0] != 200:
        return False
    if entries is not None and _call(base_url, "GET", "/sandbox/faults")[1].get("faults") != entries:
        status, answer = _call(base_url, "PUT", "/sandbox/faults", entries)
        if status == 400:
            raise UsageError(f"the faults are wrong: {answer['error']['message']}")
        return status == 200
    return True


def _call(base_url: str, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """(status, JSON answer) of the server's own pages; status 0 when nobody answers. Never goes through a proxy."""
    address = urlsplit(base_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=5)
    with closing(connection):
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            return response.status, dict(json.loads(response.read()))
        except (OSError, HTTPException, ValueError, TypeError):
            return 0, {}


def _stop_other(pid: int, state: Path) -> None:
    """Stop a server that is not our child: it is gone when it no longer answers for its state."""
    deadline = time.monotonic() + _STOP_WAIT
    found = _running(state)
    if found is None or found[1] != pid:  # it has ended, and another may have taken its place
        return
    os.kill(pid, signal.SIGTERM)
    while _running(state) is not None and time.monotonic() < deadline:
        time.sleep(_PAUSE)


def _last_words(state: Path) -> str:
    lines = (state / "server.log").read_text("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("error: ") if lines else "it said nothing"


def _log_hint(state: Path) -> str:
    return f"see {state / 'server.log'}"
