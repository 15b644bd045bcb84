"""Azure OpenAI: its address, its key header, Entra tokens that are renewed, its deployments, and who gets which key."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import pytest

from ftlint.errors import ConfigError, UsageError
from ftlint.services import azure, build
from ftlint.services.interface import AuthError, JobSpec, Rejected
from ftlint.services.openai_ import Endpoint, OpenAICompleter
from ftlint.services.openai_trainer import OpenAITrainer
from ftlint.settings import ServiceConfig

from .conftest import Answer, Naps, Server, error

HOST = "https://mine.openai.azure.com"
KEY = "azure-key-0123456789"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl"
JOB = {"id": "ftjob-1", "status": "running"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (azure.KEY_VARIABLE, azure.TOKEN_VARIABLE, azure.ADDRESS_VARIABLE, "MY_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(azure, "find_spec", lambda name: None)  # azure-identity may be installed here


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (HOST, f"{HOST}/openai/v1"),
        (f"{HOST}/", f"{HOST}/openai/v1"),
        (f"{HOST}/openai", f"{HOST}/openai/v1"),
        (f"{HOST}/openai/v1/", f"{HOST}/openai/v1/"),
        ("https://x.services.ai.azure.com/api/projects/p/openai/v1", None),
        (" http://127.0.0.1:9/v1 ", "http://127.0.0.1:9/v1"),
        ("https://[broken", None),
        ("", ""),
    ],
)
def test_the_address_gets_the_path_of_the_v1_api(given: str, expected: str | None) -> None:
    assert (azure.address(given) or "") == (given if expected is None else expected)


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert azure.address(None) is None
    monkeypatch.setenv(azure.ADDRESS_VARIABLE, f"{HOST}/")
    assert build.host(ServiceConfig("azure", None, "")) == "mine.openai.azure.com"
    monkeypatch.setenv(azure.KEY_VARIABLE, KEY)
    endpoint = build.endpoint(ServiceConfig("azure", None, ""))
    assert (endpoint.base_url, endpoint.key, endpoint.header) == (f"{HOST}/openai/v1", KEY, "api-key")


def test_the_dated_api_is_refused() -> None:
    with pytest.raises(ConfigError, match="names a deployment"):
        build.host(ServiceConfig("azure", f"{HOST}/openai/deployments/gpt/chat/completions", "MY_KEY"))


def test_a_key_travels_in_azures_header_only(server: Server, monkeypatch: pytest.MonkeyPatch, naps: Naps) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv(azure.TOKEN_VARIABLE, TOKEN)
    server.script(Answer(JOB))
    trainer = build.trainer(ServiceConfig("azure", server.url, "MY_KEY"))
    assert trainer.job("ftjob-1").id == "ftjob-1"
    trainer.close()
    (asked,) = server.asked
    assert asked.headers["api-key"] == KEY
    assert "authorization" not in asked.headers


def test_a_token_that_the_configuration_names_is_a_bearer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(azure.TOKEN_VARIABLE, TOKEN)
    config = ServiceConfig("azure", server.url, azure.TOKEN_VARIABLE)
    assert build.has_key(config)
    server.script(Answer({"choices": [{"message": {"content": "ok"}, "finish_reason": "stop"}]}))

    async def ask() -> str:
        completer = build.completer(config)
        try:
            answer = await completer.complete("d", [{"role": "user", "content": "x"}], temperature=0, max_tokens=1)
        finally:
            await completer.close()
        return answer.text

    assert asyncio.run(ask()) == "ok"
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "api-key" not in server.asked[0].headers
    assert TOKEN not in repr(build.endpoint(config))


def test_a_token_goes_to_no_stranger(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(azure.TOKEN_VARIABLE, TOKEN)
    monkeypatch.setenv(azure.KEY_VARIABLE, KEY)
    for address in (server.url, "https://mine.openai.azure.com.example/v1", "https://gateway.example/v1"):
        config = ServiceConfig("azure", address, "")
        assert not build.has_key(config)
        with pytest.raises(UsageError, match="there is no key for azure") as caught:
            build.endpoint(config)
        assert TOKEN not in f"{caught.value.message}{caught.value.hint}"
    assert build.has_key(ServiceConfig("azure", HOST, ""))


def test_a_token_is_asked_for_anew_on_every_request(server: Server) -> None:
    tokens = iter(["first", "second"])
    server.script(Answer(JOB))
    trainer = OpenAITrainer(Endpoint("azure", server.url, "", token=lambda: next(tokens)))
    trainer.job("a")
    trainer.job("a")
    trainer.close()
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer first", "Bearer second"]


def fake_identity(monkeypatch: pytest.MonkeyPatch, give: Any) -> list[str]:
    """An azure-identity that is not installed here."""
    scopes: list[str] = []

    def provider(credential: object, scope: str) -> Any:
        scopes.append(scope)
        return give

    module: Any = types.ModuleType("azure.identity")
    module.DefaultAzureCredential = object
    module.get_bearer_token_provider = provider
    monkeypatch.setitem(sys.modules, "azure", types.ModuleType("azure"))
    monkeypatch.setitem(sys.modules, "azure.identity", module)
    monkeypatch.setattr(azure, "find_spec", lambda name: module)
    return scopes


def test_azure_identity_serves_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not build.has_key(ServiceConfig("azure", HOST, ""))
    scopes = fake_identity(monkeypatch, lambda: TOKEN)
    endpoint = build.endpoint(ServiceConfig("azure", HOST, ""))
    assert endpoint.token is not None
    assert scopes == []  # nothing is asked before the first call
    assert (endpoint.token(), endpoint.token()) == (TOKEN, TOKEN)
    assert scopes == ["https://cognitiveservices.azure.com/.default"]
    assert not build.has_key(ServiceConfig("azure", "https://gateway.example/v1", ""))


def test_a_credential_that_fails_is_a_missing_key(server: Server, monkeypatch: pytest.MonkeyPatch, naps: Naps) -> None:
    def fail() -> str:
        raise RuntimeError("please run az login\nsecret details")

    fake_identity(monkeypatch, fail)
    source = build.endpoint(ServiceConfig("azure", HOST, "")).token
    trainer = OpenAITrainer(Endpoint("azure", server.url, "", token=source), sleep=naps)
    with pytest.raises(AuthError, match="az login") as caught:
        trainer.job("a")
    trainer.close()
    assert "secret details" not in caught.value.message
    assert (server.asked, naps.taken) == ([], [])


def test_a_missing_deployment_says_what_to_do(server: Server, naps: Naps) -> None:
    server.script(error(404, "The API deployment for this resource does not exist.", code="DeploymentNotFound"))

    async def ask() -> None:
        completer = OpenAICompleter(Endpoint("azure", server.url, KEY, "api-key"), sleep=naps.soon)
        try:
            await completer.complete("mine", [{"role": "user", "content": "x"}], temperature=0, max_tokens=1)
        finally:
            await completer.close()

    with pytest.raises(Rejected, match=r"no deployment named mine: .* deploy it under this name") as caught:
        asyncio.run(ask())
    assert (caught.value.status, caught.value.code) == (404, "DeploymentNotFound")


@pytest.mark.parametrize(
    ("model", "day"),
    [
        ({"deprecation": {"fine_tune": 1807660800, "inference": 1823385600}}, "2027-04-14"),
        ({"deprecation": {"inference": 1823385600}}, "2027-10-13"),
        ({"deprecation": {"fine_tune": "soon"}}, None),
        ({"deprecation": None}, None),
        ({"shutdown_date": "2027-01-14", "deprecation": {"fine_tune": 1}}, "2027-01-14"),
        ({}, None),
    ],
)
def test_the_end_of_a_model_is_read_from_the_catalogue(server: Server, model: dict[str, Any], day: str | None) -> None:
    server.script(Answer({"id": "gpt-4o", **model}))
    trainer = OpenAITrainer(Endpoint("azure", server.url, KEY, "api-key"))
    assert trainer.shutdown_date("gpt-4o") == day
    trainer.close()


def test_web_tokens_and_keys_stand_in_no_message(server: Server, naps: Naps) -> None:
    server.script(error(401, f"Access denied for {KEY} and {TOKEN}"))
    trainer = OpenAITrainer(Endpoint("azure", server.url, KEY, "api-key"), sleep=naps)
    with pytest.raises(AuthError) as caught:
        trainer.job("a")
    trainer.close()
    assert KEY not in caught.value.message
    assert TOKEN not in caught.value.message


def test_a_job_without_a_training_type_is_told_about_it(server: Server, naps: Naps) -> None:
    spec = JobSpec("gpt-4o", "file-1", None, "supervised", {}, None, None, {}, {"trainingType": "Standard"})
    server.script(
        error(400, "The specified base model does not support fine-tuning."), error(400, "other"), Answer(JOB)
    )
    for provider, expected in (("azure", "train.training_type"), ("azure", "^other$")):
        trainer = OpenAITrainer(Endpoint(provider, server.url, KEY, "api-key"), sleep=naps)
        with pytest.raises(Rejected, match=expected):
            trainer.create_job(spec)
        trainer.close()
    assert [asked.json["trainingType"] for asked in server.asked] == ["Standard", "Standard"]
