"""FT720 to FT723: keys, private keys, passwords in URLs and tokens; placeholders and documented examples."""

from __future__ import annotations

import time

import pytest

from ftlint.privacy import find, inspect, mask, mask_secrets
from privacy.drawn import HEX, KEYS, drawn, jwt, pem

AROUND = [
    "{}",
    "my key is {}.",
    "KEY={}",
    "export KEY='{}'",
    '{{"key": "{}"}}',
    "鍵は{}です",
    "a\\n{}\\nb",
    "`{}`",
    "({})",
    "key:\n{}\n",
]


def found(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.code) for hit in find(text)]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("kind", KEYS)
def test_a_key_of_each_provider(kind: str, around: str) -> None:
    key = KEYS[kind]
    text = around.replace("{{", "{").replace("}}", "}").replace("{}", key)
    hits = [hit for hit in find(text) if hit.code == "FT720"]
    assert len(hits) == 1, text
    assert text[hits[0].start : hits[0].end] in key
    assert len(key) - (hits[0].end - hits[0].start) <= len("https://")


@pytest.mark.parametrize("kind", ["github-token", "openai-key", "stripe-key", "gitlab-token"])
def test_a_key_in_full_width(kind: str) -> None:
    wide = KEYS[kind].translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert found(f"鍵は{wide}です") == [(wide, "FT720")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"aws_secret_access_key = {drawn(40)}", "aws-secret-key"),
        (f'"SecretAccessKey": "{drawn(40)}"', "aws-secret-key"),
        ("AccountName=x;AccountKey=" + drawn(86) + "==;EndpointSuffix=core.windows.net", "azure-storage-key"),
        (f"twilio SK{drawn(32, HEX)}", "twilio-key"),
        (f"AC{drawn(32, HEX)} and the token {drawn(32, HEX, seed=9)}", "twilio-key"),
    ],
)
def test_keys_that_need_a_word(text: str, kind: str) -> None:
    assert kind in {hit.kind for hit in inspect(text)}


