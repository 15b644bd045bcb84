"""``ftlint sandbox``: the stand-in of the service, in the foreground, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click


@click.command("sandbox", short_help="Serve a stand-in of the service on this machine.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port (0: that of the last time, or a free one)."
)
@click.option("--state", metavar="DIR", help="Where its files, jobs and log are kept (default: in the cache folder).")
@click.option("--faults", metavar="FILE.json", help="What is to go wrong, and when.")
@click.option(
    "--profile",
    type=click.Choice(["openai", "bare"]),
    help="bare: a self-hosted server with few routes (default: as the last time, or openai).",
)
def sandbox(port: int, state: str | None, faults: str | None, profile: str | None) -> int:
    """Serve a stand-in of the service on this machine, without a key, a network or money.

    It prints its address; give that as `base_url`, and open it (without `/v1`) to see its state. Its models are
    stand-ins: their figures mean nothing. Ctrl-C ends it, and the same --state finds everything again.
    """
    from ftlint.kept import default_dir
    from ftlint.sandbox.launch import require_packages

    require_packages()
    folder = Path(state) if state else default_dir() / "sandbox"
    command = [sys.executable, "-m", "ftlint.sandbox", "--state", str(folder), "--port", str(port)]
    if faults:
        command += ["--faults", faults]
    if profile:
        command += ["--profile", profile]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(sys.executable, command)  # noqa: S606 (our own interpreter and module)
    # exec there starts a second process and lets the shell go on
    return subprocess.run(command, check=False).returncode  # noqa: S603
