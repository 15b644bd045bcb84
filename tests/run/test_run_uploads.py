"""Large files in a run: what a resume sends again, what it adopts, and what is deleted when the run has ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import JobRefused, ServiceFailed, UsageError
from ftlint.model import ModerationSummary
from ftlint.run import pipeline
from ftlint.run.cleanup import cleanup, uploaded
from ftlint.run.parts import JournalledParts
from ftlint.run.runs import read_state
from ftlint.services import build, openai_upload
from ftlint.services.interface import PartDone, Trainer
from ftlint.settings import ServiceConfig, Settings
from run.loopback import Bare, Clock, tools, write_run
from run.world import Killed, World
from services.conftest import Answer, Server

LARGE, PART = 1000, 800  # the training file of these runs is larger than this, the validation file is not


class Project:
    """A run on one bare server, which outlives its clients."""

    def __init__(self, folder: Path, settings: Settings, world: World, server: Server) -> None:
        self.bare, self.server, self.world = Bare(large=True, strict=False), server, world
        server.reply = self.bare.reply
        address = f'\n[services.trainer]\nprovider = "generic"\nbase_url = "{server.url}"\n'
        self.path, self.runs = write_run(folder, address), folder / "runs"
        self.common: dict[str, Any] = {
            "settings": settings,
            "confirm": lambda plan: True,
            "runs": self.runs,
            "tools": tools(Clock(), check=world.check),
        }

    def run(self) -> pipeline.RunResult:
        return pipeline.run(self.path, **self.common)

    def resume(self) -> pipeline.RunResult:
        return pipeline.resume("abcdefg1", **self.common)

    @property
    def folder(self) -> Path:
        (found,) = self.runs.iterdir()
        return found

    def trainer(self) -> Trainer:
        return build.trainer(ServiceConfig("generic", self.server.url, ""))

    def expect_one_of_each(self) -> None:
        names = [file["filename"] for file in self.bare.files]
        assert len(names) == len(set(names)) == 2
        assert len(self.bare.jobs) == 1
        train = next(upload for upload in self.bare.uploads.values())
        assert "-train-" in train["filename"]


@pytest.fixture
def project(tmp_path: Path, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setattr(openai_upload, "LARGE", LARGE)
    monkeypatch.setattr(openai_upload, "PART", PART)
    world.moderation, world.usd = ModerationSummary("not-run", reason="offline"), 0.0
    server = Server()
    yield Project(tmp_path, settings, world, server)
    server.stop()


def test_a_large_training_file_goes_up_in_parts_once(project: Project) -> None:
    assert project.run().report.verdict == "better"
    project.expect_one_of_each()
    size = (project.folder / "train.jsonl").stat().st_size
    assert size > LARGE
    assert len(project.bare.parts) == -(-size // PART)
    assert b"".join(project.bare.parts.values()) == (project.folder / "train.jsonl").read_bytes()


@pytest.mark.parametrize("journalled", [True, False])
def test_a_killed_upload_goes_on_where_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch, journalled: bool
) -> None:
    sent = JournalledParts.sent

    def die(self: JournalledParts, number: int, part: PartDone) -> None:
        if number < 1 or journalled:
            sent(self, number, part)
        if number == 1:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(JournalledParts, "sent", die)
        with pytest.raises(Killed):
            project.run()
    assert len(project.bare.parts) == 2
    assert project.resume().report.verdict == "better"
    project.expect_one_of_each()
    assert len(project.bare.uploads) == 1
    size = (project.folder / "train.jsonl").stat().st_size
    assert len(project.bare.parts) == -(-size // PART) + (0 if journalled else 1)


def test_an_upload_that_is_gone_begins_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(self: JournalledParts, number: int, part: PartDone) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(JournalledParts, "sent", die)
        with pytest.raises(Killed):
            project.run()
    project.bare.uploads["upload-1"]["gone"] = True
    assert project.resume().report.verdict == "better"
    project.expect_one_of_each()
    assert len(project.bare.uploads) == 2


def test_an_upload_that_was_completed_unheard_is_adopted(project: Project) -> None:
    reply = project.bare.reply
    unheard = []

    def lose_the_answer(asked: Any) -> Answer:
        answer = reply(asked)
        if asked.path.endswith("/complete") and not unheard:
            unheard.append(asked)
            return Answer(None)
        return answer

    project.server.reply = lose_the_answer
    assert project.run().report.verdict == "better"
    assert len(unheard) == 1
    project.expect_one_of_each()
    assert len(project.bare.uploads) == 1


def test_a_late_completion_is_found_before_anything_is_sent_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = JournalledParts.forget
    late: list[dict[str, Any]] = []
    reply = project.bare.reply

    def hide(asked: Any) -> Answer:
        answer = reply(asked)
        if asked.path.endswith("/complete") and not late:
            late.append(project.bare.files.pop())  # it stands in the list only after the second attempt was refused
            return Answer(None)
        return answer

    def show(self: JournalledParts) -> None:
        forget(self)
        project.bare.files.extend(late)

    monkeypatch.setattr(JournalledParts, "forget", show)
    project.server.reply = hide
    assert project.run().report.verdict == "better"
    project.expect_one_of_each()
    assert len(project.bare.uploads) == 1


def test_files_are_kept_where_the_run_file_says_so(project: Project) -> None:
    project.path.write_text(project.path.read_text().replace("[train]", "[train]\nkeep_files = true"))
    project.run()
    assert "expires_after" not in project.bare.uploads["upload-1"]
    bodies = [asked.body for asked in project.server.asked if asked.path == "/v1/files" and asked.method == "POST"]
    assert [b"expires_after" in body for body in bodies] == [False]


def test_a_cleanup_deletes_what_was_uploaded_and_only_once(project: Project) -> None:
    project.run()
    project.bare.files.append({"id": "file-of-another", "filename": "other.jsonl"})
    trainer = project.trainer()
    assert set(cleanup(project.folder, trainer, 1.0).values()) == {True}
    assert [file["id"] for file in project.bare.files] == ["file-of-another"]
    deleted = [asked.path for asked in project.server.asked if asked.method == "DELETE"]
    assert cleanup(project.folder, trainer, 1.0) == {}
    assert [asked.path for asked in project.server.asked if asked.method == "DELETE"] == deleted
    trainer.close()
    assert project.resume().report.verdict == "better"  # a finished run needs none of them


def test_a_cleanup_leaves_a_running_job_its_files(project: Project) -> None:
    project.bare.statuses = ["running"]
    reply = project.bare.reply
    looks = []

    def stop(asked: Any) -> Answer:
        if asked.path.endswith("/job-1"):
            looks.append(asked)
            if len(looks) == 1:
                return Answer({"error": "no such key"}, 401)
        return reply(asked)

    project.server.reply = stop
    with pytest.raises(ServiceFailed):
        project.run()
    trainer = project.trainer()
    with pytest.raises(UsageError, match="is running, and still needs its files"):
        cleanup(project.folder, trainer, 1.0)
    assert len(project.bare.files) == 2
    project.bare.statuses = ["cancelled"]
    assert len(cleanup(project.folder, trainer, 1.0)) == 2
    trainer.close()


def test_a_cleanup_after_a_failed_job(project: Project) -> None:
    project.bare.statuses, project.bare.error = ["failed"], "no"
    with pytest.raises(JobRefused):
        project.run()
    assert set(uploaded(project.folder)) == {"train", "validation"}
    trainer = project.trainer()
    assert len(cleanup(project.folder, trainer, 1.0)) == 2
    trainer.close()
    assert project.bare.files == []
    assert uploaded(project.folder) == {}
    assert read_state(project.folder).done["cleanup:train"]["existed"] is True
