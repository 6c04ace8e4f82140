"""What is matched: an entry of the dictionary, or a record of a source that may be one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """`code`: the shared code, or the source's own ('' = none). `attributes`: as the kind has them; text or lists of text are compared."""

    code: str
    zh: str = ""
    en: str = ""
    attributes: Mapping[str, Any] = {}

    def told(self, name: str) -> str:
        """A field as text: `code`, `zh`, `en` or an attribute; lists joined by blanks, '' where there is none."""
        value = getattr(self, name) if name in ("code", "zh", "en") else self.attributes.get(name, "")
        if isinstance(value, list | tuple):
            return " ".join(map(str, value))
        return "" if value is None else str(value)
