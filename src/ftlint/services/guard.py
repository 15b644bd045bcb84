"""Services, a guard model: a chat model on an OpenAI-compatible server that answers safe or unsafe, as a moderator.

Its verdicts have categories of their own (``guard:S1``), so that nobody takes them for the Moderation API's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ftlint import catalog
from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import BadAnswer, Rejected, Score
from ftlint.services.openai_ import Endpoint, OpenAIModerator

PREFIX = "guard:"
UNNAMED = "guard:unsafe"
"""The category of what is called unsafe without one that is known."""
_SECONDS = 120.0
_UNSAFE = re.compile(r"unsafe\b(.*)", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"\bS\d{1,2}\b", re.IGNORECASE)
_YES_NO = re.compile(r"(yes|no)\W*(?:<confidence>\s*\w+\s*</confidence>)?\s*", re.IGNORECASE)


class NoVerdict(BadAnswer):
    """The answer is neither safe nor unsafe. The same question gets the same answer, so it is not asked again."""

    retryable = False


class OpenAIGuard(OpenAIModerator):
    """POST /chat/completions with one text; never retried here: the caller's scheduler does that."""

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        super().__init__(endpoint)
        self.model = model
        self._rules = catalog.load_moderation().guard
        self._yes_no = any(part in model.lower() for part in self._rules.yes_no)

    async def score(self, texts: Sequence[str]) -> list[Score]:
        """The verdict on each text, asked for one by one.

        Raises:
            ServiceError: also ``NoVerdict``.
        """
        return [await self._judge(text) for text in texts]

    async def score_image(self, url: str) -> Score:  # noqa: ARG002 (the protocol's)
        """A guard model reads texts only: always raises Rejected."""
        raise Rejected("a guard model is shown no images")

    async def _judge(self, text: str) -> Score:
        answer = await self._ask(
            lambda client: client.chat.completions.with_raw_response.create(
                model=self.model,
                messages=[{"role": "user", "content": text}],
                temperature=0,
                max_tokens=self._rules.max_tokens,
                timeout=_SECONDS,
            )
        )
        return verdict(shapes.parse_completion(answer).text, yes_no=self._yes_no)


def verdict(answer: str, *, yes_no: bool = False) -> Score:
    """The Score for an answer: 1 for the categories that it names, and 0 for all others.

    Anything that begins with ``unsafe`` is unsafe. Safe is only the bare word: what else an answer holds may be a
    doubt, or the text's own words.

    Args:
        yes_no: the model answers yes for unsafe.

    Raises:
        NoVerdict: it says neither.
    """
    told = answer.strip()
    scores = dict.fromkeys([*(PREFIX + code for code in catalog.load_moderation().guard.categories), UNNAMED], 0.0)
    if yes_no:
        match = _YES_NO.fullmatch(told)
        if match is None:
            raise NoVerdict("the answer is neither yes nor no")
        named = [UNNAMED] if match[1].lower() == "yes" else []
    elif (unsafe := _UNSAFE.fullmatch(told)) is not None:
        codes = [PREFIX + code.upper() for code in _CODE.findall(unsafe[1])]
        named = [code for code in dict.fromkeys(codes) if code in scores] or [UNNAMED]
    elif told.lower() == "safe":
        named = []
    else:
        raise NoVerdict("the answer is neither safe nor unsafe")
    return Score(bool(named), scores | dict.fromkeys(named, 1.0), tuple(named))
