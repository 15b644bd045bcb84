"""FT709: facts about one person, and what kinds they are; used by the check and by moderation's subjects."""

from ftlint.privacy.profile.facts import Told, facts
from ftlint.privacy.profile.kinds import KINDS

__all__ = ["KINDS", "Told", "facts"]
