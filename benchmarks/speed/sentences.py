"""Sentences for the corpora: frames, filled with phrases."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from benchmarks.speed.phrases import Phrases

_BLOCK = 2_000

# %(t)s a thing, %(p)s a person, %(b)s an action, %(d)s the same in the past, %(w)s where, when or how
# %(n)s a rare name
ASKED = (
    "How do I %(b)s %(w)s?",
    "Why would %(p)s %(b)s?",
    "Can you tell me what to do with %(t)s when I %(b)s %(w)s?",
    "Please write a short note for %(p)s, who %(d)s %(w)s.",
    "I have to %(b)s %(w)s, and %(t)s is in the way. What comes first?",
    "Is it better to %(b)s or to ask %(p)s about %(t)s?",
    "What is the difference between %(t)s and whatever %(p)s left %(w)s?",
    "Yesterday %(p)s %(d)s %(w)s. What should happen to %(t)s now?",
    "Does the road to %(n)s pass %(t)s, or would %(p)s have to %(b)s first?",
)
TOLD = (
    "First %(b)s %(w)s, and keep %(t)s within reach.",
    "Most of the time %(p)s would rather %(b)s %(w)s.",
    "It helps to ask %(p)s about %(t)s before you %(b)s.",
    "Last spring %(p)s %(d)s, although %(t)s stood %(w)s.",
    "If %(t)s does not fit, %(b)s %(w)s instead.",
    "You don't need %(t)s for that: %(p)s %(d)s %(w)s and nobody noticed.",
    "There are two ways; one is to %(b)s, the other is to wait for %(p)s.",
    "As far as I know, %(p)s never %(d)s %(w)s.",
    "Write down how %(t)s looked, then %(b)s.",
    "That depends on %(t)s and on whether %(p)s can %(b)s %(w)s.",
    'Once %(p)s said: "Leave %(t)s %(w)s."',
    "In %(n)s they %(d)s %(w)s, so %(t)s was never missed.",
    "The people of %(n)s call %(t)s by another name.",
    "I'm not sure about %(t)s; %(p)s may know more, or %(n)s Library.",
    "I think %(p)s %(d)s for that very reason.",
    "The café keeps %(t)s %(w)s – %(p)s will show you.",
)
ASKED_JA = (
    "%(w)s%(b)sには、どうすればいいですか。",
    "%(p)sが%(b)sのはなぜですか。%(t)sとの違いも教えてください。",
    "%(p)sに送る短い手紙を書いてください。%(w)s%(d)sと伝えたいです。",
    "%(t)sがあるのに%(w)s%(b)s必要はありますか。",
    "昨日、%(p)sが%(w)s%(d)s。%(t)sはどうしましょうか。",
)
TOLD_JA = (
    "まず%(w)s%(b)sといいでしょう。",
    "%(p)sはいつも%(t)sより先に%(b)sそうです。",
    "%(t)sが合わないときは、%(p)sに相談してから%(b)sのが安全です。",
    "去年の春、%(p)sは%(w)s%(d)s。",
    "%(t)sは使わなくても大丈夫です。%(p)sも%(w)s%(d)s。",
    "「%(t)sはそのままでいい」と%(p)sが言っていました。",
    "方法は二つあります。一つは%(b)sこと、もう一つは%(t)sを待つことです。",
    "%(w)s%(b)s前に、%(t)sの様子を書いておきましょう。",
)


class Writer:
    """Draws frames and phrases in blocks, which is several times faster than one by one."""

    def __init__(self, rng: random.Random, held: Phrases, asked: tuple[str, ...], told: tuple[str, ...]) -> None:
        self.rng = rng
        self.asked = self._sentences(asked, held)
        self.told = self._sentences(told, held)

    def _sentences(self, frames: tuple[str, ...], held: Phrases) -> Iterator[str]:
        pick = self.rng.choices
        actions = range(len(held.bases))
        while True:
            drawn = (pick(pool, k=_BLOCK) for pool in (frames, held.things, held.people, actions, held.tails))
            names = map("".join, zip(*(pick(part, k=_BLOCK) for part in held.parts), strict=True))
            for frame, thing, person, action, tail, name in zip(*drawn, names, strict=True):
                does, did = held.bases[action], held.pasts[action]
                text = frame % {"t": thing, "p": person, "b": does, "d": did, "w": tail, "n": name}
                yield text[0].upper() + text[1:]

    def question(self, count: int, glue: str = " ") -> str:
        """Statements that lead to a question."""
        return glue.join([*itertools.islice(self.told, count - 1), next(self.asked)])

    def answer(self, count: int, glue: str = " ") -> str:
        """Sentences; of every five answers one is a list."""
        said = list(itertools.islice(self.told, count))
        if self.rng.random() < 0.2:
            return "\n".join([said[0], *(f"- {each}" for each in said[1:])])
        return glue.join(said)
