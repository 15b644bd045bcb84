"""Invented keys, put together when the tests run, so that no scanner takes the tests for a leak."""

from __future__ import annotations

import base64
import json
import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"


def drawn(length: int, alphabet: str = ALNUM, seed: int = 7) -> str:
    """Always the same random characters, with a digit and a letter among them."""
    source = random.Random(f"{length} {alphabet} {seed}")
    body = "".join(source.choice(alphabet) for _ in range(length))
    return body[:-2] + "7k" if set("7k") <= set(alphabet) else body


def jwt(**payload: object) -> str:
    """A token of three parts; the signature is random."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, payload)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), drawn(43)])


def pem(kind: str = "", lines: int = 4, *, newline: str = "\n") -> str:
    """A private key in PEM."""
    word = f"{kind} PRIVATE" if kind else "PRIVATE"
    body = [drawn(64, seed=line) for line in range(lines)]
    return newline.join([f"-----BEGIN {word} " + "KEY-----", *body, f"-----END {word} " + "KEY-----"])


KEYS = {
    "aws-access-key": "AK" + "IA" + drawn(16, UPPER),
    "github-token": "gh" + "p_" + drawn(36),
    "github-fine-grained": "github" + "_pat_" + drawn(22) + "_" + drawn(59),
    "gitlab-token": "gl" + "pat-" + drawn(20),
    "slack-token": "xo" + "xb-" + f"{drawn(12, '123456789')}-{drawn(12, '123456789')}-{drawn(24)}",
    "slack-webhook": "https://hooks.slack" + ".com/services/" + f"T{drawn(9, UPPER)}/B{drawn(9, UPPER)}/{drawn(24)}",
    "discord-webhook": "https://discord" + ".com/api/webhooks/" + f"{drawn(18, '123456789')}/{drawn(68)}",
    "stripe-key": "sk" + "_live_" + drawn(24),
    "stripe-restricted": "rk" + "_live_" + drawn(24),
    "google-api-key": "AI" + "za" + drawn(35),
    "google-oauth-secret": "GOC" + "SPX-" + drawn(28),
    "anthropic-key": "sk-" + "ant-api03-" + drawn(93),
    "openrouter-key": "sk-" + "or-v1-" + drawn(64, HEX),
    "openai-key": "sk-" + drawn(48),
    "openai-project": "sk-" + "proj-" + drawn(74) + "T3Blbk" + "FJ" + drawn(74, seed=8),
    "openai-service": "sk-" + "svcacct-" + drawn(60),
    "hugging-face-token": "h" + "f_" + drawn(34),
    "hugging-face-letters": "h" + "f_" + drawn(34, string.ascii_letters),
    "groq-key": "g" + "sk_" + drawn(52),
    "replicate-token": "r" + "8_" + drawn(37),
    "xai-key": "x" + "ai-" + drawn(80),
    "perplexity-key": "pp" + "lx-" + drawn(48),
    "npm-token": "np" + "m_" + drawn(36),
    "pypi-token": "py" + "pi-AgEIcHlwaS5vcmc" + drawn(80),
    "sendgrid-key": "S" + "G." + drawn(22) + "." + drawn(43),
    "mailgun-key": "ke" + "y-" + drawn(32, HEX),
    "mailchimp-key": drawn(32, HEX) + "-us" + "14",
    "telegram-bot-token": drawn(10, "123456789") + ":A" + "A" + drawn(33),
    "discord-bot-token": base64.b64encode(b"839102847561029384").decode() + "." + drawn(6) + "." + drawn(30),
    "digitalocean-token": "do" + "p_v1_" + drawn(64, HEX),
    "shopify-token": "shp" + "at_" + drawn(32, HEX),
    "square-token": "sq0" + "atp-" + drawn(22),
    "databricks-token": "da" + "pi" + drawn(32, HEX),
    "linear-key": "lin" + "_api_" + drawn(40),
    "notion-token": "nt" + "n_" + drawn(46),
    "doppler-token": "dp" + ".pt." + drawn(43),
    "vault-token": "hv" + "s." + drawn(90),
    "age-secret-key": "AGE-SECRET-" + "KEY-1" + drawn(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
    "grafana-token": "gl" + "sa_" + drawn(32) + "_" + drawn(8, HEX),
    "newrelic-key": "NR" + "AK-" + drawn(27, UPPER),
    "atlassian-token": "ATA" + "TT3" + drawn(180),
    "supabase-token": "sb" + "p_" + drawn(40, HEX),
    "airtable-token": "pa" + "t" + drawn(14) + "." + drawn(64, HEX),
    "postman-key": "PM" + "AK-" + drawn(24, HEX) + "-" + drawn(34, HEX),
}
"""One key of each format, by kind (or by a word for a second format of the same kind)."""
