"""The rules of a mapping file, read strictly into frozen values; every mistake is collected with its line, rule and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from hub.mapping.errors import (
    ExpressionWrong,
    KeyMissing,
    NameUnknown,
    ParameterWrong,
    PathWrong,
    SourceUnclear,
    TargetTwice,
    TranslationUnclear,
    TypeWrong,
    ZoneUnknown,
    nearest,
)
from hub.mapping.expressions import BadExpression, Expression, parse_expression
from hub.mapping.functions import CONVERSIONS, REQUIRED, Conversion
from hub.mapping.paths import CONTEXT, Path, parse_path
from hub.mapping.times import zone_named
from hub.mapping.yaml_file import Reading, Rows, Table

SOURCES: Final = ("from", "const", "expr")
VALUE_KEYS: Final = ("to", *SOURCES, "using", "code", "document", "document_id", "lookup", "default", "when")
OUT_KEYS: Final = (*VALUE_KEYS, "unit")
UNIT_KEYS: Final = (*SOURCES, "material", "places")
MOST_PLACES: Final = 10
EACH_KEYS: Final = ("to", "each", "rules", "where", "default", "when")
TRANSLATIONS: Final = ("code", "document", "lookup")
EMPTY_STATES: Final = ("absent", "null", "empty")
LEFT_OUT: Final = "@absent"
"""As a default: leave the target field out."""


class Source(NamedTuple):
    """Where a value comes from: `paths` (one, or several that give a list), `expr`, or `const`. `text` is as written."""

    text: str
    paths: tuple[Path, ...] = ()
    expr: Expression | None = None
    const: Any = None


class Using(NamedTuple):
    """One conversion with its parameters put in. `asks`: the parameter that the hub must still fill in, '' = none."""

    name: str
    convert: Callable[..., Any]
    asks: str


class InUnit(NamedTuple):
    """The unit that a quantity is given in (None: the material's base unit), whose factors count, at how many decimal places.

    Without `places` the rule gives the unit itself.
    """

    wanted: Source | None
    material: Path | None
    places: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `number`: '3', or '3.2' inside `each`; `line` in the file. `rules` is empty except with `each`."""

    number: str
    line: int
    to: str
    target: tuple[str | int, ...]
    source: Source
    when: Expression | None = None
    default: Mapping[str, Any]
    unit: InUnit | None = None
    using: tuple[Using, ...] = ()
    code: str = ""
    document: str = ""
    document_id: bool = False
    lookup: Mapping[str, Any] | None = None
    each: bool = False
    where: Expression | None = None
    rules: tuple[Rule, ...] = ()


class Vocabulary(NamedTuple):
    """The names a mapping may use: entities of the model, kinds of the dictionary."""

    entities: frozenset[str]
    kinds: frozenset[str]


class RuleReader:
    """Reads the rules of one file. On the way in nothing is converted (B30), so `unit` is a key of `out` files."""

    def __init__(self, reading: Reading, vocabulary: Vocabulary, *, out: bool) -> None:
        self._reading = reading
        self._vocabulary = vocabulary
        self._keys = OUT_KEYS if out else VALUE_KEYS

    def rules(self, table: Table, prefix: str = "") -> tuple[Rule, ...]:
        """The list under `rules`; rules that cannot be read are left out, with their mistakes noted."""
        if "rules" not in table:
            self._reading.wrong(KeyMissing, table.line, prefix.rstrip("."), name="rules")
            return ()
        rows = self._reading.rows(table["rules"], table.lines["rules"], "rules", prefix.rstrip("."))
        read = [self._rule(row, line, f"{prefix}{place}") for place, (row, line) in enumerate((rows or Rows()).placed(), 1)]
        rules = tuple(rule for rule in read if rule is not None)
        self._targets(rules, rows)
        return rules

    def _rule(self, value: Any, line: int, number: str) -> Rule | None:
        table = self._reading.table(value, line, "rule", number)
        if table is None:
            return None
        self._reading.known_keys(table, EACH_KEYS if "each" in table else self._keys, number)
        before = len(self._reading.mistakes)
        rule = self._each(table, number) if "each" in table else self._value(table, number)
        return rule if len(self._reading.mistakes) == before else None

    def _each(self, table: Table, number: str) -> Rule:
        source = Source(str(table["each"]), self._paths(table, "each", number))
        return Rule(
            number=number, line=table.line, **self._common(table, number), source=source, each=True,
            where=self.expression(table, "where", number), rules=self.rules(table, number + "."),
        )  # fmt: skip

    def _value(self, table: Table, number: str) -> Rule:
        translations = [key for key in TRANSLATIONS if key in table]
        if len(translations) > 1:
            self._reading.wrong(TranslationUnclear, table.lines[translations[1]], number, names=", ".join(translations))
        if "document_id" in table and (not isinstance(table["document_id"], bool) or "document" not in table):
            self._reading.wrong(TypeWrong, table.lines["document_id"], number, name="document_id", wanted="true + document",
                                value=table["document_id"])  # fmt: skip
        return Rule(
            number=number, line=table.line, **self._common(table, number), source=self.source(table, number),
            unit=self._unit(table, number), using=self._using(table, number),
            code=self._named(table, "code", self._vocabulary.kinds, number), document_id=table.get("document_id") is True,
            document=self._named(table, "document", self._vocabulary.entities, number), lookup=self._lookup(table, number),
        )  # fmt: skip

    def _common(self, table: Table, number: str) -> dict[str, Any]:
        to = self._reading.text(table, "to", number) or ""
        if "to" not in table:
            self._reading.wrong(KeyMissing, table.line, number, name="to")
        path = self._path(to, table.lines["to"], number) if to else None
        if path is not None and (path.origin != "row" or not path.steps or not isinstance(path.steps[0], str)):
            self._reading.wrong(PathWrong, table.lines["to"], number, name="to", value=to)
        return {"to": to, "target": path.steps if path else (), "default": self._default(table, number),
                "when": self.expression(table, "when", number)}  # fmt: skip

    def source(self, table: Table, number: str) -> Source:
        """The one of `from`, `const`, `expr` that is there."""
        given = [key for key in SOURCES if key in table]
        if len(given) != 1:
            self._reading.wrong(SourceUnclear, table.line, number, found=", ".join(given) or "–")
            return Source("")
        if given == ["const"]:
            return Source("const", const=table["const"])
        if given == ["expr"]:
            return Source(f"expr: {table['expr']}", expr=self.expression(table, "expr", number))
        return Source(str(table["from"]), self._paths(table, "from", number))

    def _paths(self, table: Table, key: str, number: str) -> tuple[Path, ...]:
        value, line = table[key], table.lines[key]
        texts = value if key == "from" and isinstance(value, Rows) and len(value) > 1 else [value]
        if not all(isinstance(text, str) and text for text in texts):
            self._reading.wrong(TypeWrong, line, number, name=key, wanted="a.b", value=str(value)[:60])
            return ()
        return tuple(path for text in texts if (path := self._path(text, line, number)) is not None)

    def _path(self, text: str, line: int, number: str) -> Path | None:
        try:
            path = parse_path(text)
        except ValueError:
            self._reading.wrong(PathWrong, line, number, name="path", value=text)
            return None
        if path.origin == "context" and path.steps[0] not in CONTEXT:
            self._reading.wrong(NameUnknown, line, number, what="@", name=text, nearest=nearest(text[1:], CONTEXT))
        return path

    def expression(self, table: Table, key: str, number: str = "") -> Expression | None:
        """The CEL under `key`, over `it` and `root`."""
        source = self._reading.text(table, key, number)
        if source is None:
            return None
        try:
            return parse_expression(source, ("it", "root"))
        except BadExpression as error:
            self._reading.wrong(ExpressionWrong, table.lines[key], number, name=key, value=source, words=str(error))
            return None

    def _named(self, table: Table, key: str, known: frozenset[str], number: str) -> str:
        name = self._reading.text(table, key, number) or ""
        if name and name not in known:
            self._reading.wrong(NameUnknown, table.lines[key], number, what=key, name=name, nearest=nearest(name, known))
        return name

    def _default(self, table: Table, number: str) -> Mapping[str, Any]:
        if "default" not in table:
            return {}
        default = self._reading.table(table["default"], table.lines["default"], "default", number)
        if default is None:
            return {}
        self._reading.known_keys(default, EMPTY_STATES, number)
        for state, value in default.items():
            if isinstance(value, str) and value.startswith("@") and value != LEFT_OUT:
                self._reading.wrong(NameUnknown, default.lines[state], number, what="default", name=value, nearest=f"'{LEFT_OUT}'")
        return default

    def _lookup(self, table: Table, number: str) -> Mapping[str, Any] | None:
        if "lookup" not in table:
            return None
        rows = self._reading.table(table["lookup"], table.lines["lookup"], "lookup", number)
        if rows is not None and not rows:
            self._reading.wrong(TypeWrong, table.lines["lookup"], number, name="lookup", wanted="{key: value, …}", value="{}")
        return rows

    def _unit(self, table: Table, number: str) -> InUnit | None:
        """With `places` a value, which is no code; without, the unit, which may have `code: unit`."""
        unit = self._reading.table(table["unit"], table.lines["unit"], "unit", number) if "unit" in table else None
        if unit is None:
            return None
        self._reading.known_keys(unit, UNIT_KEYS, number)
        wanted = self.source(unit, number) if any(key in unit for key in SOURCES) else None
        material = self._reading.text(unit, "material", number)
        if wanted is None and "material" not in unit:
            self._reading.wrong(KeyMissing, unit.line, number, name="material")
        translated = [f"{key}: {table[key]}" for key in TRANSLATIONS if key in table]
        if translated and (translated != ["code: unit"] or "places" in unit):
            self._reading.wrong(TranslationUnclear, unit.line, number, names=", ".join(["unit", *translated]))
        elif not translated and "places" not in unit:
            self._reading.wrong(KeyMissing, unit.line, number, name="places")
        path = self._path(material, unit.lines["material"], number) if material else None
        return InUnit(wanted, path, self._places(unit, number))

    def _places(self, unit: Table, number: str) -> int | None:
        places = unit.get("places")
        if "places" in unit and (type(places) is not int or not 0 <= places <= MOST_PLACES):
            self._reading.wrong(TypeWrong, unit.lines["places"], number, name="places", wanted=f"0–{MOST_PLACES}", value=places)
        return places

    def _using(self, table: Table, number: str) -> tuple[Using, ...]:
        if "using" not in table:
            return ()
        value, line = table["using"], table.lines["using"]
        steps = value if isinstance(value, Rows) else [value]
        return tuple(using for step in steps if (using := self._conversion(step, line, number)) is not None)

    def _conversion(self, value: Any, line: int, number: str) -> Using | None:
        given = dict(value) if isinstance(value, Table) else {"name": value}
        name = given.pop("name", None)
        conversion = CONVERSIONS.get(name) if isinstance(name, str) else None
        if conversion is None:
            self._reading.wrong(NameUnknown, line, number, what="using", name=str(name), nearest=nearest(str(name), CONVERSIONS))
            return None
        return self._parametrised(conversion, given, line, number)

    def _parametrised(self, conversion: Conversion, given: dict[str, Any], line: int, number: str) -> Using:
        known = {key: parameter.kind for key, parameter in conversion.parameters.items()}
        known |= {conversion.asks: str} if conversion.asks else {}
        wrong = [key for key, value in given.items() if key not in known or not isinstance(value, known[key]) or isinstance(value, bool)]
        lacking = [key for key, parameter in conversion.parameters.items() if parameter.default is REQUIRED and key not in given]
        if not wrong and "zone" in given and not _zone_exists(given["zone"]):
            wrong = ["zone"]
        if wrong or lacking:
            form = ", ".join(f"{key}: {kind.__name__}" for key, kind in known.items()) or "–"
            self._reading.wrong(ParameterWrong, line, number, name=conversion.name, value=(wrong + lacking)[0], known=form)
        defaults = {key: parameter.default for key, parameter in conversion.parameters.items() if parameter.default is not REQUIRED}
        parameters = {**defaults, **given}
        convert = partial(conversion.function, **parameters) if parameters else conversion.function
        return Using(conversion.name, convert, "" if conversion.asks in given else conversion.asks)

    def _targets(self, rules: tuple[Rule, ...], rows: Rows | None) -> None:
        """One rule, one target; the same target twice only where each of its rules has a `when`, and never a target inside another."""
        for place, rule in enumerate(rules):
            for earlier in rules[:place]:
                shared = min(len(rule.target), len(earlier.target))
                clash = rule.target[:shared] == earlier.target[:shared]
                alternatives = rule.target == earlier.target and rule.when is not None and earlier.when is not None
                if clash and not alternatives and rows is not None:
                    line = rows.lines[int(rule.number.rpartition(".")[2]) - 1]
                    self._reading.wrong(TargetTwice, line, rule.number, name=rule.to, first=f"#{earlier.number}")


def _zone_exists(zone: str) -> bool:
    try:
        zone_named(zone)
    except ZoneUnknown:
        return False
    return True
