"""What is wrong with a kind though its file can be read: names that lead nowhere, class trees with cycles, rules that cannot hold. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from hub.texts import Text
from master_data import rules
from master_data.attributes import Attribute
from master_data.class_tree import tree_faults
from master_data.code_examples import check_examples
from master_data.code_segments import AttributeText, CheckText, ClassCode, FixedText, RunningNumber, worded
from master_data.name_rule import LANGUAGES

if TYPE_CHECKING:
    from master_data.kind import Kind

Place = tuple[str | int, ...]


class Fault(NamedTuple):
    """Where in the file, what is wrong, what to do."""

    place: Place
    what: Text
    remedy: Text


def fault(place: Place, key: str, **facts: object) -> Fault:
    """A fault in the words of the catalogue: `key`, and `key-remedy`."""
    return Fault(place, worded(key, **facts), worded(f"{key}-remedy", **facts))


def faults(kind: Kind) -> Iterator[Fault]:
    """Everything wrong, what other faults may follow from first. Later checks rely on earlier ones: stop at the first."""
    for check in FAULTS:
        yield from check(kind)


def _attributes(kind: Kind) -> Iterator[Fault]:
    seen: set[str] = set()
    for attribute in kind.attributes:
        if attribute.name in seen:
            yield fault(("attributes", attribute.name), "kind-attribute-twice", name=attribute.name)
        seen.add(attribute.name)
        for name, values in attribute.when.items():
            place = ("attributes", attribute.name, "when", name)
            yield from _unknown(kind, place, name) or _not_values(place, kind.by_name[name], values)


def _classes(kind: Kind) -> Iterator[Fault]:
    for found in tree_faults(kind.classes):
        yield fault(("classes", *found.path), found.what, **found.facts)
    held = [attribute.name for attribute in kind.attributes if attribute.type == "class"]
    wanted = any(isinstance(segment, ClassCode) for segment in kind.code.segments)
    if len(held) > 1 or (wanted and not held):
        yield fault(("attributes",), "kind-class-attribute", count=len(held))
    if (held or wanted) and not kind.classes:
        yield fault(("attributes", *held), "kind-tree-missing", kind=kind.kind)


def _segments(kind: Kind) -> Iterator[Fault]:
    for number, segment in enumerate(kind.code.segments):
        place = ("code", "segments", number)
        if isinstance(segment, AttributeText):
            yield from _unknown(kind, (*place, "attribute"), segment.attribute) or _table(kind, place, segment)
        if isinstance(segment, ClassCode) and segment.level > kind.tree.depth:
            yield fault((*place, "level"), "kind-level-empty", level=segment.level, deepest=kind.tree.depth)
        if isinstance(segment, RunningNumber) and segment.start > segment.highest:
            yield fault((*place, "start"), "kind-start", start=segment.start, width=segment.width)
    if sum(isinstance(segment, RunningNumber) for segment in kind.code.segments) > 1:
        yield fault(("code", "segments"), "kind-numbers")


def _table(kind: Kind, place: Place, segment: AttributeText) -> list[Fault]:
    """Every value of a choice has a text, and only they."""
    attribute = kind.by_name[segment.attribute]
    known = attribute.values or (["true", "false"] if attribute.type == "boolean" else list(segment.values))
    missing = [value for value in known if value not in segment.values]
    where = (*place, "values")
    return [
        *_not_values(where, attribute, list(segment.values)),
        *(fault(where, "kind-value-without-text", name=attribute.name, value=value) for value in missing),
    ]


def _lengths(kind: Kind) -> Iterator[Fault]:
    rule = kind.code
    if not rule.segments:
        return
    varying = [number for number, segment in enumerate(rule.segments) if len({len(text) for text in segment.texts(kind.scope)}) > 1]
    for one, other in pairwise(varying):
        if not any(isinstance(segment, FixedText) for segment in rule.segments[one:other]):
            yield fault(("code", "segments", other), "kind-ambiguous", one=one + 1, other=other + 1)
    shortest, longest = kind.template.lengths
    fits = longest <= rule.max_length and (rule.length is None or shortest == longest == rule.length)
    if not fits:
        place = ("code", "length" if rule.length else "max_length")
        yield fault(place, "kind-length", shortest=shortest, longest=longest, wanted=rule.wanted_length)


def _alphabets(kind: Kind) -> Iterator[Fault]:
    """What the rule makes is in its alphabet, and check characters can be made of what stands before them."""
    before: set[str] = set()
    for number, segment in enumerate(kind.code.segments):
        place = ("code", "segments", number)
        if isinstance(segment, CheckText):
            yield from _check(place, segment, before)
        for text in segment.texts(kind.scope):
            wrong = "".join(sorted(set(text) - set(kind.code.alphabet or text)))
            if wrong:
                yield fault(place, "kind-alphabet", text=text, wrong=wrong)
        before |= {character for text in segment.texts(kind.scope) for character in text if character.isalnum()}


def _check(place: Place, segment: CheckText, before: set[str]) -> Iterator[Fault]:
    known = [name for name, method in rules.METHODS.items() if before <= set(method.alphabet)]
    wrong = "".join(sorted(before - set(rules.METHODS[segment.method].alphabet)))
    if not before:
        yield fault(place, "kind-check-first")
    elif wrong:
        yield fault((*place, "method"), "kind-check-alphabet", method=segment.method, wrong=wrong, known=", ".join(known) or "-")


def _names(kind: Kind) -> Iterator[Fault]:
    rule = kind.names
    if sum(segment.free for segment in rule.segments) > 1:
        yield fault(("names", "segments"), "kind-name-free")
    for number, segment in enumerate(rule.segments):
        place = ("names", "segments", number)
        if segment.attribute:
            yield from _unknown(kind, (*place, "attribute"), segment.attribute)
        held = kind.by_name.get(segment.attribute)
        classes = [getattr(each, language) for each in kind.tree for language in LANGUAGES] if held and held.type == "class" else []
        for text in [*segment.values, *classes]:
            if rule.separator in text and not segment.free:
                yield fault(place, "kind-name-separator", text=text, separator=rule.separator)


def _examples(kind: Kind) -> Iterator[Fault]:
    remedy = worded("kind-example-remedy")
    for failure in check_examples(kind):
        yield Fault(("code", "examples", *failure.place), failure.what, remedy)


def _unknown(kind: Kind, place: Place, name: str) -> list[Fault]:
    return [] if name in kind.by_name else [fault(place, "kind-attribute-unknown", name=name, known=", ".join(kind.by_name) or "-")]


def _not_values(place: Place, attribute: Attribute, values: Sequence[str]) -> list[Fault]:
    """Those that a choice (or a yes and no) cannot have."""
    known = attribute.values or (["true", "false"] if attribute.type == "boolean" else list(values))
    wrong = [value for value in values if value not in known]
    return [fault((*place, value), "kind-value-unknown", name=attribute.name, value=value, known=", ".join(known)) for value in wrong]


FAULTS: Sequence[Callable[[Kind], Iterator[Fault]]] = (_attributes, _classes, _segments, _lengths, _alphabets, _names, _examples)
