"""Tests of the moderation pass, with moderators that fail on schedule."""
