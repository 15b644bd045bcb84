"""FT0 and FT4, whole files against the provider's limits: their size, name, number of rows, and one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import PurePath

from ftlint.cells import Numbers
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.model import Format, Problem, Role
from ftlint.records import dataclass
from ftlint.texts import images_of

METHODS = {Format.CHAT: "supervised", Format.PREFERENCE: "dpo", Format.REINFORCEMENT: "reinforcement"}
"""The method that a format is for, where none was given."""
STDIN = "<stdin>"


@dataclass
class Images:
    """The rows of a file that hold an image, by line number."""

    lines: Numbers = field(default_factory=Numbers)

    @property
    def rows(self) -> int:
        """How many they are."""
        return len(self.lines)

    def add(self, batch: Batch, _: Context) -> None:
        """Take in the next batch of the file."""
        pictured = [example for example in batch.odd if b"image_url" in example.line.raw]
        self.lines.extend([example.line.number for example in pictured if images_of(example, batch.format)])

    def merge(self, later: Images) -> None:
        """Take in the state of the lines that follow."""
        self.lines += later.lines


def method_of(file: FileResult, context: Context) -> str | None:
    """The training method: as given, else the one that the file's format is for."""
    return context.settings.method or METHODS.get(file.format)


def size(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT012: above what one upload takes, in parts where the provider takes parts."""
    provider = context.provider
    whole, parts = provider.max_file_bytes, provider.max_upload_bytes
    most = max((limit for limit in (whole, parts) if limit is not None), default=None)
    for file in files:
        if most is not None and file.nonblank and file.bytes > most:
            values = {"size": _megabytes(file.bytes), "limit": _megabytes(most), "provider": provider.title}
            yield file.index, Problem("FT012", values=values, data={"bytes": file.bytes, "limit": most})


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def extension(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT013: a file of rows whose name does not end as the provider asks for; pipes and devices have no name."""
    wanted = context.provider.file_extensions
    for file in files:
        name = PurePath(file.path.replace("\\", "/")).name
        unnamed = file.path == STDIN or file.path.startswith(("/dev/", "/proc/"))
        if wanted and file.nonblank and not unnamed and not name.lower().endswith(wanted):
            values = {"name": name, "wanted": " or ".join(wanted), "provider": context.provider.title}
            yield file.index, Problem("FT013", values=values)


def too_many(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT402: more rows, or more rows with images, than the provider takes of this kind of file."""
    provider = context.provider
    for file in files:
        limits = provider.limits_for(method_of(file, context))
        own = None
        if limits is not None:
            own = limits.max_examples if file.role is Role.TRAIN else limits.max_validation_examples
        most = own if own is not None else provider.max_examples
        pictured = file.states["images"].rows
        for count, limit, what in ((file.nonblank, most, "examples"), (pictured, provider.max_image_examples, _IMAGES)):
            if limit is not None and count > limit:
                values = {"count": count, "what": what, "limit": limit, "provider": provider.title}
                yield file.index, Problem("FT402", values=values)


_IMAGES = "examples with images"


def formats_differ(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT411: a validation file in another format than the training files."""
    training = [file for file in files if file.role is Role.TRAIN and file.format is not Format.UNKNOWN]
    wanted = {file.format for file in training}
    for file in files:
        if file.role is Role.VALIDATION and file.format is not Format.UNKNOWN and wanted and file.format not in wanted:
            values = {"format": file.format.value, "wanted": training[0].format.value, "file": training[0].path}
            yield file.index, Problem("FT411", values=values)


def validation(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT412, in a run only: the method wants a validation file, and there is none."""
    training = [file for file in files if file.role is Role.TRAIN]
    if not context.settings.run or not training or len(training) < len(files):
        return
    method = method_of(training[0], context)
    limits = context.provider.limits_for(method)
    if limits is not None and limits.validation_required:
        yield -1, Problem("FT412", values={"provider": context.provider.title, "method": method})
