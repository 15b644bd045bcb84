"""Secrets that are made from seeds, in the published shapes of their providers; not one of them was ever issued."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable

from benchmarks.privacy.digits import BASE62, base62
from benchmarks.privacy.makers import Draw, Maker, groups

HEX = "0123456789abcdef"
URL64 = BASE62 + "-_"
BASE64 = BASE62 + "+/"


def _plain(prefix: str, alphabet: str, size: int, end: str = "") -> Maker:
    return lambda draw: prefix + draw.text(alphabet, size) + end


def _summed(prefix: str) -> Maker:
    """GitHub and npm end in the CRC-32 of the thirty characters before it, in base 62."""

    def make(draw: Draw) -> str:
        body = draw.text(BASE62, 30)
        return prefix + body + base62(zlib.crc32(body.encode()), 6)

    return make


def _dotted(*parts: Callable[[Draw], str]) -> Maker:
    return lambda draw: ".".join(part(draw) for part in parts)


def _slack_hook(draw: Draw) -> str:
    capitals = BASE62[:36]
    path = f"T{draw.text(capitals, 10)}/B{draw.text(capitals, 10)}/{draw.text(BASE62, 24)}"
    return "https://hooks.slack.com/" + "services/" + path


def _azure(draw: Draw) -> str:
    return base64.b64encode(bytes(draw.below(256) for _ in range(64))).decode()


KEYS: dict[str, Maker] = {
    "aws-id": _plain("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    "aws-secret": _plain("", BASE64, 40),
    "openai-proj": lambda draw: f"sk-proj-{draw.text(URL64, 74)}T3Blbk" + f"FJ{draw.text(URL64, 74)}",
    "openai-old": lambda draw: f"sk-{draw.text(BASE62, 20)}T3Blbk" + f"FJ{draw.text(BASE62, 20)}",
    "anthropic": _plain("sk-ant-api03-", URL64, 93, "AA"),
    "github": _summed("ghp_"),
    "github-pat": lambda draw: f"github_pat_{draw.text(BASE62, 22)}_{draw.text(BASE62, 59)}",
    "gitlab": _plain("glpat-", URL64[:-2], 20),
    "slack-bot": lambda draw: f"xoxb-{draw.number(12)}-{draw.number(13)}-{draw.text(BASE62, 24)}",
    "slack-hook": _slack_hook,
    "stripe": _plain("sk_live_", BASE62, 99),
    "stripe-rk": _plain("rk_live_", BASE62, 24),
    "google": _plain("AIzaSy", URL64, 33),
    "hf": _plain("hf_", BASE62[10:], 34),
    "npm": _summed("npm_"),
    "pypi": _plain("pypi-AgEIcHlwaS5vcmc", URL64, 150),
    "sendgrid": _dotted(_plain("SG", HEX, 0), _plain("", URL64, 22), _plain("", URL64, 43)),
    "telegram": lambda draw: f"{draw.number(10)}:AA{draw.text(URL64, 33)}",
    "groq": lambda draw: f"gsk_{draw.text(BASE62, 20)}WGdyb3FY{draw.text(BASE62, 24)}",
    "mailgun": _plain("key-", HEX, 32),
    "mailchimp": _plain("", HEX, 32, "-us14"),
    "digitalocean": _plain("dop_v1_", HEX, 64),
    "shopify": _plain("shpat_", HEX, 32),
    "discord": _dotted(
        lambda draw: base64.b64encode(draw.number(18).encode()).decode(), _plain("G", URL64, 5), _plain("", URL64, 38)
    ),
    "databricks": _plain("dapi", HEX, 32),
    "notion": lambda draw: f"ntn_{draw.number(11)}{draw.text(BASE62, 35)}",
    "linear": _plain("lin_api_", BASE62, 40),
    "postman": lambda draw: f"PMAK-{draw.text(HEX, 24)}-{draw.text(HEX, 34)}",
    "newrelic": _plain("NRAK-", BASE62[:36], 27),
    "grafana": lambda draw: f"glsa_{draw.text(BASE62, 32)}_{draw.text(HEX, 8)}",
    "xai": _plain("xai-", BASE62, 80),
    "replicate": _plain("r8_", BASE62, 37),
    "azure-storage": _azure,
    "docker": _plain("dckr_pat_", URL64[:-2], 27),
    "rubygems": _plain("rubygems_", HEX, 48),
    "twilio": _plain("SK", HEX, 32),
    "airtable": lambda draw: f"pat{draw.text(BASE62, 14)}.{draw.text(HEX, 64)}",
}

# -- private keys

_STARTS = {
    "rsa": ("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA"),
    "pkcs8": ("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
    "openssh": ("OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"),
    "ec": ("EC PRIVATE KEY", "MHcCAQEEI"),
    "encrypted": ("ENCRYPTED PRIVATE KEY", "MIIFLTBXBgkqhkiG9w0BBQ0w"),
    "pgp": ("PGP PRIVATE KEY BLOCK", "lQVYBGV"),
}


def private_key(draw: Draw, how: str) -> str:
    """A block between its two lines; ``escaped`` has ``\\n`` for its line ends, as JSON in a text has."""
    head, start = _STARTS["pkcs8" if how == "escaped" else how]
    size = 164 if how == "ec" else 400 + draw.below(5) * 64
    body = groups(start + draw.text(BASE64, size - len(start)), (64,), "\n")
    blank = "\n" if how == "pgp" else ""
    block = f"-----BEGIN {head}-----\n{blank}{body}\n-----END {head}-----"
    return block.replace("\n", "\\n") if how == "escaped" else block


# -- tokens and passwords


def _segment(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def jwt(draw: Draw, how: str) -> str:
    """A signed JSON web token whose signature is noise."""
    start = 1_700_000_000 + draw.below(90_000_000)
    head: dict[str, object] = {"alg": "HS256", "typ": "JWT"}
    if how == "rs":
        head = {"alg": "RS256", "kid": draw.text(HEX, 16), "typ": "JWT"}
    claims: dict[str, object] = {"sub": draw.text(HEX, 12), "iat": start, "exp": start + 3600, "scope": "read"}
    return f"{_segment(head)}.{_segment(claims)}.{draw.text(URL64, 43 if how == 'hs' else 342)}"


def _password(draw: Draw) -> str:
    word = draw.pick(("kestrel", "Granite", "mossy", "Lantern", "otter", "Harbor", "Cinder"))
    return draw.text(BASE62[10:], 2) + draw.number(2) + draw.pick("!_-.~") + word + draw.text(BASE62, 3)


def _basic(draw: Draw) -> str:
    return base64.b64encode(f"robot:{_password(draw)}".encode()).decode()


PASSWORDS: dict[str, Maker] = {"pw": _password, "token": _plain("", BASE62, 40), "basic": _basic}


def uuid(draw: Draw) -> str:
    """A random UUID, version 4."""
    text = draw.text(HEX, 12) + "4" + draw.text(HEX, 3) + draw.pick("89ab") + draw.text(HEX, 15)
    return groups(text, (8, 4, 4, 4, 12), "-")
