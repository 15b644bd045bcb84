"""Stage 4, with ``--network``: the images that rows name by address are asked for, and the report with what came back.

Nothing of this runs, and no address is looked at, unless the user asks for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from ftlint import catalog, fetch, gate, parse
from ftlint.checks.base import Context
from ftlint.checks.file import sniff
from ftlint.context import Files, Progress, active_for, make_context, sources
from ftlint.errors import InputError
from ftlint.formats import deviates
from ftlint.model import Example, Finding, Format, JsonPath, Line, Problem, Report
from ftlint.read import Reader, Source
from ftlint.settings import Settings
from ftlint.stale import join
from ftlint.stamp import Stamper
from ftlint.texts import images_of

CODE = "FT806"
_WITH_IMAGES = (Format.CHAT, Format.PREFERENCE, Format.REINFORCEMENT)
_REMOTE = ("http://", "https://")


def unreachable(
    files: Files,
    settings: Settings,
    report: Report,
    *,
    private: bool = False,
    stdin: bytes | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report with a finding for each place whose image cannot be fetched.

    Args:
        files: the files that ``report`` is about; its formats and hashes are relied on.
        private: addresses in private networks may be asked too.

    Raises:
        InputError: a file changed since it was checked.
    """
    context = make_context(settings)
    if CODE not in context.active:
        return report
    found = sources(files, stdin)
    urls: dict[str, None] = {}
    for index, source in enumerate(found):
        if CODE in active_for(context, source.name):
            urls.update(dict.fromkeys(url for _, _, url in _images(source, report, index)))
    limit = catalog.load_providers()[settings.provider].max_image_bytes
    wrong = _asked(list(urls), fetch.Rules(max_bytes=limit, private=private), progress)
    standing = join(list(_findings(found, report, wrong, context)), context)
    findings = tuple(sorted((*report.findings, *standing.findings), key=lambda finding: finding.sort_key))
    return dataclasses.replace(
        report,
        findings=findings,
        accepted=(*report.accepted, *standing.accepted),
        skipped=tuple(item for item in report.skipped if item.code != CODE),
        verdict=gate.verdict(findings, report.moderation, report.fail_on, report.moderation.required),
    )


def _asked(urls: list[str], rules: fetch.Rules, progress: Progress | None) -> dict[str, str]:
    def done(number: int) -> None:
        if progress is not None:
            progress("images", number, len(urls))

    return fetch.faults(urls, rules, done=done) if urls else {}


def _findings(found: list[Source], report: Report, wrong: dict[str, str], context: Context) -> Iterator[Finding]:
    if not wrong:
        return
    for index, source in enumerate(found):
        if CODE not in active_for(context, source.name):
            continue
        stamper = Stamper(source.name, context.settings, context.book)
        for line, path, url in _images(source, report, index):
            if url in wrong:
                hide = "@" in url or "?" in url  # a password, a signed address: not for other people's eyes
                yield stamper(Problem(CODE, line.number, path, values={"fact": wrong[url]}, hide=hide), line)


def _images(source: Source, report: Report, index: int) -> Iterator[tuple[Line, JsonPath, str]]:
    """Line, place and address of each remote image; raises InputError for a file that is not the one checked."""
    fmt = report.files[index].format
    if fmt not in _WITH_IMAGES:
        return
    reader = Reader(source, skip=sniff(source.head()).skip)
    for lines in reader.batches():
        for line in lines:
            if b"image_url" in line.raw:
                yield from _of_line(line, fmt)
    if reader.sha256 != report.files[index].sha256:
        raise InputError(f"{source.name} changed while it was checked", "check it again when nothing writes to it")


def _of_line(line: Line, fmt: Format) -> Iterator[tuple[Line, JsonPath, str]]:
    try:
        value, canonical = parse.parse(line)
    except parse.Unparsable:
        return
    if not isinstance(value, dict) or deviates(value, fmt) is not None:
        return
    for path, url in images_of(Example(line, value, canonical), fmt):
        if url[:8].lower().startswith(_REMOTE):
            yield line, path, url.strip()
