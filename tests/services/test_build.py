"""From a role's configuration to a service: addresses, keys, and that importing openai waits for the first call."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ftlint.errors import ConfigError, UsageError
from ftlint.services import build
from ftlint.settings import ServiceConfig

SECRET = "sk-very-secret-0123456789"


def test_the_key_comes_from_the_named_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", f" {SECRET}\n")
    endpoint = build.endpoint(ServiceConfig("openai", None, "MY_KEY"))
    assert (endpoint.key, endpoint.base_url, endpoint.host) == (SECRET, "https://api.openai.com/v1", "api.openai.com")
    assert endpoint.name == "openai (api.openai.com)"
    assert build.has_key(ServiceConfig("openai", None, "MY_KEY"))


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_key_names_the_variable(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv("MY_KEY", raising=False)
    else:
        monkeypatch.setenv("MY_KEY", value)
    config = ServiceConfig("openai", None, "MY_KEY")
    assert not build.has_key(config)
    assert build.host(config) == "api.openai.com"
    for make in (build.moderator, build.trainer, build.completer):
        with pytest.raises(UsageError, match="MY_KEY is not set") as caught:
            make(config)
        assert caught.value.exit_code == 2


@pytest.mark.parametrize("key", [f"{SECRET}\nX-Evil: 1", f"{SECRET}　", f"{SECRET} {SECRET}", f"{SECRET}é"])
def test_a_key_that_no_header_carries_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("MY_KEY", key + "x")
    with pytest.raises(UsageError, match="MY_KEY holds characters") as caught:
        build.moderator(ServiceConfig("openai", None, "MY_KEY"))
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"


def test_an_address_of_ones_own_must_name_its_key() -> None:
    with pytest.raises(UsageError, match=r"no key for openai at gateway\.example"):
        build.endpoint(ServiceConfig("openai", "https://gateway.example/v1", ""))


def test_the_gateway_of_the_environment_is_for_openai_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    assert build.host(ServiceConfig()) == "gateway.example"
    assert build.host(ServiceConfig(base_url="https://other.example:8443/v1")) == "other.example:8443"
    with pytest.raises(ConfigError, match="azure has no base_url"):
        build.host(ServiceConfig("azure"))


def test_the_sandbox_never_reads_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    endpoint = build.endpoint(ServiceConfig("sandbox", "http://127.0.0.1:9/v1"))
    assert endpoint.key == "sandbox-key"
    assert not build.metered(ServiceConfig("sandbox"))
    assert build.metered(ServiceConfig("openai"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "a.localhost"])
def test_a_server_on_this_machine_needs_no_key(host: str) -> None:
    config = ServiceConfig("generic", f"http://{host}:8000/v1", "UNSET_KEY")
    assert build.has_key(config)
    assert build.endpoint(config).key == "none"


def test_a_server_elsewhere_needs_one() -> None:
    with pytest.raises(UsageError, match="UNSET_KEY is not set"):
        build.endpoint(ServiceConfig("generic", "http://10.0.0.1:8000/v1", "UNSET_KEY"))
    with pytest.raises(UsageError, match="UNSET_KEY is not set"):
        build.endpoint(ServiceConfig("openai", "http://localhost:8000/v1", "UNSET_KEY"))


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "ftp://x/v1", "http://", "https://user:pw@x.example/v1", "https://x.example/v1?key=1",
     "https://x.example/v1#a", "http://x:99999/v1", "http://[::1/v1", ""],
)  # fmt: skip
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build.host(ServiceConfig("generic", address))
    assert "pw" not in caught.value.message


def test_openai_is_imported_at_the_first_call_only() -> None:
    script = (
        "import os, sys; os.environ['OPENAI_API_KEY'] = 'x1234567'\n"
        "from ftlint.services import build; from ftlint.settings import ServiceConfig\n"
        "for make in (build.moderator, build.trainer, build.completer): make(ServiceConfig()).name\n"
        "sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
