"""Runs against servers that are not OpenAI: what they leave out, Azure's deployments, and roles at three places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import ConfigError, JobRefused, ServiceFailed
from ftlint.run import pipeline
from ftlint.run.runs import read_state
from ftlint.settings import Settings
from run.loopback import NOT_FOUND, PAGE, TUNED, Bare, Clock, moderation, tools, write_run
from run.world import World
from services.conftest import Answer, Server


@pytest.fixture
def servers() -> Iterator[Callable[[], Server]]:
    made: list[Server] = []

    def start() -> Server:
        made.append(Server())
        return made[-1]

    yield start
    for server in made:
        server.stop()


def service(role: str, server: Server, provider: str = "generic", key: str = "") -> str:
    """A service's section."""
    named = f'api_key_env = "{key}"\n' if key else ""
    return f'\n[services.{role}]\nprovider = "{provider}"\nbase_url = "{server.url}"\n{named}'


class Start:
    """Begins and resumes runs in one folder."""

    def __init__(self, folder: Path, settings: Settings, world: World) -> None:
        self.folder, self.settings, self.clock = folder, settings, Clock()
        self.check = world.check
        self.plans: list[Any] = []

    def confirm(self, plan: Any) -> bool:
        self.plans.append(plan)
        return True

    def options(self, **others: Any) -> dict[str, Any]:
        made = tools(self.clock, **others)
        return {
            "settings": self.settings,
            "confirm": self.confirm,
            "runs": self.folder / "runs",
            "tools": made,
        }

    def run(self, path: Path) -> pipeline.RunResult:
        return pipeline.run(path, **self.options(check=self.check))

    def resume(self) -> pipeline.RunResult:
        return pipeline.resume("abcdefg1", **self.options(check=self.check))

    @property
    def state(self) -> Any:
        (folder,) = (self.folder / "runs").iterdir()
        return read_state(folder)


@pytest.fixture
def start(tmp_path: Path, settings: Settings, world: World) -> Start:
    from ftlint.model import ModerationSummary

    world.moderation = ModerationSummary("not-run", reason="offline")
    world.usd = 0.0
    return Start(tmp_path, settings, world)


@pytest.mark.parametrize("missing", [NOT_FOUND, PAGE, Answer({"detail": "no"}, 405), Answer({"error": "no"}, 501)])
def test_a_bare_server_carries_a_run_to_its_end(
    start: Start, servers: Callable[[], Server], tmp_path: Path, missing: Answer
) -> None:
    bare, server = Bare(missing=missing), servers()
    server.reply = bare.reply
    path = write_run(tmp_path, service("trainer", server))
    start.clock.sleep(1)
    result = start.run(path)
    assert result.report.verdict == "better"
    assert start.state.done["follow"]["fine_tuned_model"] == TUNED
    assert start.state.done["follow"]["trained_tokens"] == 1500
    assert len(bare.jobs) == 1
    assert bare.bodies[0]["metadata"]["ftlint_run"].endswith("-abcdefg1")
    uploads = [asked for asked in server.asked if (asked.method, asked.path) == ("POST", "/v1/files")]
    assert [b"expires_after" in asked.body for asked in uploads] == [True, False, True, False]
    assert len(bare.files) == 2
    (plan,) = start.plans
    assert any("does not list its jobs" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("error", "message"),
    [("CUDA out of memory", "CUDA out of memory"), ({"message": "bad"}, "bad"), (None, "no reason")],
)
def test_a_bare_server_says_why_in_any_shape(
    start: Start, servers: Callable[[], Server], tmp_path: Path, error: Any, message: str
) -> None:
    bare, server = Bare(statuses=["queued", "failed"], error=error), servers()
    server.reply = bare.reply
    with pytest.raises(JobRefused, match=message):
        start.run(write_run(tmp_path, service("trainer", server)))


def test_other_words_for_the_end_of_a_job(start: Start, servers: Callable[[], Server], tmp_path: Path) -> None:
    bare, server = Bare(statuses=["queued", "training", "completed"]), servers()
    server.reply = bare.reply
    assert start.run(write_run(tmp_path, service("trainer", server))).report.verdict == "better"
    assert start.state.done["follow"]["status"] == "succeeded"


