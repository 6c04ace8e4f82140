"""The words of holds and causes in both languages: what a message waits for, and whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hub.errors import HubError
from hub.registry import connectors
from hub.storage.causes import Cause, CauseKind
from hub.texts import TEXTS, Text, render, sentence
from master_data.plant import kinds_in_force

OF_CODES = (CauseKind.CODE, CauseKind.TARGET_CODE, CauseKind.TARGET_STATE)
OF_DOCUMENTS = (CauseKind.DOCUMENT, CauseKind.TARGET_DOCUMENT)


@lru_cache(maxsize=1)
def brought_texts() -> Mapping[str, Text]:
    """The sentences that the installed connectors bring."""
    return {code: text for connector in connectors().values() for code, text in connector.texts.items()}


def say(code: str, language: str, facts: Mapping[str, Any]) -> str:
    """The sentence of an error code, a connector's own ones too."""
    return render(code, language, facts, TEXTS if code in TEXTS else brought_texts())


def error_text(error: HubError, language: str) -> str:
    """`[code] …` of an error, in the words of whoever brought its code."""
    return say(error.code, language, error.facts) if type(error).text is HubError.text else error.text(language)


def word(key: str, language: str, /, **facts: Any) -> str:
    """One text of the catalogue; a key that has none is its own word."""
    return sentence(TEXTS[key], language, facts) if key in TEXTS else key.partition("-")[2] or key


def entity_name(entity: str, language: str) -> str:
    """What people call an entity."""
    key = f"entity-{entity}"
    return word(key, language) if key in TEXTS else entity


def kind_name(kind: str, language: str) -> str:
    """What people call a kind of code."""
    known = kinds_in_force().get(kind)
    return getattr(known.label, language) if known else kind


def cause_words(cause: Cause, language: str) -> str:
    """One thing waited for."""
    name = cause.name
    if cause.kind in OF_CODES:
        name = kind_name(name, language)
    elif cause.kind in OF_DOCUMENTS:
        name = entity_name(name, language)
    return word(f"cause-{cause.kind}", language, system=cause.system, organisation=cause.organisation, name=name, value=cause.value)


def concern_words(concerns: str, language: str) -> str:
    """Whom something is for: the steward, IT, or whoever is responsible for a system."""
    role, _, system = concerns.partition(":")
    return word(f"concerns-{role}", language, system=system) if concerns else ""
