"""Beneath the online stage: whether an address leads to an image. Asks public addresses only, and for little."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import ftlint

AT_ONCE = 8
"""Addresses that are asked for at the same time."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
WHOLE_SECONDS = 20.0
"""Seconds for one address with all of its redirects; a server that drips its bytes is given up."""
REDIRECTS = 5
FIRST_BYTES = 65_536
"""Bytes of an image that are read; its header is in them."""
_TRIES = 2
_PAUSE = 1.0
"""Seconds before the second try, where a server is overloaded or a connection broke."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": f"ftlint/{ftlint.__version__}"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked for, and of whom.

    Attributes:
        max_bytes: a larger image is a fault; None where no limit is known.
        private: addresses of private networks and of this machine may be asked too.
        seconds: for one address in all.
    """

    max_bytes: int | None = None
    private: bool = False
    seconds: float = WHOLE_SECONDS


class Fault(Exception):
    """Why an address leads to no image, in words that hold no address but the host's name."""

    def __init__(self, fact: str, *, passing: bool = False) -> None:
        super().__init__(fact)
        self.fact = fact
        self.passing = passing  # it may be gone a moment later


def faults(
    urls: Sequence[str], rules: Rules, *, done: Callable[[int], None], sleep: Callable[[float], None] = time.sleep
) -> dict[str, str]:
    """Ask for each address once.

    Args:
        urls: distinct http and https addresses.
        rules: what is asked for.
        done: is told how many are done; called in this thread.
        sleep: waits before a second try.

    Returns:
        Address to what is wrong with it; those that lead to an image are not in it.
    """
    trust = ssl.create_default_context()
    found: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ftlint-fetch") as pool:
        work = {url: pool.submit(_patiently, url, rules, trust, sleep) for url in urls}
        try:
            for number, (url, future) in enumerate(work.items(), 1):
                fact = future.result()
                if fact is not None:
                    found[url] = fact
                done(number)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _patiently(url: str, rules: Rules, trust: ssl.SSLContext, sleep: Callable[[float], None]) -> str | None:
    for attempt in range(1, _TRIES + 1):
        try:
            _ask(url, rules, trust)
        except Fault as fault:
            if not fault.passing or attempt == _TRIES:
                return fault.fact
            sleep(_PAUSE)
        else:
            return None
    raise AssertionError("unreachable: the last attempt returns")


def _ask(url: str, rules: Rules, trust: ssl.SSLContext) -> None:
    """HEAD, and then the first bytes; raises Fault. Some servers answer HEAD wrongly, so GET has the last word."""
    until = time.monotonic() + rules.seconds
    try:
        with _answer("HEAD", url, rules, trust, until) as (head, last):
            size = _length(head.headers.get("content-length")) if head.status_code < 300 else None
    except Fault as fault:
        if fault.passing:
            raise
        size, last = None, url
    if size is not None and rules.max_bytes is not None and size > rules.max_bytes:
        raise _too_large(size, rules.max_bytes)
    with _answer("GET", last, rules, trust, until) as (response, last):
        host = _host(last)
        if response.status_code >= 300:
            raise _refused(host, response.status_code)
        total = _length(response.headers.get("content-range", "").rpartition("/")[2])
        total = total if total is not None else _length(response.headers.get("content-length"))
        if total is not None and rules.max_bytes is not None and total > rules.max_bytes:
            raise _too_large(total, rules.max_bytes)
        first = _first_bytes(response, host, until)
    if not _is_image(first):
        kind = response.headers.get("content-type", "").partition(";")[0].strip()[:40]
        raise Fault(f"{host} answers with {f'`{kind}`' if kind else 'something'}, which is no image that can be read")


