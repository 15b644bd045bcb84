"""FT806 against a real server on loopback: what is asked, of whom, how often, and what is said of it."""

from __future__ import annotations

import dataclasses
import io
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import ftlint
from ftlint import engine, fetch
from ftlint.cli import main
from ftlint.errors import InputError
from ftlint.model import Report, Role
from ftlint.network import unreachable
from ftlint.settings import Settings


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


PNG = png()
Reply = tuple[int, dict[str, str], bytes]


class Server:
    """Answers by path; remembers method, path and headers of what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.pages: dict[str, Reply | Callable[[str], Reply]] = {"/a.png": (200, {"content-type": "image/png"}, PNG)}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                outer.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = outer.pages.get(self.path, (404, {}, b"none"))
                status, headers, body = page(self.command) if callable(page) else page
                if status == 0:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = handle_any  # noqa: N815

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    return  # the other end had read enough, or was hung up on

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def ask(*urls: str, **changes: Any) -> dict[str, str]:
    """The faults of some addresses, private ones allowed, with no time lost between two tries."""
    rules = dataclasses.replace(fetch.Rules(private=True), **changes)
    return fetch.faults(urls, rules, done=lambda _: None, sleep=lambda _: None)


def test_an_image_is_no_fault_and_little_of_it_is_read(server: Server) -> None:
    assert ask(server.url("/a.png")) == {}
    assert [(method, path) for method, path, _ in server.asked] == [("HEAD", "/a.png"), ("GET", "/a.png")]
    headers = server.asked[1][2]
    assert headers["range"] == "bytes=0-65535"
    assert headers["host"] == server.host
    assert not headers.keys() & {"authorization", "cookie"}


@pytest.mark.parametrize(
    ("reply", "fact", "asked"),
    [
        ((404, {}, b""), "127.0.0.1 answers 404 Not Found", 2),
        ((403, {}, b""), "127.0.0.1 answers 403 Forbidden", 2),
        ((500, {}, b""), "127.0.0.1 answers 500 Internal Server Error", 4),
        ((429, {}, b""), "127.0.0.1 answers 429 Too Many Requests", 4),
        ((299, {"content-type": "text/html; charset=x"}, b"<html>"), "`text/html`, which is no image", 2),
        ((200, {"content-type": "image/png"}, b"not one"), "`image/png`, which is no image", 2),
        ((200, {}, b""), "something, which is no image", 2),
        ((304, {}, b""), "127.0.0.1 answers 304 Not Modified", 2),
        ((302, {}, b""), "127.0.0.1 redirects to nowhere", 2),
        ((302, {"location": "ftp://127.0.0.1/a"}, b""), "no http or https address", 2),
        ((302, {"location": "/x"}, b""), "redirects more than 5 times", 12),
    ],
)
def test_what_is_wrong_is_said_without_the_address(server: Server, reply: Reply, fact: str, asked: int) -> None:
    server.pages["/x"] = reply
    url = f"http://jane:pass%20word@{server.host}/x"
    found = ask(url)
    assert fact in found[url]
    assert "pass" not in found[url]
    assert len(server.asked) == asked
    assert all("authorization" not in headers for *_, headers in server.asked)


def test_a_broken_connection_is_tried_again(server: Server) -> None:
    replies: Iterator[Reply] = iter([(0, {}, b"")])
    server.pages["/x"] = lambda _: next(replies, (200, {}, PNG))
    assert ask(server.url("/x")) == {}
    assert [method for method, *_ in server.asked] == ["HEAD", "HEAD", "GET"]
    server.pages["/y"] = (0, {}, b"")
    assert "broke" in ask(server.url("/y"))[server.url("/y")]


def test_a_server_without_head_has_the_image_all_the_same(server: Server) -> None:
    server.pages["/x"] = lambda method: (405, {}, b"") if method == "HEAD" else (206, {}, PNG)
    assert ask(server.url("/x")) == {}


def test_redirects_are_followed(server: Server) -> None:
    server.pages["/x"] = (301, {"location": "/y"}, b"")
    server.pages["/y"] = (307, {"location": server.url("/a.png")}, b"")
    assert ask(server.url("/x")) == {}


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"content-length": "20000000"}, b""),
        (206, {"content-range": "bytes 0-65535/20000000"}, PNG),
    ],
)
def test_an_image_that_is_too_large_is_not_read(server: Server, reply: Reply) -> None:
    server.pages["/x"] = reply
    assert ask(server.url("/x"), max_bytes=10_000_000) == {
        server.url("/x"): "the image has 20.0 MB, and 10 MB are taken"
    }


def test_a_server_that_drips_is_given_up(server: Server) -> None:
    gate = threading.Event()

    def held(_: str) -> Reply:
        gate.wait(5)
        return 200, {}, PNG

    server.pages["/x"] = held
    found = ask(server.url("/x"), seconds=0.2)
    gate.set()
    assert found[server.url("/x")] == "127.0.0.1 does not answer in time"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.8", "169.254.169.254", "192.168.1.1",
                                  "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "[fd00::1]", "100.64.0.1",
                                  "[64:ff9b::7f00:1]", "224.0.0.1"])  # fmt: skip
def test_a_private_address_is_never_asked(server: Server, host: str) -> None:
    url = f"http://{host}:{server.host.partition(':')[2]}/a.png"
    fact = ask(url, private=False)[url]
    assert "in a private network" in fact or "no http or https address" in fact or "is not known" in fact
    assert not server.asked


def test_a_redirect_into_a_private_network_is_not_followed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages["/x"] = (302, {"location": "http://localhost/secret"}, b"")
    monkeypatch.setattr(fetch, "is_public", lambda address: address == ipaddress.ip_address("127.0.0.1") and not seen)
    seen: list[str] = []
    real = fetch._permitted

    def permitted(host: str, port: int, rules: fetch.Rules) -> Any:
        address = real(host, port, rules)
        seen.append(host)
        return address

    monkeypatch.setattr(fetch, "_permitted", permitted)
    url = server.url("/x")
    assert "in a private network" in ask(url, private=False)[url]
    assert [path for _, path, _ in server.asked] == ["/x"]


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time it is looked up gets no second look."""
    looked: list[str] = []

    def once(host: str, port: int, *_: Any, **__: Any) -> Any:
        looked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(fetch.socket, "getaddrinfo", once)
    port = server.host.partition(":")[2]
    assert ask(f"http://pictures.invalid:{port}/a.png") == {}
    assert set(looked) <= {"pictures.invalid", "127.0.0.1"}
    assert server.asked[0][2]["host"] == f"pictures.invalid:{port}"


