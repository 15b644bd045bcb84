"""Services: from a role's configuration to the object that serves it. Keys are read here, late, and shown nowhere."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ftlint import catalog
from ftlint.errors import ConfigError, UsageError
from ftlint.services import azure
from ftlint.services.guard import OpenAIGuard
from ftlint.services.interface import Batches, Completer, Moderator, Trainer
from ftlint.services.openai_ import SANDBOX, Endpoint, OpenAICompleter, OpenAIModerator, is_loopback
from ftlint.services.openai_batch import OpenAIBatches
from ftlint.services.openai_trainer import OpenAITrainer
from ftlint.settings import GuardConfig, ServiceConfig

OPENAI = "openai"
_OPENAI_URL = "https://api.openai.com/v1"
_SANDBOX_KEY = "sandbox-key"
_NO_KEY = "none"


def moderator(config: ServiceConfig) -> Moderator:
    """The moderator of this configuration; nothing is sent yet.

    Raises:
        UsageError: the key is missing or unusable, or (ConfigError) the address is.
    """
    return OpenAIModerator(endpoint(config))


def trainer(config: ServiceConfig) -> Trainer:
    """The trainer of this configuration; raises as ``moderator``."""
    return OpenAITrainer(endpoint(config))


def completer(config: ServiceConfig) -> Completer:
    """The completer of this configuration; raises as ``moderator``."""
    return OpenAICompleter(endpoint(config))


def guard(config: GuardConfig) -> Moderator:
    """The guard model of this configuration, as a moderator; raises as ``moderator``."""
    return OpenAIGuard(endpoint(config.service), guard_model(config))


def guard_model(config: GuardConfig) -> str:
    """The model that is asked for; the cache's key has it."""
    return config.model or catalog.load_moderation().guard.model


def on_this_machine(config: ServiceConfig) -> bool:
    """What is sent there does not leave this machine. Raises ConfigError."""
    return is_loopback(urlsplit(_address(config)).hostname or "")


def batches(config: ServiceConfig) -> Batches:
    """The batches of the moderator of this configuration; raises as ``moderator``."""
    return OpenAIBatches(endpoint(config))


def host(config: ServiceConfig) -> str:
    """The host that texts would go to, for the announcement; no key is needed. Raises ConfigError."""
    return _keyless(config).host


def name(config: ServiceConfig) -> str:
    """Provider and host, the ``name`` that the service will have; no key is needed. Raises ConfigError."""
    return _keyless(config).name


def has_key(config: ServiceConfig) -> bool:
    """A key or token is present, or none is needed; a wrong address counts as neither. Raises ConfigError."""
    address = _address(config)
    return _key(config, address) is not None or _token(config, address) is not None


def metered(config: ServiceConfig) -> bool:
    """The provider's published limits per tier hold here; elsewhere only its 429s tell."""
    return config.provider == OPENAI


def endpoint(config: ServiceConfig) -> Endpoint:
    """Address and key.

    Raises:
        UsageError: the key is missing or unusable; names the variable, never its value.
        ConfigError: the address is missing or unusable.
    """
    address = _address(config)
    key = _key(config, address)
    variable = config.api_key_env
    found = None if key is not None else _token(config, address)
    if found is not None:
        source, key = found
        _refuse_odd(key, azure.TOKEN_VARIABLE)
        return Endpoint(config.provider, address, key, token=source)
    if key is None and config.provider == azure.AZURE:
        raise UsageError(
            f"there is no key for azure: neither {variable or azure.KEY_VARIABLE} nor {azure.TOKEN_VARIABLE} is set",
            f"export {azure.KEY_VARIABLE}=..., or pip install 'ftlint[azure]' and az login; an address that is not"
            ' Azure\'s own names its variable: api_key_env = "..."',
        )
    if key is None and not variable:
        raise UsageError(
            f"there is no key for {config.provider} at {urlsplit(address).hostname}: an address of one's own names it",
            'api_key_env = "NAME_OF_THE_VARIABLE"',
        )
    if key is None:
        raise UsageError(
            f"there is no key for {config.provider}: the environment variable {variable} is not set",
            f"export {variable}=..., or name another variable with api_key_env",
        )
    _refuse_odd(key, variable)
    return Endpoint(config.provider, address, key, "api-key" if config.provider == azure.AZURE else "authorization")


def _refuse_odd(key: str, variable: str) -> None:
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(
            f"the environment variable {variable} holds characters that no key has",
            "copy the key again, without quotes, spaces or line breaks",
        )


def _keyless(config: ServiceConfig) -> Endpoint:
    return Endpoint(config.provider, _address(config), _NO_KEY)


def _key(config: ServiceConfig, address: str) -> str | None:
    if config.provider == SANDBOX:
        return _SANDBOX_KEY
    hostname = urlsplit(address).hostname or ""
    variable = config.api_key_env
    if config.provider == azure.AZURE:
        if variable == azure.TOKEN_VARIABLE:
            return None  # what it holds is a token
        if not variable and azure.is_microsoft(hostname):
            variable = azure.KEY_VARIABLE
    given = os.environ.get(variable, "").strip()
    if given:
        return given
    # a self-hosted server on this machine rarely asks for a key
    return _NO_KEY if config.provider not in (OPENAI, azure.AZURE) and is_loopback(hostname) else None


def _token(config: ServiceConfig, address: str) -> tuple[azure.TokenSource, str] | None:
    """Where Entra tokens come from, for Azure without a key."""
    if config.provider != azure.AZURE:
        return None
    return azure.token_source(config.api_key_env, urlsplit(address).hostname or "")


def _address(config: ServiceConfig) -> str:
    given = config.base_url
    if given is None and config.provider == OPENAI:
        # As openai's own client does: who set it sends OpenAI traffic through a gateway, and past it would be a leak.
        given = os.environ.get("OPENAI_BASE_URL", "").strip() or _OPENAI_URL
    if config.provider == azure.AZURE:
        given = azure.address(given)
    if given is None:
        raise ConfigError(
            f"the provider {config.provider} has no base_url",
            f"export {azure.ADDRESS_VARIABLE}=https://NAME.openai.azure.com, or set base_url"
            if config.provider == azure.AZURE
            else "set base_url to the address that ends before /moderations, /files or /chat, for example "
            "http://localhost:8000/v1",
        )
    try:
        parts = urlsplit(given.strip())
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise ConfigError(f"the base_url of {config.provider} is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ConfigError(
            f"the base_url of {config.provider} is not an http or https address", "https://example.com/v1"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError(
            f"the base_url of {config.provider} holds a user name, a password or a query",
            "keys come from the environment variable that api_key_env names",
        )
    return given.strip()
