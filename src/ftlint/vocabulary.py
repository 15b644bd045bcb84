"""The reference for token counts: tiktoken with the vocabularies that ftlint ships, and never a network call.

tiktoken's own constructors download on first use; here its public `Encoding` is built from `data/*.tiktoken`. Two
things are done around it, and neither changes a count (tests prove it): runs of blanks so long that its splitting
pattern overflows are counted as the pieces they are, and very long texts are cut where two pieces meet anyway. Only a
text of more than 4 million characters without any such place is cut elsewhere, which adds a few tokens to a million.
"""

from __future__ import annotations

import binascii
import functools
import hashlib
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from xxhash import xxh3_128_hexdigest

from ftlint.errors import FtlintError, UsageError
from ftlint.lazy import lazy
from ftlint.records import dataclass

if TYPE_CHECKING:
    import tiktoken

DATA = Path(__file__).with_name("data")
_LONGEST_BLANKS = 400_000  # tiktoken 0.14 overflows at 1,000,055 blanks in a row
_LONGEST_TEXT = 4_000_000  # about a second and 200 MB for one unbroken piece of this length

_BLANKS = lazy(
    r"[\t\x0b\x0c \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]{%d,}" % _LONGEST_BLANKS  # noqa: UP031
)
# A letter or digit of the large scripts, then a blank or a mark that neither continues a word nor begins a contraction:
# no piece of either pattern holds both, so a text may be cut between them.
_BORDER = lazy(
    r"(?<=[0-9A-Za-z\u0430-\u044f\u0627-\u063a\u0905-\u0939\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3])"
    r"(?=[ \t\r\n.,;:!?()\u3001\u3002\uff01\uff1f])"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary's hashes, the pattern that splits a text, and the special tokens.

    Attributes:
        sha256: of its file, which says that it is OpenAI's.
        lines_xxh3, index_xxh3: of its file and its index, quick ones that show damage.
    """

    sha256: str
    lines_xxh3: str
    index_xxh3: str
    pattern: str
    special: Mapping[str, int]


# Hashes, patterns and special tokens are those of tiktoken 0.14 (MIT), which takes them from OpenAI.
_VOCABULARIES = {
    "o200k_base": Vocabulary(
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "dee5d4ced09a2db672a095e82ca109d6",
        "627026bb18c31b0e594809b37ae2c7a8",
        "|".join(
            [
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            ]
        ),
        {"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    ),
    "cl100k_base": Vocabulary(
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        "7cdb781bb5d59657aa5d7bf38900641a",
        "069f03118f6d8f3a43a81e403b6e4ed8",
        "|".join(
            [
                r"'(?i:[sdmt]|ll|ve|re)",
                r"[^\r\n\p{L}\p{N}]?+\p{L}++",
                r"\p{N}{1,3}+",
                r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
                r"\s++$",
                r"\s*[\r\n]",
                r"\s+(?!\S)",
                r"\s",
            ]
        ),
        {
            "<|endoftext|>": 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
}

ENCODINGS = frozenset(_VOCABULARIES)
"""The encodings that ftlint can count with."""

_CHAT = frozenset({"<|im_start|>", "<|im_end|>", "<|im_sep|>"})
_FILL_IN = frozenset({"<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"})
_TURNS = frozenset(
    f"<|{name}|>" for name in ["startoftext", "start", "end", "message", "channel", "constrain", "return", "call"]
)

SPECIAL_TOKENS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "o200k_base": frozenset(_VOCABULARIES["o200k_base"].special) | _CHAT | _FILL_IN | _TURNS,
        "cl100k_base": frozenset(_VOCABULARIES["cl100k_base"].special) | _CHAT | _FILL_IN,
    }
)
"""Literals of special tokens, by encoding: the vocabulary's own, those of chat turns, and the fill-in markers, which
are reported to fail a job on newer models too. In a text they are counted as plain text."""


def count(texts: Sequence[str], encoding: str, threads: int = 1) -> list[int]:
    """The number of tokens of each text by tiktoken, special-token literals counted as plain text.

    A text that occurs twice is counted once. Lone surrogates count as U+FFFD, as tiktoken has it.

    Args:
        texts: any strings.
        encoding: a name of ``ENCODINGS``.
        threads: how many threads count at once; the engine releases the interpreter while it works.

    Raises:
        UsageError: the encoding is unknown.
        FtlintError: the vocabulary's file is damaged or missing, or the tokenizer gave up on a text.
    """
    from concurrent.futures import ThreadPoolExecutor  # which a small file does not need

    engine = _engine(encoding)
    distinct = dict.fromkeys(texts, 0)
    if threads > 1 and len(distinct) > threads:
        words = list(distinct)
        groups = [words[start::threads] for start in range(threads)]
        with ThreadPoolExecutor(threads) as pool:
            for group, lengths in zip(groups, pool.map(lambda group: _lengths(group, engine), groups), strict=True):
                distinct.update(zip(group, lengths, strict=True))
    else:
        distinct = dict(zip(distinct, _lengths(distinct, engine), strict=True))
    return [distinct[text] for text in texts]


@dataclass(frozen=True, slots=True)
class _Engine:
    name: str
    pieces: tiktoken.Encoding


def _lengths(texts: Sequence[str] | Mapping[str, int], engine: _Engine) -> list[int]:
    encode = engine.pieces.encode_ordinary
    return [len(encode(text)) if len(text) < _LONGEST_BLANKS else _count_long(text, engine) for text in texts]


@functools.cache
def _engine(name: str) -> _Engine:
    import tiktoken

    known = check(name)
    encoding = tiktoken.Encoding(
        name, pat_str=known.pattern, mergeable_ranks=_ranks(name), special_tokens=dict(known.special)
    )
    return _Engine(name, encoding)


@functools.cache
def _whole(name: str) -> tiktoken.Encoding:
    """The same vocabulary, with a text taken as one piece."""
    import tiktoken

    return tiktoken.Encoding(f"{name}-whole", pat_str="(?s:.+)", mergeable_ranks=_ranks(name), special_tokens={})


def check(name: str) -> Vocabulary:
    """The vocabulary of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in _VOCABULARIES:
        raise UsageError(f"there is no encoding `{name}`", "use one of " + ", ".join(sorted(_VOCABULARIES)))
    return _VOCABULARIES[name]


def read(file: str, sha256: str) -> bytes:
    """A file of ``data``, verified.

    Raises:
        FtlintError: the file is damaged or missing.
    """
    try:
        data = (DATA / file).read_bytes()
    except OSError as error:
        raise _missing(file, error) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _damaged(file)
    return data


def mapped(file: str, xxh3: str) -> mmap.mmap:
    """A file of ``data`` in memory, without a copy of it; its quick hash is verified.

    Raises:
        FtlintError: the file is damaged or missing.
    """
    try:
        with (DATA / file).open("rb") as source:
            data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _missing(file, error) from error
    except ValueError:  # it is empty
        raise _damaged(file) from None
    if xxh3_128_hexdigest(data) != xxh3:
        raise _damaged(file)
    return data


def _missing(file: str, error: OSError) -> FtlintError:
    name = file.partition(".")[0]
    return FtlintError(f"the vocabulary {name} cannot be read: {error.strerror}", "install ftlint again")


def _damaged(file: str) -> FtlintError:
    name = file.partition(".")[0]
    return FtlintError(f"the vocabulary {name} of this installation is damaged", "install ftlint again")


def _ranks(name: str) -> dict[bytes, int]:
    tokens = read(f"{name}.tiktoken", check(name).sha256).split()[::2]  # the other words are the numbers of the lines
    return dict(zip(map(binascii.a2b_base64, tokens), range(len(tokens)), strict=True))


def _count_long(text: str, engine: _Engine) -> int:
    """The same count for a text of any length and any shape, in time that grows with its length alone."""
    total = 0
    at = 0
    for start, end in _pieces_of_blanks(text, engine.name):
        total += _count_cut(text[at:start], engine.pieces) + _count_cut(text[start:end], _whole(engine.name))
        at = end
    return total + _count_cut(text[at:], engine.pieces)


def _pieces_of_blanks(text: str, encoding: str) -> Iterator[tuple[int, int]]:
    """Long runs of blanks, each of which is one piece: its last blank belongs to the word behind it."""
    for run in _BLANKS.finditer(text):
        start, end = run.span()
        if end == len(text):
            if encoding != "cl100k_base":  # whose pattern takes the end of a text, line ends included, as one piece
                yield start, end
        elif text[end] not in "\r\n":
            yield start, end - 1


def _count_cut(text: str, encoding: tiktoken.Encoding) -> int:
    total = 0
    at = 0
    while len(text) - at > _LONGEST_TEXT:
        end = _border(text, at, at + _LONGEST_TEXT)
        total += _tokens(text[at:end], encoding)
        at = end
    return total + _tokens(text[at:], encoding)


def _border(text: str, start: int, end: int) -> int:
    """The last place before ``end`` where two pieces meet for certain, or ``end`` where there is none."""
    for reach in (1_000, 100_000, _LONGEST_TEXT):
        places = [match.start() for match in _BORDER.finditer(text, max(start + 1, end - reach), end)]
        if places:
            return places[-1]
    return end


def _tokens(text: str, encoding: tiktoken.Encoding) -> int:
    try:
        return len(encoding.encode_ordinary(text))
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it derives from BaseException, and cannot be imported
            raise
        raise FtlintError(
            f"the tokenizer gave up on a text of {len(text):,} characters", "install tiktoken 0.13 or newer"
        ) from error
