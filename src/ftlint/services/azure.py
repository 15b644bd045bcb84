"""Services, Azure OpenAI / Microsoft Foundry: the address of its v1 API, its key header, Entra tokens, deployments.

Its v1 API takes the same requests as OpenAI's, so that trainer and completer are the same classes; what differs is
here.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from ftlint.errors import ConfigError
from ftlint.services.interface import AuthError, Rejected, ServiceError
from ftlint.text import safe

AZURE = "azure"
KEY_VARIABLE = "AZURE_OPENAI_API_KEY"
TOKEN_VARIABLE = "AZURE_OPENAI_AD_TOKEN"  # noqa: S105  (a variable's name)
ADDRESS_VARIABLE = "AZURE_OPENAI_ENDPOINT"
_API = "/openai/v1"
_SCOPE = "https://cognitiveservices.azure.com/.default"
_HOSTS = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com", ".openai.azure.us")
_NO_DEPLOYMENT = frozenset({"DeploymentNotFound", "deployment_not_found"})

TokenSource = Callable[[], str]


def address(given: str | None) -> str | None:
    """The address of the v1 API: what is given, or the environment's endpoint, with its path where that is missing.

    Raises:
        ConfigError: the address is one of the older, dated API.
    """
    found = (given or os.environ.get(ADDRESS_VARIABLE, "")).strip()
    if not found:
        return None
    try:
        path = urlsplit(found).path.rstrip("/")
    except ValueError:
        return found  # the caller refuses what is no address
    if "/deployments" in path:
        raise ConfigError(
            "the base_url of azure names a deployment, which is the dated API",
            "https://NAME.openai.azure.com/openai/v1/; deployments are named by evaluate.base_model and tuned_model",
        )
    if path in ("", "/openai"):
        return found.rstrip("/").removesuffix("/openai") + _API
    return found


def is_microsoft(hostname: str) -> bool:
    """The host is one of Azure's own, so that Azure's usual variables are meant for it."""
    return hostname.endswith(_HOSTS)


def token_source(variable: str, hostname: str) -> tuple[TokenSource, str] | None:
    """Where Entra tokens come from, and the token that is known already (to be taken out of messages).

    ``AZURE_OPENAI_AD_TOKEN`` serves where the configuration names it, and at Azure's own hosts where no key does;
    azure-identity, where it is installed, at those hosts only: a token of one's whole account goes to no stranger.
    """
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if token and (variable == TOKEN_VARIABLE or is_microsoft(hostname)):
        return (lambda: token), token
    if is_microsoft(hostname) and _has_identity():
        return _identity(), ""
    return None


def _has_identity() -> bool:
    try:
        return find_spec("azure.identity") is not None
    except ModuleNotFoundError:
        return False


def _identity() -> TokenSource:
    """Tokens of azure-identity's default credential, which caches and renews them; asked for at the first call."""
    source: list[TokenSource] = []

    def token() -> str:
        from azure.identity import (  # type: ignore[import-not-found,unused-ignore]
            DefaultAzureCredential,
            get_bearer_token_provider,
        )

        if not source:
            source.append(get_bearer_token_provider(DefaultAzureCredential(), _SCOPE))
        try:
            return source[0]()
        except Exception as error:  # its errors have no common base that is public
            words = safe(str(error).split("\n", 1)[0])[:300]
            raise AuthError(f"azure-identity gave no token: {words}") from None

    return token


def explained(error: ServiceError, model: str) -> ServiceError:
    """An error of a completion; one that says that there is no such deployment tells what to do about it."""
    if not isinstance(error, Rejected) or error.code not in _NO_DEPLOYMENT:
        return error
    message = (
        f"there is no deployment named {safe(model)}: at Azure a model answers only once it is deployed; deploy it"
        f" under this name (portal, or az cognitiveservices account deployment create) and wait a few minutes; a"
        f" deployed tuned model is billed by the hour ({error.message})"
    )
    return Rejected(message, status=404, code=error.code)


def explained_job(error: Rejected) -> Rejected:
    """The refusal of a job; the one that a missing training type gets does not say so itself."""
    if "does not support fine-tuning" not in error.message:
        return error
    advice = "Azure also says this of a job without a training type: set train.training_type (Standard, GlobalStandard)"
    return Rejected(f"{error.message} ({advice})", status=error.status, code=error.code)


def training_end(answer: Mapping[str, Any]) -> str | None:
    """The day from which a model of Azure's catalogue is not trained any more (YYYY-MM-DD), None where it says nothing.

    A model there carries ``deprecation`` with times in seconds since 1970: ``fine_tune`` and ``inference``.
    """
    ends = answer.get("deprecation")
    times = [ends.get(key) for key in ("fine_tune", "inference")] if isinstance(ends, dict) else []
    known = [time for time in times if isinstance(time, int) and not isinstance(time, bool) and 0 < time < 2**33]
    return datetime.datetime.fromtimestamp(min(known), datetime.UTC).date().isoformat() if known else None
