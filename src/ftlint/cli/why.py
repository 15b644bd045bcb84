"""``ftlint why``: for the person who comes after the block. Which failure it is, and the suspects, ranked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from ftlint.cli.common import config_options, resolve
from ftlint.errors import InputError, Interrupted, ServiceFailed, UsageError
from ftlint.model import Report, Role
from ftlint.text import safe

if TYPE_CHECKING:
    from rich.text import Text

    from ftlint.reports import Options
    from ftlint.run.suspects import Suspect
    from ftlint.run.why import Explanation, Told

_PLACES = 8


@click.command("why", short_help="Explain why a job failed or was blocked, and rank the suspects.")
@click.argument("file")
@click.option("--validation", metavar="FILE", help="The validation file of the job.")
@click.option("--job", metavar="ID", help="The job; its error and events are read (needs a key).")
@click.option("--error", metavar="TEXT", help="What the service said, pasted; `-` reads it from standard input.")
@click.option("--model", metavar="MODEL", help="The base model of the job.")
@click.option("--provider", metavar="NAME", help="Where the job ran (default: openai).")
@click.option("--offline", is_flag=True, help="No moderation: rank by the offline rules alone.")
@click.option("--online", is_flag=True, help="Run moderation to the end, however long it takes.")
@click.option("--base-url", metavar="URL", help="Address of the service, if it is not the provider's own.")
@click.option("--output-format", type=click.Choice(["full", "json"]), default="full", help="For people, or programs.")
@click.option("--max", "most", type=click.IntRange(min=1), default=10, help="Suspects to show.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@config_options
def why(file: str, **given: Any) -> int:
    """Explain a failed job: `ftlint why train.jsonl --error "This training file was ..."`, or `--job ftjob-...`.

    Three failures look alike: the file is blocked before training, the tuned model is blocked after it, and the safety
    evaluation itself breaks down. Their remedies differ. FILE is the training file as it was uploaded.

    Exit codes: 1 where a suspect is found, 0 where none is, 2 not checked, 3 a service failed.
    """
    from ftlint.cli.output import write

    if (given["job"] is None) == (given["error"] is None):
        raise UsageError("name what is to be explained: --job or --error", '--error "..." or --job ftjob-...')
    if given["offline"] and given["online"]:
        raise UsageError("--offline and --online exclude each other")
    from ftlint.run.why import explain

    path = Path(file)
    if not path.is_file():
        raise InputError(f"there is no file {file}", "name the training file as it was uploaded")
    told, report, stopped = _told_and_checked(path, given)
    explanation = explain(told, report, path)
    if given["output_format"] == "json":
        from ftlint.reports import Options, render

        tree = {"version": 1, "failure": explanation.as_dict(), "report": json.loads(render(report, "json", Options()))}
        write(json.dumps(tree, ensure_ascii=False, indent=2) + "\n")
    else:
        write(_shown(explanation, given))
    if stopped:
        raise stopped
    return 1 if explanation.suspects else 0


def _told_and_checked(path: Path, given: dict[str, Any]) -> tuple[Told, Report, Exception | None]:
    """What the service said, the report, and what kept moderation from its end."""
    from ftlint import engine
    from ftlint.cli.moderate import Mode, Request, failed, interrupted, moderated
    from ftlint.progress import Progress
    from ftlint.services.interface import ServiceError

    settings, trusted = _settings(path, given)
    told = _told(given, settings)
    files: list[tuple[Path | Literal["-"], Role]] = [(path, Role.TRAIN)]
    if given["validation"]:
        files.append((Path(given["validation"]), Role.VALIDATION))
    mode = Mode.OFFLINE if given["offline"] else Mode.ONLINE if given["online"] else Mode.AUTO
    with Progress(quiet=False) as progress:
        report = engine.check(files, settings, progress=progress)
        progress.clear()
        try:
            return told, moderated(report, Request(files, settings, mode, trusted, None), progress), None
        except (ServiceFailed, ServiceError) as error:
            message = error.message
            return (
                told,
                failed(report, message),
                ServiceFailed(f"moderation failed: {message}", "the list is by the offline rules"),
            )
        except KeyboardInterrupt as stop:
            return told, interrupted(report, stop), Interrupted("interrupted; the scores so far are kept", None)


def _settings(path: Path, given: dict[str, Any]) -> tuple[Any, bool]:
    flags = {
        "model": given["model"],
        "provider": given["provider"],
        "services.moderator.base-url": given["base_url"],
        "services.trainer.base-url": given["base_url"],
    }
    resolved = resolve(given["config"], given["isolated"], given["today"], start=path.parent, flags=flags)
    from_file = {
        role
        for role in ("moderator", "trainer")
        if resolved.file is not None and resolved.origins[f"services.{role}.base-url"] == str(resolved.file)
    }
    if given["job"] is not None and "trainer" in from_file and not given["online"]:
        # the file may have come with the data: it does not decide where a key goes
        named = resolved.settings.services.trainer.base_url
        raise UsageError(f"the configuration file names {named} for the job", "repeat it: --base-url URL, or --online")
    return resolved.settings, "moderator" not in from_file


def _told(given: dict[str, Any], settings: Any) -> Told:
    from ftlint.run.why import from_job, from_text
    from ftlint.services import build
    from ftlint.services.interface import ServiceError

    if given["error"] is not None:
        text = sys.stdin.read() if given["error"] == "-" and sys.stdin else str(given["error"])
        if not text.strip():
            raise UsageError("the error is empty", '--error "This training file was blocked ..."')
        return from_text(text)
    if given["offline"]:
        raise UsageError("--job asks the service, and --offline forbids it", "give the text with --error")
    trainer = build.trainer(settings.services.trainer)
    try:
        return from_job(trainer, given["job"])
    except ServiceError as error:
        raise ServiceFailed(f"cannot read the job: {error.message}", "give the text with --error") from None
    finally:
        trainer.close()


def _shown(explanation: Explanation, given: dict[str, Any]) -> str:
    from ftlint.cli.output import terminal
    from ftlint.reports.paint import paint

    options = terminal(color=given["color"], show_text=False, max_per_rule=0, verbose=False, summary=True, again=None)
    return paint(_lines(explanation, given["most"], options), options)


def _lines(explanation: Explanation, most: int, options: Options) -> Iterator[Text]:
    from ftlint.reports.paint import DIM, words

    told = explanation.told
    yield words(options, (f"{told.failure.kind.value}: ", "bold red"), (told.failure.summary, "bold"))
    yield words(options, "  the service said: ", told.failure.message)
    if told.clues.categories:
        yield words(options, "  categories named: ", ", ".join(told.clues.categories))
    for raw in told.raw:
        yield words(options, "  moderation_checks: ", raw)
    yield words(options, "  what helps: ", told.failure.remedy)
    yield words(options)
    shown = explanation.suspects[:most]
    if shown:
        yield words(options, ("suspects, the likeliest first", "bold"))
    for number, item in enumerate(shown, start=1):
        yield from _suspect(number, item, options)
    if len(explanation.suspects) > most:
        yield words(options, (f"  {len(explanation.suspects) - most:,} more, shown with --max", DIM))
    if not shown and not _innocent(explanation):
        yield words(options, "no suspect: nothing that is known to block a file was found")
    yield words(options)
    for note in explanation.notes():
        yield words(options, ("note: ", DIM), note)


def _innocent(explanation: Explanation) -> bool:
    from ftlint.run.suspects import NOT_THE_FILE

    return explanation.told.failure.kind in NOT_THE_FILE


def _suspect(number: int, item: Suspect, options: Options) -> Iterator[Text]:
    from ftlint.reports.paint import DIM, STYLES, words

    finding = item.finding
    named = ", named by the service" if item.named else ""
    yield words(
        options, f"{number:>3}. ", (f"{finding.code} {finding.name}", STYLES[finding.level]),
        f": {finding.message}", (named, DIM),
    )  # fmt: skip
    shown = item.places[:_PLACES]
    by_path: dict[str, list[str]] = {}
    for place in shown:
        by_path.setdefault(place.path, []).append(str(place.line))
    places = [f"{path}:{', '.join(lines)}" for path, lines in by_path.items()] or [safe(finding.path)]
    more = max(item.count, len(item.places)) - len(shown)
    yield words(options, "     at ", "; ".join(places), (f" and {more:,} more" if more > 0 else "", DIM))
    if finding.help:
        yield words(options, "     help: ", finding.help)