def test_azure_waits_for_the_deployment_and_a_resume_goes_on(
    start: Start, servers: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_AZURE", "azure-key-0123456789")
    bare, server = Bare(strict=False, models={"gpt-4o-2024-08-06"}), servers()
    server.reply = bare.reply
    path = write_run(
        tmp_path,
        service("trainer", server, "azure", "MY_AZURE"),
        provider="azure",
        model="gpt-4o-2024-08-06",
        evaluate='tuned_model = "tuned-deployment"',
    )
    path.write_text(path.read_text().replace("[train]", '[train]\ntraining_type = "Standard"'))
    with pytest.raises(ServiceFailed, match="no deployment named tuned-deployment") as caught:
        start.run(path)
    assert "--resume abcdefg1" in (caught.value.hint or "")
    assert len(bare.jobs) == 1
    (plan,) = start.plans
    assert any("deploy the tuned model under the name tuned-deployment" in note for note in plan.notes)
    assert any("trains gpt-4o-2024-08-06 until 2027-04-01" in note for note in plan.notes)
    bare.models = {"gpt-4o-2024-08-06", "tuned-deployment"}
    assert start.resume().report.verdict == "better"
    assert len(bare.jobs) == 1
    assert bare.bodies[0]["trainingType"] == "Standard"
    assert {asked.headers.get("api-key") for asked in server.asked} == {"azure-key-0123456789"}
    assert {asked.headers.get("authorization") for asked in server.asked} == {None}


def test_azure_wants_the_name_of_the_deployment_before_anything(
    start: Start, servers: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_AZURE", "azure-key-0123456789")
    server = servers()
    path = write_run(tmp_path, service("trainer", server, "azure", "MY_AZURE"), provider="azure")
    with pytest.raises(ConfigError, match=r"evaluate\.tuned_model is missing"):
        start.run(path)
    assert server.asked == []


def test_each_role_goes_to_its_own_server_with_its_own_key(
    start: Start, servers: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {
        "MY_AZURE": "azure-key-0123456789",
        "MY_OPENAI": "sk-openai-0123456789",
        "OPENAI_API_KEY": "sk-stray-012345",
    }
    for name, key in keys.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-openai")
    azure, openai, local = servers(), servers(), servers()
    trainer, own = Bare(strict=False), Bare(tuned="none")
    azure.reply, openai.reply, local.reply = trainer.reply, moderation, own.reply
    path = write_run(
        tmp_path,
        service("trainer", azure, "azure", "MY_AZURE") + service("moderator", openai, "openai", "MY_OPENAI"),
        provider="azure",
        model="gpt-4o-2024-08-06",
        evaluate=(
            'tuned_model = "tuned-deployment"\nbase_model = "base-deployment"\n[[evaluate.compare]]\n'
            f'name = "llama"\nmodel = "llama-3.2-1b"\nprovider = "generic"\nbase_url = "{local.url}"\n'
        ),
    )
    result = pipeline.run(path, **start.options())
    assert {system.name for system in result.report.systems} >= {"base", "tuned", "llama"}

    assert {asked.path for asked in openai.asked} == {"/v1/moderations"}
    assert {asked.headers["authorization"] for asked in openai.asked} == {"Bearer sk-openai-0123456789"}
    assert {asked.path for asked in local.asked} == {"/v1/chat/completions"}
    assert {asked.json["model"] for asked in local.asked} == {"llama-3.2-1b"}
    assert "/v1/moderations" not in {asked.path for asked in azure.asked}
    named = {asked.json["model"] for asked in azure.asked if asked.path == "/v1/chat/completions"}
    assert named == {"base-deployment", "tuned-deployment"}
    for server, own_key in ((azure, "azure-key"), (openai, "sk-openai"), (local, "nothing")):
        for asked in server.asked:
            sent = "\n".join(f"{name}: {value}" for name, value in asked.headers.items()) + str(asked.body)
            assert all(key not in sent for key in keys.values() if not key.startswith(own_key))
            if server is not openai:
                assert "org-of-openai" not in sent
