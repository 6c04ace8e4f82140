"""What can be wrong with a mapping file (never starts) and with a record that a mapping meets (the message is held).

    ConfigError
    ├── MappingsWrong       all mistakes of a folder in one error
    └── Mistake             one of them; facts: place (`file:line #rule`) and what the leaf's sentence needs
    DataError
    └── MappingFailed       facts: rule (`file #number`), to, path, value (shortened), count of failed rules in the record
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hub.errors import ConfigError, DataError

VALUE_LIMIT = 60


class Mistake(ConfigError):
    """One mistake in a file that people write."""

    code = "yaml-mistaken"


class FileUnreadable(Mistake):
    code = "yaml-unreadable"


class KeyTwice(Mistake):
    code = "yaml-key-twice"


class KeyUnknown(Mistake):
    code = "yaml-key-unknown"


class KeyMissing(Mistake):
    code = "yaml-key-missing"


class TypeWrong(Mistake):
    code = "yaml-type-wrong"


class NameUnknown(Mistake):
    code = "yaml-name-unknown"


class SourceUnclear(Mistake):
    code = "rule-source-unclear"


class TranslationUnclear(Mistake):
    code = "rule-translation-unclear"


class TargetTwice(Mistake):
    code = "rule-target-twice"


class PathWrong(Mistake):
    code = "rule-path-wrong"


class ExpressionWrong(Mistake):
    code = "rule-expression-wrong"


class ParameterWrong(Mistake):
    code = "rule-parameter-wrong"


class FileMisplaced(Mistake):
    code = "yaml-misplaced"


class OutcomeUnclear(Mistake):
    code = "case-outcome-unclear"


class RoleAmbiguous(Mistake):
    code = "role-ambiguous"


class RoleUnplaced(Mistake):
    code = "role-unplaced"


class OwnerContradicted(Mistake):
    code = "owner-contradicted"


class MappingsWrong(ConfigError):
    """Everything that is wrong in the files read, so that a person mends it in one go. `mistakes` in file order."""

    code = "mappings-wrong"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(count=len(mistakes))
        self.mistakes = tuple(mistakes)

    def text(self, language: str = "en") -> str:
        return "\n".join([super().text(language), *(f"  {mistake.text(language)}" for mistake in self.mistakes)])


class MappingFailed(DataError):
    """A record that a rule cannot map. `others`: the record's further failures; all were looked for."""

    code = "mapping-failed"
    others: tuple[MappingFailed, ...] = ()

    def at(self, **facts: Any) -> MappingFailed:
        """Say where it happened; what the thrower already knew stays."""
        self.facts = {**facts, **self.facts}
        self.args = (self.facts,)
        return self


class NotANumber(MappingFailed):
    code = "not-a-number"


class NotWhole(MappingFailed):
    code = "not-whole"


class NotABoolean(MappingFailed):
    code = "not-a-boolean"


class NotATime(MappingFailed):
    code = "not-a-time"


class ZoneUnknown(MappingFailed):
    code = "zone-unknown"


class NotText(MappingFailed):
    code = "not-text"


class NotAList(MappingFailed):
    code = "not-a-list"


class NotAQuantity(MappingFailed):
    code = "not-a-quantity"


class NotAnObject(MappingFailed):
    code = "not-an-object"


class NotInTable(MappingFailed):
    code = "not-in-table"


class EmptyCode(MappingFailed):
    code = "empty-code"


class TextUnfit(MappingFailed):
    code = "text-unfit"


class ExpressionFailed(MappingFailed):
    code = "expression-failed"


class FieldAbsent(MappingFailed):
    code = "field-absent"


class NotACondition(MappingFailed):
    code = "not-a-condition"


class OperationUnclear(MappingFailed):
    code = "operation-unclear"


class ContextUnknown(MappingFailed):
    code = "context-unknown"


def shorten(value: Any) -> str:
    """A value for a sentence: text as it is, all else as JSON, cut after 60 characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= VALUE_LIMIT else text[: VALUE_LIMIT - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names most like `name`, else all of them: `'from'` or `'a', 'b', …`."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    return ", ".join(f"'{each}'" for each in close or names)
