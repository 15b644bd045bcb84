"""FT8: images that stand in the file are decoded to the last pixel, hostile ones without harm; nothing is fetched."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from checks.judged import judged, rows
from ftlint.pictures import look
from ftlint.tokens import count_examples


def data_url(image: Image.Image, fmt: str = "PNG") -> str:
    stream = io.BytesIO()
    image.save(stream, fmt)
    return f"data:image/{fmt.lower()};base64," + base64.b64encode(stream.getvalue()).decode()


def png(width: int, height: int, pixels: bytes = b"\0") -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(raw).decode()


def example(*urls: str, role: str = "user") -> dict[str, Any]:
    parts = [{"type": "text", "text": "What is it?"}, *({"type": "image_url", "image_url": {"url": u}} for u in urls)]
    return {"messages": [{"role": role, "content": parts}, {"role": "assistant", "content": "A square."}]}


RGB = data_url(Image.new("RGB", (40, 30), "red"))
GOOD = [
    RGB,
    data_url(Image.new("RGBA", (3, 3))),
    data_url(Image.new("RGB", (9, 9)), "JPEG"),
    data_url(Image.new("RGB", (9, 9)), "WEBP"),
    "https://example.org/a.png",
    "http://example.org/a",
    RGB.replace("data:image/png;", "data:image/png;charset=utf-8;"),
]
BAD = {
    "grey": (data_url(Image.new("L", (4, 4))), "FT803", "colour mode L"),
    "palette": (data_url(Image.new("P", (4, 4))), "FT803", "colour mode P"),
    "gif": (data_url(Image.new("RGB", (4, 4)), "GIF"), "FT803", "GIF"),
    "bmp": (data_url(Image.new("RGB", (4, 4)), "BMP"), "FT803", "BMP"),
    "cut off": (RGB[:-40], "FT805", "damaged"),
    "no base64": ("data:image/png;base64,!!!!", "FT805", "not valid base64"),
    "no image": ("data:image/png;base64,aGVsbG8gd29ybGQ=", "FT805", "no image"),
    "no header": ("data:,hello", "FT805", "does not begin like"),
    "text": ("data:text/plain;base64,aGVsbG8=", "FT805", "text/plain"),
    "a path": ("C:\\pictures\\a.png", "FT805", "neither https nor a data URL"),
    "unfolds to 8,000 x 8,000": (png(8000, 8000), "FT802", "8,000 x 8,000"),
    "unfolds to 60,000 x 60,000": (png(60000, 60000), "FT802", "over 50,000,000 pixels"),
}


@pytest.mark.parametrize("url", GOOD, ids=range(len(GOOD)))
def test_a_good_image_has_no_finding(url: str) -> None:
    assert judged(rows(example(url))) == []


@pytest.mark.parametrize(("url", "code", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_image_is_one_finding(url: str, code: str, words: str) -> None:
    (finding,) = judged(rows(example(url)))
    assert (finding.code, finding.json_path) == (code, "$.messages[0].content[1].image_url.url")
    assert words in finding.message


def test_an_image_above_the_provider_s_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((2400, 2400), 90).convert("RGB")
    (finding,) = judged(rows(example(data_url(noise))))
    assert finding.code == "FT802"
    assert "10 MB" in finding.message


@pytest.mark.parametrize(("count", "codes"), [(10, []), (11, ["FT801"])])
def test_the_number_of_images(count: int, codes: list[str]) -> None:
    urls = [f"https://example.org/{number}.png" for number in range(count)]
    found = judged(rows(example(*urls)))
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:60] + b"\xff" * 40 + raw[100:]])
@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "GIF", "TIFF"])
def test_damaged_images_never_raise(fmt: str, damage: Callable[[bytes], bytes]) -> None:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(stream, fmt)
    url = f"data:image/{fmt.lower()};base64," + base64.b64encode(damage(stream.getvalue())).decode()
    seen = look(url)
    assert seen.kind == "data"
    assert seen.fault is not None or seen.format == fmt.lower()


def test_the_size_of_an_image_in_the_file_counts_for_its_tokens() -> None:
    made = [example(data_url(Image.new("RGB", size))) for size in ((64, 64), (2000, 900))]
    small, large = count_examples(made, "chat")
    assert large.total - small.total == 170 * (4 * 2 - 1)


def test_an_empty_address_is_the_schemas_finding_alone() -> None:
    assert [finding.code for finding in judged(rows(example("")))] == ["FT120"]


def test_a_damaged_image_says_nothing_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (20, 20)).save(stream, "TIFF", compression="tiff_lzw")
    raw = bytearray(stream.getvalue())
    raw[8:60] = bytes(52)
    for damaged in (bytes(raw), stream.getvalue()[:-40], stream.getvalue().replace(b"\x03\x00", b"\x00\x32", 1)):
        look("data:image/tiff;base64," + base64.b64encode(damaged).decode())
    assert capfd.readouterr() == ("", "")
