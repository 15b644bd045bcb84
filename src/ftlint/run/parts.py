"""The stage ``upload``: what is remembered of a file's upload in parts, so that a resume sends only what is missing."""

from __future__ import annotations

from ftlint.run.journal import Journal
from ftlint.services.interface import BegunUpload, PartDone


class JournalledParts:
    """The memory of one file's upload in parts, in the run's journal: every write is on disk when it returns."""

    def __init__(self, journal: Journal, step: str) -> None:
        self._journal = journal
        self._stage = f"{step}:parts"
        self._upload: BegunUpload | None = None
        self._parts: dict[int, PartDone] = {}
        for note in journal.state.notes.get(self._stage, []):
            self._fold(note)

    def _fold(self, note: dict[str, object]) -> None:
        match note:
            case {"begun": str(upload_id), "bytes": int(size)}:
                end = note.get("expires_at")
                self._upload, self._parts = BegunUpload(upload_id, size, end if isinstance(end, int) else None), {}
            case {"part": int(number), "id": str(part_id), "sha256": str(digest)}:
                self._parts[number] = PartDone(part_id, digest)
            case {"forgotten": True}:
                self._upload, self._parts = None, {}

    def _note(self, **note: object) -> None:
        self._journal.note(self._stage, **note)
        self._fold(note)

    def upload(self) -> BegunUpload | None:
        """The upload that is under way, or None."""
        return self._upload

    def part(self, number: int) -> PartDone | None:
        """The part with this number (from 0), or None where it has to be sent."""
        return self._parts.get(number)

    def began(self, upload_id: str, size: int, expires_at: int | None) -> None:
        """An upload was begun; the parts of an earlier one do not count any more."""
        self._note(begun=upload_id, bytes=size, expires_at=expires_at)

    def sent(self, number: int, part: PartDone) -> None:
        """A part has arrived."""
        self._note(part=number, id=part.id, sha256=part.sha256)

    def forget(self) -> None:
        """The upload is of no use any more."""
        self._note(forgotten=True)
