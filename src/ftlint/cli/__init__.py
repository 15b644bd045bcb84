"""The command line: options, a call, text, an exit code. A subcommand is imported when it is used."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ftlint import __version__
from ftlint.collecting import for_one_command
from ftlint.errors import FtlintError, UsageError
from ftlint.text import safe

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("ftlint.cli.check:check", "Find every defect of training files, and what the job would cost."),
    "fix": ("ftlint.cli.fix:fix", "Mend what can be mended without a person's judgement."),
    "accept": ("ftlint.cli.accept:accept", "Let findings stand, with a reason, in ftlint-accepted.toml."),
    "why": ("ftlint.cli.why:why", "Explain why a job failed or was blocked, and rank the suspects."),
    "rule": ("ftlint.cli.rule:rule", "Explain a rule: what it finds, why it matters, what to write instead."),
    "convert": ("ftlint.cli.convert:convert", "Turn questions and answers, ShareGPT or Alpaca rows into chat JSONL."),
    "run": ("ftlint.cli.run:run", "Convert, check, train, follow, evaluate and compare, or rehearse all of it."),
    "runs": ("ftlint.cli.runs:runs", "List, show and compare runs, or cancel or pause the job of one."),
    "init": ("ftlint.cli.init:init", "Write a first run.toml, ftlint.toml and hook for what is in a folder."),
    "config": ("ftlint.cli.config:config", "Show each setting, and where it comes from."),
    "report": ("ftlint.cli.report:report", "Show a saved JSON report again."),
    "sandbox": ("ftlint.cli.sandbox:sandbox", "Serve a stand-in of the service on this machine."),
    "cache": ("ftlint.cli.cache:cache", "Show or clear what moderation and checks have learnt already."),
}
"""Command to (module:attribute, short help); a test holds the help against the command's own."""


class LazyGroup(click.Group):
    """A group whose help needs none of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The commands, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name an unknown command, and the one that was meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            close = difflib.get_close_matches(name, COMMANDS, 1, 0.5)
            known = ", ".join(COMMANDS)
            raise UsageError(
                f"there is no command `{name}`", f"did you mean `{close[0]}`?" if close else f"the commands are {known}"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """ftlint: the pre-flight check of a fine-tuning run.

    Finds what is wrong with training data before any money is spent, and submits only what is clean.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the only place where an error becomes a line and an exit code.

    Args:
        argv: the arguments, or None for the process's own.

    Returns:
        The exit code (README).
    """
    _open_streams()
    if argv is None:
        for_one_command()
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's, which wait for work in a loop and get none
    try:
        arguments = list(sys.argv[1:] if argv is None else argv)
        code: Any = cli.main(args=argv, prog_name="ftlint", standalone_mode=False, obj=arguments)
    except FtlintError as error:
        return _fail(error.message, error.hint, error.exit_code)
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", None, 130)
    except Exception as error:  # the last handler: whatever it is, no traceback on the terminal
        return _crash(error)
    return code if isinstance(code, int) else 0


def _open_streams() -> None:
    """Output that no character can break; where the caller has closed a stream, what is written to it is lost."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (as long as the process)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _fail(message: str, hint: str | None, code: int) -> int:
    sys.stderr.write(f"error: {safe(message)}\n" + (f"help: {safe(hint)}\n" if hint else ""))
    sys.stderr.flush()
    return code


def _usage(error: click.ClickException) -> int:
    """A mistake on the command line, in the words of the other errors; a bare ``ftlint`` shows the help."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        click.echo(context.get_help(), err=True)
        return 2
    message = error.format_message().strip().rstrip(".")
    command = context.command_path if context is not None else "ftlint"
    return _fail(message[:1].lower() + message[1:], f"{command} --help", 2)


def _crash(error: Exception) -> int:
    if os.environ.get("FTLINT_DEBUG") == "1":
        raise error
    from ftlint.cli.crash import log_crash

    log = log_crash(error)
    where = f"where it happened is in {log}; please report it" if log else "run it again with FTLINT_DEBUG=1"
    return _fail(f"this is a defect of ftlint ({type(error).__name__})", where, 2)
