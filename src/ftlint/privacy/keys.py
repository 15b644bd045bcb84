"""API keys in the formats that their providers document, and private keys in PEM and its kin."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.dummies import is_dummy, looks_random

_HEAD = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
_LONG = lazy(r"(?<![A-Za-z0-9_.:/+=~-])[A-Za-z0-9_.:/+=~-]{20,}")
# Kind, prefix and body; the body is what must not be a placeholder. Lengths are minimums where providers vary them.
FORMATS = (
    ("aws-access-key", "(?:AKIA|ASIA|ABIA|ACCA)", "[A-Z2-7]{16}"),
    ("github-token", "gh[pousr]_", "[A-Za-z0-9]{36,255}"),
    ("github-token", "github_pat_", "[A-Za-z0-9_]{60,255}"),
    ("gitlab-token", "gl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent|oas)-", r"[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_.-]+)?"),
    ("slack-token", "xox[abeoprs]-", "[A-Za-z0-9-]{20,}"),
    ("slack-token", "xapp-", "[0-9]-[A-Z0-9]+-[0-9]+-[a-f0-9]{40,}"),
    (
        "slack-webhook",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/",
        "[TE][A-Z0-9]{6,}/[A-Z0-9]{6,}/[A-Za-z0-9/]{20,}",
    ),
    ("discord-webhook", r"discord(?:app)?\.com/api/webhooks/", "[0-9]{15,}/[A-Za-z0-9_-]{50,}"),
    ("stripe-key", "(?:sk|rk)_live_", "[A-Za-z0-9]{20,}"),
    ("stripe-webhook-secret", "whsec_", "[A-Za-z0-9+/=]{32,}"),
    ("google-api-key", "AIza", "[A-Za-z0-9_-]{35}"),
    ("google-oauth-secret", "GOCSPX-", "[A-Za-z0-9_-]{28}"),
    ("google-oauth-token", r"ya29\.", "[A-Za-z0-9_-]{30,}"),
    ("anthropic-key", "sk-ant-", "[A-Za-z0-9_-]{30,}"),
    ("openrouter-key", "sk-or-(?:v1-)?", "[a-f0-9]{40,}"),
    ("openai-key", "sk-(?:proj|svcacct|admin|None)-", "[A-Za-z0-9_-]{20,}"),
    ("openai-key", "sk-", "[A-Za-z0-9]{32,}"),
    ("hugging-face-token", "(?:hf|api_org)_", "[A-Za-z0-9]{30,40}"),
    ("groq-key", "gsk_", "[A-Za-z0-9]{40,}"),
    ("replicate-token", "r8_", "[A-Za-z0-9]{37}"),
    ("xai-key", "xai-", "[A-Za-z0-9]{60,}"),
    ("perplexity-key", "pplx-", "[A-Za-z0-9]{40,}"),
    ("npm-token", "npm_", "[A-Za-z0-9]{36}"),
    ("pypi-token", "pypi-", "AgE[A-Za-z0-9_-]{50,}"),
    ("sendgrid-key", r"SG\.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("mailgun-key", "key-", "[0-9a-f]{32}"),
    ("mailchimp-key", "", "[0-9a-f]{32}-us[0-9]{1,2}"),
    ("telegram-bot-token", "", "[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("discord-bot-token", "", r"[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"),
    ("digitalocean-token", "do[opr]_v1_", "[a-f0-9]{64}"),
    ("shopify-token", "shp(?:at|ca|pa|ss)_", "[A-Fa-f0-9]{32}"),
    ("square-token", "sq0(?:atp|csp)-", "[A-Za-z0-9_-]{22,43}"),
    ("square-token", "EAAA", "[A-Za-z0-9_-]{60}"),
    ("databricks-token", "dapi", "[a-f0-9]{32}(?:-[0-9])?"),
    ("linear-key", "lin_(?:api|oauth)_", "[A-Za-z0-9]{32,}"),
    ("notion-token", "(?:secret|ntn)_", "[A-Za-z0-9]{43,50}"),
    ("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    ("vault-token", r"hv[sbr]\.", "[A-Za-z0-9_-]{24,}"),
    ("age-secret-key", "AGE-SECRET-KEY-1", "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    ("grafana-token", "glsa_", "[A-Za-z0-9]{32}_[a-f0-9]{8}"),
    ("newrelic-key", "NRAK-", "[A-Z0-9]{27}"),
    ("atlassian-token", "ATATT3", "[A-Za-z0-9_=-]{100,}"),
    ("supabase-token", "sbp_", "[a-f0-9]{40}"),
    ("airtable-token", "pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("postman-key", "PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"),
    ("docker-token", "dckr_(?:pat|oat)_", "[A-Za-z0-9_-]{27,}"),
    ("rubygems-key", "rubygems_", "[a-f0-9]{48}"),
    ("figma-token", "fig[do]_", "[A-Za-z0-9_-]{40,}"),
)
_KINDS = [kind for kind, _, _ in FORMATS]
_KEY = lazy(
    _HEAD
    + "(?:"
    + "|".join(f"(?P<k{number}>{head}(?:{body}))" for number, (_, head, body) in enumerate(FORMATS))
    + ")(?![A-Za-z0-9])"
)
_PREFIXES = [lazy(head) for _, head, _ in FORMATS]
# Keys without a prefix of their own: the word before them says what they are.
CUED = (
    ("aws-secret-key", lazy(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),
     lazy(r"(?:aws|amazon|secret)[ _-]{0,3}(?:secret[ _-]?)?(?:access[ _-]?)?key|AKIA[A-Z0-9]{16}", re.I)),
    ("azure-storage-key", lazy(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{86}=="),
     lazy(r"account[ _-]?key|storage[ _-]?key|SharedAccessKey", re.IGNORECASE)),
    ("azure-storage-key", lazy(r"(?<=AccountKey=)[A-Za-z0-9/+]{86}=="), lazy("AccountKey=")),
    ("twilio-key", lazy(r"(?<![A-Za-z0-9])(?:SK)?[0-9a-f]{32}(?![A-Za-z0-9])"),
     lazy(r"twilio|auth[ _-]?token[^A-Za-z0-9]{1,4}$|(?<![A-Za-z0-9])AC[0-9a-f]{32}", re.IGNORECASE)),
)  # fmt: skip
_CUE_BEFORE = 100
_DATA = 100_000
_DOCUMENTED = frozenset({"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"})
_PEM = lazy(r"-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-[23]:[^\n]{0,40}")
_PEM_END = lazy(r"-{4,5} ?END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC: ?[0-9a-f]+")
_PEM_BODY = lazy(r"(?:[A-Za-z0-9+/=\s:,.\"'()-]|\\{1,4}[nrt\"]?)*")
_LONGEST_PEM = 20_000
_LEAST_PEM = 64


def find_keys(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each API key in a folded text."""
    for start, end in _stretches(text):
        for match in _KEY.finditer(text, start, end):
            number = int((match.lastgroup or "k0")[1:])
            prefix = _PREFIXES[number].match(match[0])
            body = match[0][prefix.end() if prefix else 0 :]
            if not is_dummy(body) and _holds(_KINDS[number], match[0]):
                yield *match.span(), _KINDS[number]
        for kind, form, cue in CUED:
            for match in form.finditer(text, start, end):
                before = text[max(0, match.start() - _CUE_BEFORE) : match.start()]
                if cue.search(before) and match[0] not in _DOCUMENTED and looks_random(match[0], 3.2):
                    yield *match.span(), kind


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where a key may stand; of a run of many thousand characters, which is data of another kind, the two ends."""
    for long in _LONG.finditer(text):
        start, end = long.span()
        if end - start > _DATA:
            yield start, start + _DATA // 2
            start = end - _DATA // 2
        yield start, end


def _holds(kind: str, key: str) -> bool:
    if kind in ("openai-key", "groq-key", "notion-token", "npm-token"):
        return any(char.isdigit() for char in key[3:])
    if kind != "discord-bot-token":
        return True
    first = key.partition(".")[0]
    try:  # the first part is the number of the bot's account
        return base64.b64decode(first + "=" * (-len(first) % 4)).decode("ascii").isdigit()
    except (binascii.Error, UnicodeDecodeError):
        return False


def find_private_keys(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each private key in a text, with line breaks as such or escaped once or twice."""
    at = 0
    while (head := _PEM.search(text, at)) is not None:
        limit = min(len(text), head.end() + _LONGEST_PEM)
        body = _PEM_BODY.match(text, head.end(), limit)
        end = body.end() if body is not None else head.end()
        tail = _PEM_END.search(text, head.end(), min(len(text), end + 80))
        if tail is not None:
            end = tail.end()
        # what a person has cut to its first line, with dots, is an illustration
        held = re.sub(r"\\{1,4}[nrt]|-{4,5} ?END.*|[^A-Za-z0-9+/]", "", text[head.end() : end])
        if len(held) >= _LEAST_PEM and not is_dummy(held[:_LEAST_PEM]):
            yield head.start(), end, "private-key"
        at = max(end, head.end())