@contextmanager
def _answer(method: str, url: str, rules: Rules, trust: ssl.SSLContext, until: float) -> Iterator[tuple[Any, str]]:
    """The answer behind all redirects, and its address. Every hop is looked at anew before it is asked."""
    import httpx2

    for _ in range(REDIRECTS + 1):
        place = _parsed(url)
        host = place.host
        address = _permitted(host, place.port or (443 if place.scheme == "https" else 80), rules)
        left = until - time.monotonic()
        if left <= 0:
            raise _late(host)
        headers = {**_HEADERS, "Host": place.netloc.decode("ascii")}
        if method == "GET":
            headers["Range"] = f"bytes=0-{FIRST_BYTES - 1}"
        # The address that was looked at is the one that is connected to: a name may lead elsewhere a moment later.
        target = place.copy_with(host=str(address), username=None, password=None, fragment=None)
        timeout = httpx2.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left))
        with _transport_faults(host), httpx2.Client(verify=trust, trust_env=False, timeout=timeout) as client:
            request = client.build_request(method, target, headers=headers, extensions={"sni_hostname": host})
            response = client.send(request, stream=True)
            try:
                if response.status_code not in _MOVED:
                    yield response, url
                    return
            finally:
                response.close()
        url = _next(place, response.headers.get("location"))
    raise Fault(f"{_host(url)} redirects more than {REDIRECTS} times")


@contextmanager
def _transport_faults(host: str) -> Iterator[None]:
    """What the transport says may quote the address with a password in it, so it is put into our own words."""
    import httpx2

    try:
        yield
    except httpx2.TimeoutException:
        raise _late(host) from None
    except httpx2.ConnectError as error:
        if "certificate" in str(error).lower():
            raise Fault(f"the certificate of {host} does not hold") from None
        raise Fault(f"{host} cannot be connected to", passing=True) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ssl.SSLError, OSError) as error:
        raise Fault(f"the connection to {host} broke ({type(error).__name__})", passing=True) from None


def _parsed(url: str) -> Any:
    import httpx2

    try:
        place = httpx2.URL(url)
        if place.scheme in ("http", "https") and place.host:
            return place
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        pass  # told below, like an address of another scheme
    raise Fault("the address is no http or https address that can be read")


def _next(place: Any, location: str | None) -> str:
    import httpx2

    if not location:
        raise Fault(f"{place.host} redirects to nowhere")
    try:
        return str(place.join(location))
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise Fault(f"{place.host} redirects to an address that cannot be read") from None


def _permitted(host: str, port: int, rules: Rules) -> Address:
    """The address that a name stands for; raises Fault where one of them is not on the public internet."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        passing = getattr(error, "errno", None) == socket.EAI_AGAIN
        raise Fault(f"the name {host} is not known", passing=passing) from None
    found = [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    if not rules.private and not all(map(is_public, found)):
        raise Fault(f"{host} is in a private network, which no service can reach")
    return next((address for address in found if address.version == 4), found[0])


def is_public(address: Address) -> bool:
    """On the public internet, also what is inside of an address that stands for another."""
    inner = address
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        inner = inside or address
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _first_bytes(response: Any, host: str, until: float) -> bytes:
    first = b""
    with _transport_faults(host):
        for chunk in response.iter_raw(8192):
            first += chunk
            if len(first) >= FIRST_BYTES:
                break
            if time.monotonic() > until:
                raise _late(host)
    return first


def _is_image(first: bytes) -> bool:
    """Told from the header; where a camera's notes fill all of the first bytes, from the signature."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(io.BytesIO(first), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "ICO")).close()
    except Image.DecompressionBombError:
        return True  # too large to look at, and FT802 is for what is in the file
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError):
        return len(first) >= FIRST_BYTES and first.startswith(_MAGIC)
    return True


def _length(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _host(url: str) -> str:
    return str(_parsed(url).host)


def _late(host: str) -> Fault:
    return Fault(f"{host} does not answer in time", passing=True)


def _refused(host: str, status: int) -> Fault:
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return Fault(f"{host} answers {status}{phrase}", passing=status == 429 or status >= 500)


def _too_large(size: int, limit: int) -> Fault:
    return Fault(f"the image has {size / 1e6:.1f} MB, and {limit / 1e6:g} MB are taken")
