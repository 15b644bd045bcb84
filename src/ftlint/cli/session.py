"""One ``ftlint check``: offline findings at once, then moderation, then the files; the verdict is last."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ftlint import engine, gate
from ftlint.cli.check import Given
from ftlint.cli.moderate import Mode, Request, failed, interrupted, moderated, refusal
from ftlint.cli.output import Target, note, terminal, write
from ftlint.cli.preview import watching
from ftlint.cli.statistics import statistics
from ftlint.config import Resolved
from ftlint.errors import InputError, Interrupted, ServiceFailed, Stopped
from ftlint.model import Finding, Place, Report
from ftlint.progress import Progress
from ftlint.read import STDIN
from ftlint.reports import Options, render
from ftlint.reports.sentence import one_line
from ftlint.rulebook import load_book
from ftlint.text import safe

_STREAMED = ("full", "concise")


class Session:
    """The course of one check; ``run`` returns the exit code."""

    def __init__(
        self,
        given: Given,
        files: engine.Files,
        resolved: Resolved,
        shown: str,
        written: Sequence[Target],
        again: str | None,
    ) -> None:
        self.given = given
        self.files = files
        self.settings = replace(resolved.settings, accepted=None) if given.no_accepted else resolved.settings
        self.shown = shown
        self.written = written
        self.again = again
        origin = resolved.origins["services.moderator.base-url"]
        self.trusted = resolved.file is None or origin != str(resolved.file)
        guard = resolved.origins["services.guard.base-url"]
        self.guard_trusted = resolved.file is None or guard != str(resolved.file)
        self.printed: Counter[Any] = Counter()
        self.told = False  # which rules have findings that are not kept
        options = terminal(
            color=given.color,
            show_text=given.show_text,
            max_per_rule=given.max_per_rule,
            verbose=given.verbose,
            summary=not given.quiet,
            again=again,
        )
        own = load_book(self.settings.rules).rules.values() if self.settings.rules else ()
        self.options = replace(options, own=tuple(rule for rule in own if rule.own))

    def run(self) -> int:
        """Check, moderate, show and write.

        Raises:
            Interrupted: Ctrl-C during moderation, after everything was written.
            FtlintError: the check could not be done.
        """
        stdin = _standard_input() if any(path == "-" for path, _ in self.files) else None
        request = Request(self.files, self.settings, self._mode(), self.trusted, self.again, stdin, self.given.batch)
        if request.mode is Mode.ONLINE:
            refusal(request)  # no key: better said before the work than after
        stopped = False
        with Progress(quiet=self.given.quiet) as progress:
            offline = replace(self.settings, network=False)
            watcher = watching(self.files, progress, self.options)
            report = self._named(engine.check(self.files, offline, stdin=stdin, progress=watcher))
            progress.clear()
            if self.options.show_text or self.shown != "full":
                self._print_findings(report)  # elsewhere a frame waits until moderation has said what to hide
            if self.settings.network:
                report = self._fetched(report, stdin, progress)
            try:
                report = self._named(moderated(report, request, progress))
            except ServiceFailed as error:
                report = failed(report, error.message)
            except KeyboardInterrupt as stop:
                report, stopped = interrupted(report, stop), True
            if not stopped:
                report, stopped = self._second(report, request, progress)
        self._finish(report)
        if stopped:
            raise Interrupted("interrupted; the scores so far are kept", self.again)
        return gate.exit_code(report, self.given.exit_zero)

    def _second(self, report: Report, request: Request, progress: Progress) -> tuple[Report, bool]:
        """The report with a guard model's opinion, if one is asked for; and whether Ctrl-C ended it."""
        if self.settings.services.guard is None:
            return report, False
        from ftlint.cli.guard import second_opinion, unanswered
        from ftlint.services.interface import ServiceError

        try:
            return self._named(second_opinion(report, request, progress, trusted=self.guard_trusted)), False
        except (ServiceFailed, ServiceError) as error:
            return unanswered(report, request, error.message), False
        except Stopped as stop:
            return self._named(stop.report), True
        except KeyboardInterrupt:
            return unanswered(report, request, "interrupted"), True

    def _fetched(self, report: Report, stdin: bytes | None, progress: Progress) -> Report:
        """The report with what the addresses of images lead to, as ``--network`` asks for."""
        from ftlint.network import unreachable

        private = self.given.private_network
        return self._named(
            unreachable(self.files, self.settings, report, private=private, stdin=stdin, progress=progress)
        )

    def _mode(self) -> Mode:
        return (
            Mode.OFFLINE if self.given.offline else Mode.ONLINE if self.given.online or self.given.batch else Mode.AUTO
        )

    def _named(self, report: Report) -> Report:
        """Standard input under the name that the user gave it."""
        name = self.given.stdin_filename
        return renamed(report, STDIN, safe(name)) if name else report

    def _print_findings(self, report: Report) -> None:
        """Findings that are not on the screen yet, where the format is one that a person reads."""
        if self.given.output or self.given.statistics or self.shown not in _STREAMED:
            return
        before = Counter(self.printed)
        fresh: list[Finding] = []
        for finding in report.findings:
            key = (finding.sort_key, finding.level)
            if before[key]:
                before[key] -= 1
            else:
                fresh.append(finding)
                self.printed[key] += 1
        write(_streamed(self.shown, report, fresh, self.options, rest=not self.told))
        self.told = True

    def _finish(self, report: Report) -> None:
        """The rest of the findings, the summary, the files."""
        self._print_findings(report)
        if self.given.statistics and not self.given.output:
            write(statistics(report, self.shown))
        elif not self.given.output and self.shown not in _STREAMED:
            write(render(report, self.shown, self.options))
        given = self.given
        in_files = Options(show_text=given.show_text, max_per_rule=given.max_per_rule, own=self.options.own)
        for target in self.written:
            target.write(report, in_files)
        if self.given.quiet:
            return
        if self.shown == "full" and not self.given.output:
            from ftlint.reports import summary  # which draws, with rich

            write(summary.render(report, self.options))
        else:
            note(one_line(report))
            for line in report.notes:
                note(f"note: {line}")


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise InputError("standard input is closed", "name a file")
    return sys.stdin.buffer.read()


def _streamed(name: str, report: Report, findings: Sequence[Finding], options: Options, *, rest: bool) -> str:
    """Some findings; ``rest`` says after them of which rules not all are kept."""
    if name == "concise":
        from ftlint.reports import concise

        lines = "".join(concise.line(finding, options) + "\n" for finding in findings)
        return lines + (concise.omitted(report, options) if rest else "")
    from ftlint.reports import full

    return full.findings(report, findings, options, report.omitted_by_code() if rest else None)


def renamed(report: Report, old: str, new: str) -> Report:
    """The report with one file under another name, everywhere."""

    def place(other: Place) -> Place:
        return replace(other, path=new) if other.path == old else other

    def finding(one: Finding) -> Finding:
        path = new if one.path == old else one.path
        return replace(one, path=path, related=tuple(map(place, one.related)))

    return replace(
        report,
        files=tuple(replace(file, path=new) if file.path == old else file for file in report.files),
        findings=tuple(map(finding, report.findings)),
        accepted=tuple(map(finding, report.accepted)),
        omitted=tuple(replace(left, path=new) if left.path == old else left for left in report.omitted),
    )
