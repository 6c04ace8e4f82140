"""One sentence in both languages."""

from __future__ import annotations

from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    """A sentence in Chinese and in English; `{name}` is filled from facts."""

    zh: str
    en: str
