"""Every sentence that people read, in Chinese and English: `TEXTS[key]` is a `Text(zh, en)` with `{fact}` places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.texts.catalogue import TEXTS
from hub.texts.text import LANGUAGES, Text

__all__ = ["LANGUAGES", "TEXTS", "Text", "render", "sentence"]


def sentence(text: Text, language: str, facts: Mapping[str, Any]) -> str:
    """Fill a text's places; a fact that is missing shows as its name, so that a sentence never fails."""
    return str(getattr(text, language if language in LANGUAGES else "en").format_map(_Named(facts)))


def render(code: str, language: str, facts: Mapping[str, Any], texts: Mapping[str, Text] = TEXTS) -> str:
    """The sentence of an error code: `[code] …`. A code without a text shows its facts."""
    text = texts.get(code)
    if text is None:
        return f"[{code}] " + ", ".join(f"{name} '{value}'" for name, value in facts.items())
    return f"[{code}] {sentence(text, language, facts)}"


class _Named(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