@pytest.mark.parametrize(
    "url", ["http://", "https://[::1", "http://a b/", "http://:80/x", "https://\u202e/", "http://x:99999/"]
)
def test_an_address_that_is_none_is_a_fault_and_no_crash(url: str) -> None:
    assert set(ask(url, private=False)) == {url}


def row(number: int, url: str) -> dict[str, Any]:
    parts = [
        {"type": "text", "text": f"What is in picture {number}?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": f"Number {number}."}]}


def checked(path: Path, settings: Settings) -> Report:
    files: engine.Files = [(path, Role.TRAIN)]
    return unreachable(files, settings, engine.check(files, settings), private=True)


def test_each_place_has_a_finding_and_each_address_is_asked_once(
    server: Server, write: Callable[..., Path], settings: Settings
) -> None:
    gone = server.url("/gone.png")
    report = checked(write([row(1, gone), row(2, server.url("/a.png")), row(3, gone)]), settings)
    found = [finding for finding in report.findings if finding.code == "FT806"]
    assert [(finding.line, finding.json_path) for finding in found] == [
        (1, "$.messages[0].content[1].image_url.url"),
        (3, "$.messages[0].content[1].image_url.url"),
    ]
    assert found[0].message == "the image cannot be fetched: 127.0.0.1 answers 404 Not Found"
    assert found[0].level.value == "warning"
    assert sorted(path for method, path, _ in server.asked if method == "GET") == ["/a.png", "/gone.png"]
    assert "FT806" not in {item.code for item in report.skipped}


def test_a_password_in_an_address_is_shown_in_no_frame(
    server: Server, write: Callable[..., Path], settings: Settings
) -> None:
    url = f"http://jane:hunter2@{server.host}/gone.png?signature=topsecret"
    report = checked(write([row(1, url)]), settings)
    (found,) = [finding for finding in report.findings if finding.code == "FT806"]
    assert found.frame is not None
    assert found.frame.hidden
    for word in ("hunter2", "topsecret"):
        assert word not in f"{found.message} {found.help} {found.data}"


def test_without_the_network_nothing_is_asked_and_the_rule_is_not_run(
    server: Server, write: Callable[..., Path], settings: Settings
) -> None:
    path = write([row(1, server.url("/gone.png"))])
    report = engine.check([(path, Role.TRAIN)], settings)
    assert not server.asked
    assert [item.reason for item in report.skipped if item.code == "FT806"] == ["no network without --network"]


def test_a_rule_that_is_off_asks_nothing(server: Server, write: Callable[..., Path], settings: Settings) -> None:
    path = write([row(1, server.url("/gone.png"))])
    checked(path, dataclasses.replace(settings, ignore=("FT806",)))
    per_file = dataclasses.replace(settings, per_file=(("*", ("FT806",)),), root=path.parent)
    checked(path, per_file)
    assert not server.asked


def test_a_file_that_changes_meanwhile_is_refused(
    server: Server, write: Callable[..., Path], settings: Settings
) -> None:
    path = write([row(1, server.url("/a.png"))])
    files: engine.Files = [(path, Role.TRAIN)]
    report = engine.check(files, settings)
    write([row(2, server.url("/a.png"))])
    with pytest.raises(InputError, match="changed while it was checked"):
        unreachable(files, settings, report, private=True)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any, str]:
    code = main(["check", *arguments, "--isolated", "--today", "2026-11-22", "--output-format", "json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def test_the_command_line(
    server: Server, write: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(write([row(number, server.url("/gone.png")) for number in range(12)]))
    code, report, _ = command(capsys, path, "--network", "--private-network")
    assert code == 1
    assert report["summary"]["by_code"]["FT806"] == 12
    code, report, _ = command(capsys, path)
    assert "FT806" not in report["summary"]["by_code"]
    server.asked.clear()
    monkeypatch.setenv("FTLINT_NETWORK", "true")
    command(capsys, path, "--offline")
    assert not server.asked
    code, report, _ = command(capsys, path)
    assert "private network" in next(f["message"] for f in report["findings"] if f["code"] == "FT806")
    assert not server.asked
    code, _, err = command(capsys, path, "--network", "--offline")
    assert (code, "exclude each other" in err) == (2, True)


def test_the_api_asks_only_where_it_is_told_to(server: Server, write: Callable[..., Path]) -> None:
    path = write([row(number, server.url("/gone.png")) for number in range(12)])
    assert "FT806" not in ftlint.check(path).by_code()
    report = ftlint.check(path, network=True)
    assert report.by_code()["FT806"] == 12
    assert not server.asked  # a loopback address
