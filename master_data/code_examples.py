"""The examples of a code rule, run as tests: what is said to be good is accepted, what is said to be bad is refused where it says. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from hub.errors import DataError
from hub.texts import Text
from master_data.code_rule import BadExample, GoodExample
from master_data.code_segments import worded
from master_data.errors import CodeRuleBroken

if TYPE_CHECKING:
    from master_data.kind import Kind


class ExampleFailed(NamedTuple):
    """An example that does not hold: its place under `examples`, its code, what happened."""

    place: tuple[str, int]
    code: str
    what: Text


def check_examples(kind: Kind) -> Iterator[ExampleFailed]:
    """Every example of the kind's code rule that does not hold; nothing if all do."""
    for number, good in enumerate(kind.code.examples.good):
        what = _refused(kind, good)
        if what:
            yield ExampleFailed(("good", number), good.code, what)
    for number, bad in enumerate(kind.code.examples.bad):
        what = _accepted(kind, bad)
        if what:
            yield ExampleFailed(("bad", number), bad.code, what)


def _refused(kind: Kind, example: GoodExample) -> Text | None:
    try:
        kind.check_code(example.code, example.attributes or None)
    except DataError as error:
        return worded("kind-example-refused", code=example.code, why=error.text("zh"), why_en=error.text("en"))
    return None


def _accepted(kind: Kind, example: BadExample) -> Text | None:
    try:
        kind.check_code(example.code, example.attributes or None)
    except CodeRuleBroken as error:
        if example.segment in (None, error.facts.get("segment")):
            return None
        return worded(
            "kind-example-elsewhere", code=example.code, segment=example.segment, why=error.text("zh"), why_en=error.text("en")
        )
    except DataError:
        return None
    return worded("kind-example-accepted", code=example.code)
