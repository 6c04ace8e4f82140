"""What is wrong with an entity that does not fit the model: field, value, what is wrong, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from hub.errors import DataError
from hub.texts import TEXTS, sentence

SHOWN = 20
VALUE_LENGTH = 80

WORDS: dict[str, str] = {
    "missing": "model.missing",
    "extra_forbidden": "model.unknown-field",
    "enum": "model.not-one-of",
    "json_invalid": "model.json-broken",
    "string_too_short": "model.empty",
    "too_short": "model.no-rows",
    "number-unreadable": "model.not-a-number",
    "number-too-long": "model.too-many-digits",
    "time-unreadable": "model.not-a-time",
    "time-without-zone": "model.time-without-zone",
    "order-line-twice": "model.order-line-twice",
    "string_pattern_mismatch": "model.wrong-form",
    "string_too_long": "model.too-long",
    "greater_than": "model.too-small",
    "greater_than_equal": "model.too-small",
    "int": "model.not-whole",
    "bool": "model.not-yes-no",
    "date": "model.not-a-date",
    "string": "model.not-text",
    "tuple": "model.not-rows",
    "model": "model.not-an-object",
    "dict": "model.not-an-object",
    "plant-undeclared": "model.plant-undeclared",
    "plant-wrong-type": "model.plant-wrong-type",
}
"""pydantic's error type, or its first word, → the sentence. What is not here is said in pydantic's own words."""


class Finding(NamedTuple):
    """One thing that is wrong. `path` as people read it (`lines[0].quantity.value`), `value` shortened, `kind` as in WORDS."""

    path: str
    value: str
    kind: str
    facts: Mapping[str, Any]

    def text(self, language: str) -> str:
        """One sentence, without a full stop."""
        words = WORDS.get(self.kind) or WORDS.get(self.kind.split("_")[0], "model.other")
        return sentence(TEXTS[words], language, {"path": self.path, "value": self.value, **self.facts})


class ModelViolated(DataError):
    """An entity does not fit the model. `findings` has everything that is wrong, not only the first."""

    code = "model-violated"

    def __init__(self, entity: str, findings: Sequence[Finding]) -> None:
        super().__init__(entity=entity, count=len(findings), zh=_joined(findings, "zh", ";"), en=_joined(findings, "en", "; "))
        self.findings = tuple(findings)


def read_findings(errors: Sequence[ErrorDetails]) -> list[Finding]:
    """Findings from pydantic's errors; a list that only seems short because its rows are wrong is not one of them."""
    found = [finding(error) for error in errors]
    return [item for item in found if item.kind != "too_short" or not any(other.path.startswith(f"{item.path}[") for other in found)]


def finding(error: ErrorDetails) -> Finding:
    """A finding from pydantic's error."""
    facts = {**error.get("ctx", {}), "words": error["msg"]}
    if "expected" in facts:
        facts["expected"] = str(facts["expected"]).replace(" or ", ", ")
    return Finding(_path(error["loc"]), shortened(error.get("input")), error["type"], facts)


def shortened(value: object) -> str:
    """A value as a person may see it: one line, at most 80 characters; of rows and objects only what they are."""
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} …"
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = " ".join(str(value).split())
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"


def _path(location: Sequence[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def _joined(findings: Sequence[Finding], language: str, separator: str) -> str:
    text = separator.join(item.text(language) for item in findings[:SHOWN])
    return text + "…" if len(findings) > SHOWN else text