NO_KEYS = [
    "sk-...",
    "sk-your-api-key",
    "sk-" + "x" * 48,
    "sk-" + "1234567890" * 5,
    "sk-proj-" + "a" * 60,
    "sk-proj-REPLACE_ME_WITH_YOUR_OWN_KEY_PLEASE",
    "sk-" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "your-api-key",
    "<token>",
    "Authorization: Bearer <token>",
    "Authorization: Bearer ${TOKEN}",
    "Authorization: Bearer $OPENAI_API_KEY_FROM_ENVIRONMENT",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "AKIA" + "I44QH8DHBEXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
    "AKIA" + "X" * 16,
    "ghp_" + "x" * 36,
    "ghp_" + "0" * 36,
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xoxb-your-token-goes-in-here",
    "sk_live_" + "x" * 24,
    "sk" + "_test_" + drawn(24),
    "AIza" + "x" * 35,
    "task-" + drawn(40),
    "disk-" + drawn(40),
    "a commit " + drawn(40, HEX),
    "sha256:" + drawn(64, HEX),
    drawn(8, HEX) + "-2b1c-4e1f-9a77-" + drawn(12, HEX),
    "shelf_life_of_" + "apples_and_pears_in_cold_rooms",
    "https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/activation.py",
    "-----BEGIN PRIVATE " + "KEY-----",
    "-----BEGIN RSA PRIVATE " + "KEY-----\n...\n-----END RSA PRIVATE " + "KEY-----",
    "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE " + "KEY-----",
    "-----BEGIN PRIVATE " + "KEY-----\n" + "x" * 64 + "\n-----END PRIVATE " + "KEY-----",
    pem("RSA").replace("PRIVATE", "PUBLIC"),
    "postgres://user:password@host/db",
    "postgres://user:password@localhost:5432/db",
    "postgres://app:${DB_PASSWORD}@db.firm.com/x",
    "postgres://app:<password>@db.firm.com/x",
    "postgres://app:$PGPASSWORD@db.firm.com/x",
    "postgres://app:{password}@db.firm.com/x",
    "postgres://app:%s@db.firm.com/x",
    "postgres://postgres:postgres@db:5432/x",
    "https://me:Vq7rTz2mKx@example.com/",
    "redis://:Vq7rTz2mKx@localhost:6379",
    "mongodb://app:********@db.firm.com",
    "https://firm.com:8080/@user",
    "https://firm.com/?q=a:b@c",
    "https://firm.com/?token=abc",
    "https://firm.com/watch?v=dQw4w9WgXcQ&list=PL" + "abcdef",
    "password: ",
    "password: password123",
    "password: P@ssw0rd!",
    "the password is hunter2",
    "password = os.environ['DB_PASSWORD1']",
    "password=getpass.getpass(prompt1)",
    "password: must be at least 8 characters",
    "Password: ********",
    "パスワードは8文字以上です",
    "パスワードは変更してください",
    jwt(sub="1234567890", name="John Doe", iat=1516239022),
    "eyJub3QganNvbg.eyJub3QganNvbg." + drawn(43),
    "api_key = get_the_api_key_from_somewhere()",
    'api_key="your_api_key_goes_in_here_1"',
    "client_secret: str | None = None",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_stands_for_a_secret_and_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\\n", "\\\\n", "\\r\\n"])
@pytest.mark.parametrize("kind", ["", "RSA", "EC", "DSA", "OPENSSH", "ENCRYPTED"])
def test_private_keys(kind: str, newline: str) -> None:
    key = pem(kind, newline=newline)
    assert found(f"here: {key} and on") == [(key, "FT721")]


def test_private_keys_of_other_kinds() -> None:
    armored = "-----BEGIN PGP PRIVATE_KEY BLOCK-----\nVersion: GnuPG v2\n\n"
    armored += "\n".join(drawn(64, seed=n) for n in range(9))
    armored += "\n=aB3d\n-----END PGP PRIVATE " + "KEY BLOCK-----"
    armored = armored.replace("_KEY", " KEY")
    assert found(armored) == [(armored, "FT721")]
    putty = "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: me\nPublic-Lines: 1\n" + drawn(64)
    putty += "\nPrivate-Lines: 1\n" + drawn(64, seed=2) + "\nPrivate-MAC: " + drawn(40, HEX)
    assert found(putty) == [(putty, "FT721")]
    legacy = pem("RSA").replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C3D\n\n", 1)
    assert found(legacy) == [(legacy, "FT721")]


def test_a_key_that_is_cut_off_is_masked_as_far_as_it_goes() -> None:
    cut = pem("RSA")[:200]
    assert set(mask(cut)) == {"*"}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://orders:Vq7rTz2mKx@db.firm.com/orders", "Vq7rTz2mKx"),
        ("amqp://svc:9f-Qm!x2@10.0.0.7:5672", "9f-Qm!x2"),
        ("redis://:Vq7rTz2mKx@cache.firm.com:6379", "Vq7rTz2mKx"),
        ("https://deploy:" + drawn(20) + "@git.firm.com/x.git", drawn(20)),
        ("mongodb+srv://app:Vq7rTz2mKx@cluster0.ab1cd.mongodb.net/?retryWrites=true", "Vq7rTz2mKx"),
        ("https://x.blob.core.windows.net/c?sv=2022&sig=" + drawn(43) + "%3D", drawn(43)),
        ("https://api.firm.com/v1?access_token=" + drawn(32), drawn(32)),
    ],
)  # fmt: skip
def test_passwords_in_urls(text: str, secret: str) -> None:
    assert [hit.code for hit in find(text)] == ["FT722"]
    assert secret not in mask(text)
    assert secret not in mask_secrets(text)


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        (f"token {jwt(sub='kim', exp=1)}", jwt(sub="kim", exp=1), "jwt"),
        (f"Authorization: Bearer {jwt(sub='kim')}", jwt(sub="kim"), "jwt"),
        (f"Authorization: Bearer {drawn(40)}", drawn(40), "bearer-token"),
        (f"api_key = '{drawn(32)}'", drawn(32), "token"),
        (f'"client_secret": "{drawn(40)}"', drawn(40), "token"),
        ("The password is kT9vLq2mZw.", "kT9vLq2mZw", "password"),
        ("Password: kT9#vLq2", "kT9#vLq2", "password"),
        ("パスワードは「kT9vLq2mZw」です", "kT9vLq2mZw", "password"),
        ("パスワード：ｋＴ９ｖＬｑ２ｍＺｗ", "ｋＴ９ｖＬｑ２ｍＺｗ", "password"),
        ('{"password": "kT9vLq2mZw"}', "kT9vLq2mZw", "password"),
        (r"{\"password\": \"kT9vLq2mZw\"}", "kT9vLq2mZw", "password"),
    ],
)
def test_tokens_and_passwords(text: str, secret: str, kind: str) -> None:
    hits = [hit for hit in inspect(text) if hit.kind == kind]
    assert [text[hit.start : hit.end] for hit in hits] == [secret]
    assert hits[0].code == "FT723"


def test_secrets_are_masked_and_personal_data_is_left() -> None:
    text = f"kim@acme-widgets.com, 03-6234-5671, {KEYS['github-token']}, {pem()}"
    masked = mask_secrets(text)
    assert len(masked) == len(text)
    assert masked.startswith("kim@acme-widgets.com, 03-6234-5671, ****")
    assert KEYS["github-token"] not in masked
    assert drawn(64, seed=0) not in masked
    assert mask_secrets("nothing in it") == "nothing in it"


HOSTILE = [
    "sk-", "sk-a1", "ghp_a", "eyJ", "eyJa.", "eyJa1.eyJb2.", "-----BEGIN ", "-----BEGIN PRIVATE_KEY-----",
    "-----END ", "a://", "a://b:", "a://b:c", "a://b:c@", "://", "password", "password is ", "password: a1",
    "Bearer ", "Bearer a1", "api_key=", "api_key=a1", "?sig=", "?sig=a1", "AKIA", "AccountKey=", "key ",
    "xoxb-1-", "SG.a.", "1:AA", "hvs.", "dp.pt.", "A/", "+/", "\\\\", "-----BEGIN PRIVATE_KEY-----\\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    """Ten times the text may take some ten times as long, and never a hundred times."""

    def seconds(length: int) -> float:
        text = piece.replace("_KEY", " KEY") * (length // len(piece))
        began = time.process_time()
        find(text)
        return time.process_time() - began

    assert seconds(100_000) < 40 * max(seconds(10_000), 0.01)
