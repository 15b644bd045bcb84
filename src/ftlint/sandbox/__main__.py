"""Stage: sandbox, the command line: `python -m ftlint.sandbox --state DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ftlint.errors import FtlintError
from ftlint.sandbox.launch import require_packages
from ftlint.sandbox.profile import PROFILES


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM, Ctrl-C, or the end of `--parent`.

    Returns:
        0 after a clean end, 2 when the server could not start.
    """
    parser = argparse.ArgumentParser(prog="python -m ftlint.sandbox", description="A loopback rehearsal server.")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where state and log are kept")
    parser.add_argument("--port", type=int, default=0, help="0: the port of the last time, or any free one")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--faults", type=Path, metavar="FILE.json", help="what is to go wrong")
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this process has ended")
    parser.add_argument("--profile", choices=PROFILES, help="how much of the protocol it plays; kept with the state")
    options = parser.parse_args(arguments)
    try:
        require_packages()
    except FtlintError as error:
        return _refuse(f"{error.message}: {error.hint}")
    from ftlint.sandbox.faults import FaultError
    from ftlint.sandbox.server import ServeError, serve

    try:
        entries = None if options.faults is None else json.loads(options.faults.read_bytes())
        serve(options.state, options.host, options.port, entries, options.parent, options.profile)
    except (ServeError, FaultError) as error:
        return _refuse(str(error))
    except (OSError, ValueError) as error:
        return _refuse(f"{options.faults or options.state}: {error}")
    return 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"error: {reason}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
