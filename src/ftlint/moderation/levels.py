"""Moderation: what rules/moderation.toml says of tiers and watch levels, with the user's own levels on top."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from ftlint import catalog
from ftlint.errors import ConfigError, UsageError
from ftlint.moderation.judge import Levels
from ftlint.moderation.limit import Limits


def tier_limits(tier: str) -> Limits:
    """The published limits of a usage tier.

    Raises:
        UsageError: there is no such tier.
    """
    rules = catalog.load_moderation()
    found = rules.tiers.get(tier.strip().lower())
    if found is None:
        raise UsageError(f"there is no usage tier `{tier}`", f"the tiers are {', '.join(rules.tiers)}")
    return Limits(
        requests_per_minute=found.requests_per_minute,
        tokens_per_minute=found.tokens_per_minute,
        requests_per_day=found.requests_per_day,
    )


def watch_levels(own: Mapping[str, float]) -> Levels:
    """The watch levels, the user's own ones first.

    Raises:
        ConfigError: a level is not between 0 and 1, or its category is a misspelt one. Other unknown categories are
            taken: a moderator may have categories of its own.
    """
    rules = catalog.load_moderation()
    for category, level in own.items():
        if not 0 <= level <= 1:
            raise ConfigError(f"the watch level of {category} is {level}", "a level is a number from 0 to 1")
        close = difflib.get_close_matches(category, rules.categories, 1, 0.8)
        if category not in rules.categories and close:
            raise ConfigError(f"there is no moderation category `{category}`", f"did you mean `{close[0]}`?")
    published = {name: category.watch for name, category in rules.categories.items()}
    return Levels({**published, **own}, wobble=rules.wobble, near=rules.placing_fraction)
