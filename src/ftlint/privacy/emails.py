"""E-mail addresses in a folded text; not what only looks like one (icons, package versions, matrix products)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import lazy

# Both parts are looked for from the at sign on, and are bounded as RFC 5321 has them.
_AT = lazy("(?<=[A-Za-z0-9_+])@(?=[A-Za-z0-9])")
_LONGEST_LOCAL = 64
_LOCAL = lazy(r"(?<![A-Za-z0-9._%+/@-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+])?$")
_DOMAIN = lazy(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,24})(?![A-Za-z0-9@(\[]|\.[A-Za-z0-9])"
)
# Names that are reserved for documentation and tests (RFC 2606, RFC 6761; JPRS for example.jp) stand for nobody.
_RESERVED = lazy(
    r"(?:.*\.)?(?:example\.(?:com|org|net|edu)|example\.(?:(?:co|ne|or|ac)\.)?jp)|.*\.(?:example|test|invalid)", re.I
)
_IN_URL = lazy(r"://[^\s/?#]*$")
# Generic top-level domains that people have mailboxes at (IANA root zone, 2026); names of two letters are countries.
_GENERIC = frozenset({
    "academy", "accountants", "adult", "aero", "agency", "apartments", "app", "art", "asia", "associates", "audio",
    "auto", "baby", "band", "bank", "bar", "beauty", "beer", "berlin", "bet", "bike", "bio", "biz", "blog",
    "boutique", "build", "builders", "business", "buzz", "cafe", "camera", "camp", "capital", "care", "careers",
    "cars", "cash", "casino", "cat", "center", "chat", "church", "city", "clinic", "cloud", "club", "coach",
    "coffee", "college", "com", "community", "company", "computer", "consulting", "contact", "cool", "coop",
    "credit", "dance", "date", "deals", "delivery", "dental", "design", "dev", "diet", "digital", "direct",
    "directory", "doctor", "domains", "earth", "edu", "education", "email", "energy", "engineer", "engineering",
    "enterprises", "events", "exchange", "expert", "express", "family", "fans", "farm", "fashion", "film",
    "finance", "financial", "fish", "fit", "fitness", "foundation", "fun", "fund", "fyi", "games", "garden", "gift",
    "global", "gmbh", "gold", "golf", "gov", "graphics", "green", "group", "guide", "guru", "hair", "health",
    "help", "hospital", "host", "hosting", "house", "inc", "industries", "info", "ink", "institute", "int",
    "international", "investments", "jewelry", "jobs", "kaufen", "kitchen", "land", "law", "lawyer", "legal",
    "life", "limited", "link", "live", "llc", "loan", "lol", "london", "ltd", "luxe", "management", "market",
    "marketing", "media", "men", "menu", "mil", "mobi", "money", "moscow", "movie", "museum", "nagoya", "name",
    "net", "network", "news", "ngo", "ninja", "observer", "okinawa", "one", "ong", "online", "org", "osaka", "page",
    "paris", "partners", "parts", "photo", "photography", "photos", "pics", "pizza", "place", "plus", "porn",
    "post", "press", "pro", "productions", "properties", "pub", "radio", "realty", "recipes", "red", "rent",
    "rentals", "repair", "report", "rest", "restaurant", "reviews", "rocks", "run", "sale", "salon", "school",
    "schule", "science", "security", "services", "sex", "shoes", "shop", "show", "site", "ski", "social",
    "software", "solar", "solutions", "space", "sport", "store", "stream", "studio", "style", "support", "surf",
    "systems", "tax", "team", "tech", "technology", "tel", "theater", "tips", "today", "tokyo", "tools", "top",
    "tours", "town", "toys", "trade", "training", "travel", "university", "vacations", "ventures", "vet", "video",
    "villas", "vin", "vip", "vision", "vote", "wales", "watch", "web", "website", "wedding", "wiki", "win", "wine",
    "work", "works", "world", "wtf", "xxx", "xyz", "yoga", "yokohama", "zone",
})  # fmt: skip


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in a text that is folded to half width."""
    for sign in _AT.finditer(text):
        at = sign.start()
        domain = _DOMAIN.match(text, at + 1)
        local = _LOCAL.search(text, max(0, at - _LONGEST_LOCAL), at) if domain is not None else None
        if domain is not None and local is not None and _stands_for_somebody(text, local, domain):
            yield local.start(), domain.end()


def _stands_for_somebody(text: str, local: re.Match[str], domain: re.Match[str]) -> bool:
    top = domain[1].lower()
    if (len(top) > 2 and top not in _GENERIC) or _RESERVED.fullmatch(domain[0]):
        return False
    if local[0] == "git" or ".." in local[0]:
        return False
    # not the user name or password of a URL
    return _IN_URL.search(text, max(0, local.start() - 200), local.start()) is None
