"""Several files that appear together: all are whole and on disk before the first one takes its name."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from ftlint.run.files import atomic_writer


def write_together(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write whole files, all or none as far as a file system allows, with the permissions that any new file has.

    Args:
        files: path and content; a link stays a link.

    Raises:
        InputError: a folder cannot be written or the disk is full; no file has changed then.
    """
    targets = [(path.resolve(), content) for path, content in files]
    modes = [stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask() for path, _ in targets]
    with contextlib.ExitStack() as stack:
        for (path, content), mode in zip(targets, modes, strict=True):
            out = stack.enter_context(atomic_writer(path))
            out.write(content)
            out.flush()
            os.fsync(out.fileno())  # what could fail has happened before the names change
            if os.name != "nt":
                os.fchmod(out.fileno(), mode)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
