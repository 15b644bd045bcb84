"""The errors that end a command, and the exit code each one means.

FtlintError
├── UsageError           2  the command line, a missing extra, a missing key
│   ├── ConfigError      2  ftlint.toml, pyproject.toml, run.toml, a rule file
│   └── InputError       2  a path that cannot be read or written
├── ServiceFailed        3  a remote service did not answer as it should
├── JobRefused           4  the service refused or ended the job
├── GateClosed           1  the gate of a run is closed
└── Interrupted        130  Ctrl-C; the hint says how to come back
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftlint.model import Report


class FtlintError(Exception):
    """Something that a person can mend: one line of fact, and one line of remedy.

    Attributes:
        message: the fact, lower case, without a final full stop.
        hint: what to do about it, or None.
        exit_code: the process's exit code when nothing handles it (DESIGN of exit codes in the README).
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code


class UsageError(FtlintError):
    """The command cannot be carried out as it was given."""


class ConfigError(UsageError):
    """A configuration, run or rule file is wrong; the message names the file and the key."""


class InputError(UsageError):
    """A path is missing, forbidden, or not a file."""


class ServiceFailed(FtlintError):
    """A remote service failed for good; what was learnt so far has been kept."""

    exit_code = 3


class JobRefused(FtlintError):
    """The service refused the job, or ended it as failed or cancelled."""

    exit_code = 4


class GateClosed(FtlintError):
    """The report is not clean, or another condition of the gate does not hold."""

    exit_code = 1


class Interrupted(FtlintError):
    """The user pressed Ctrl-C; the hint carries the command that resumes."""

    exit_code = 130


def missing_extra(extra: str, package: str) -> UsageError:
    """The error for an optional package that is not installed, with the exact command that installs it."""
    return UsageError(f"this needs the package {package}, which is not installed", f"pip install 'ftlint[{extra}]'")


class Stopped(KeyboardInterrupt):
    """Ctrl-C in a moderation pass; ``report`` says what was known by then, and that it is not complete."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
