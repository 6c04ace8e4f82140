"""The matching rule of a kind as data: which fields are compared, how, and how much each counts. `rules.yaml` holds them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from master_data.reading import read_model

SHIPPED = Path(__file__).with_name("rules.yaml")
How = Literal["name", "company", "size", "drawing", "brand", "unit", "identifier", "phone", "text", "code"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldRule(_Part):
    """One comparison. `of`: what of an entry is read: `zh`, `en`, `code` or attributes. `weight`: its part of the score.

    `missing`: the score where only one side says it; left out (null) where that tells nothing. `decides`: equal here is enough.
    """

    field: str
    how: How
    of: list[str] = Field(min_length=1)
    weight: float = Field(gt=0)
    missing: float | None = Field(default=None, ge=0, le=100)
    decides: bool = False


class MatchingRule(_Part):
    """How entries of a kind are compared. From `threshold` on, two of them are said to be one thing."""

    threshold: float = Field(default=85, ge=0, le=100)
    fields: list[FieldRule] = Field(min_length=1)


class _Rules(_Part):
    default: MatchingRule
    kinds: dict[str, MatchingRule] = {}


def read_rules(path: Path = SHIPPED) -> tuple[MatchingRule, Mapping[str, MatchingRule]]:
    """The rule of kinds that give none, and those of the others. Raises DictionaryFileInvalid."""
    rules = read_model(path, _Rules)
    return rules.default, rules.kinds


def rule_of(kind: str) -> MatchingRule:
    """The shipped rule of a kind."""
    default, kinds = _shipped()
    return kinds.get(kind, default)


@lru_cache(maxsize=1)
def _shipped() -> tuple[MatchingRule, Mapping[str, MatchingRule]]:
    return read_rules()
