"""Stage: sandbox, the process: a lock on the state, a loopback socket, the address file, and a clean end."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import uvicorn

from ftlint.sandbox.app import build
from ftlint.sandbox.connections import Protocol
from ftlint.sandbox.state import Box
from ftlint.sandbox.store import write_atomically

ADDRESS = "address.json"
_LOCK_WAIT = 10.0  # seconds: a server that is ending lets go of its state within that time
_GUARD_TICKS = 3  # of a tenth of a second each


class ServeError(Exception):
    """The server does not start; the text says why."""


def serve(
    folder: Path, host: str, port: int, entries: object | None, parent: int | None, profile: str | None = None
) -> None:
    """Serve until told to end.

    Args:
        folder: the state directory; made when missing.
        host: a loopback address.
        port: 0 for the port of the last time, or any free one.
        entries: a faults list; None leaves the one in force.
        parent: end when this process has ended.
        profile: how much of the protocol it plays; None for that of the last time.

    Raises:
        ServeError: the host is not loopback, the port is taken, or another server holds the state.
        FaultError: the faults list is wrong.
    """
    if not is_loopback(host):
        raise ServeError(f"{host} is not a loopback address")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = folder.resolve()
    lock = _lock(folder)
    try:
        box = Box.open(folder, profile)
        if entries is not None:
            box.faults.load(entries)
        if parent is not None:
            box.guard.watch(parent)
        _run(box, _listen(folder, host, port))
        box.store.close()
    finally:
        lock.close()


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine can reach a socket on this host."""
    return host in ("127.0.0.1", "localhost", "::1")


class _Server(uvicorn.Server):
    """uvicorn's server, with the address file and the guard."""

    def __init__(self, config: uvicorn.Config, box: Box, base_url: str) -> None:
        super().__init__(config)
        self._box = box
        self._base_url = base_url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        address = {"base_url": self._base_url, "pid": os.getpid()}
        write_atomically(self._box.folder / ADDRESS, json.dumps(address).encode())
        sys.stdout.write(f"{self._base_url}\n")
        sys.stdout.flush()

    async def on_tick(self, counter: int) -> bool:
        guard = self._box.guard
        # a request that a dead client sent is still carried out, as a real service would
        if counter % _GUARD_TICKS == 0 and self._box.pending == 0 and guard.gone():
            guard.closing = self.should_exit = True
        return await super().on_tick(counter)


def _run(box: Box, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
    config = uvicorn.Config(
        build(box),
        http=Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        log_level="error",
        timeout_keep_alive=120,
        timeout_graceful_shutdown=10,
    )
    # uvicorn raises the signal again once it has closed down; by then there is nothing left to interrupt
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    _Server(config, box, base_url).run(sockets=[listener])
    (box.folder / ADDRESS).unlink(missing_ok=True)


def _ignore(*_: Any) -> None:
    return None


def _lock(folder: Path) -> sqlite3.Connection:
    """Hold the state for this process; the lock ends with the process, however that ends."""
    connection = sqlite3.connect(folder / "lock.sqlite", timeout=_LOCK_WAIT, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        connection.close()
        raise ServeError(f"another sandbox is using {folder}") from None
    return connection


def _listen(folder: Path, host: str, port: int) -> socket.socket:
    """A listening socket. Port 0 first tries the last one: a client that was cut off comes back to the same address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = [port] if port else [_last_port(folder), 0]
    for number in wanted:
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if number == wanted[-1] or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServeError(f"cannot listen on {host} port {number}: {error.strerror}") from None
        else:
            return listener
    raise ServeError(f"no free port on {host}")


def _last_port(folder: Path) -> int:
    try:
        url = str(json.loads((folder / ADDRESS).read_bytes())["base_url"])
        return int(url.removesuffix("/v1").rpartition(":")[2])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
