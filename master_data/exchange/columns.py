"""The columns of a kind's sheet, and which column of a file is which: by Chinese or English header, or by the field's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from master_data.exchange.errors import HeaderMissing, HeaderTwice
from master_data.exchange.tabular import Area, Cell, Row, Special, Table, column_name
from master_data.kind import Attribute, Kind
from master_data.rules import half_width, invisible

HEAD = 30
"""The header is looked for in the first rows."""
LEAST = 2
"""A row that names the code alone may be anything: a list of columns, a remark."""
Sort = Literal["code", "name", "status", "organisations", "moment", "attribute", "local"]
LOCAL = re.compile(r"(?:本地编码|local[ _]codes?|local)[ .:]*(?P<scope>\S+)(?: / local code (?P=scope))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `system`, `organisation`: of local codes."""

    key: str
    sort: Sort
    zh: str
    en: str
    attribute: Attribute | None = None
    system: str = ""
    organisation: str = ""

    @property
    def header(self) -> str:
        return f"{self.zh} / {self.en}"

    @property
    def exact(self) -> bool:
        """Whether what Excel does to codes matters here."""
        return self.sort in ("code", "local") or (self.attribute is not None and self.attribute.type in ("code", "class"))


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header of a table ends, and what its columns are. `unknown`: what no field is called, by column."""

    row: int
    fields: Mapping[int, Field]
    unknown: Mapping[int, str]

    def column_of(self, key: str) -> int | None:
        """The column of a field."""
        return next((column for column, field in self.fields.items() if field.key == key), None)


def fields_of(kind: Kind, scopes: Iterable[tuple[str, str]] = ()) -> list[Field]:
    """The columns in their order; `scopes`: (system, organisation) of local codes."""
    label = kind.label
    core = [
        Field("code", "code", f"{label.zh}编码", f"{label.en} code"), Field("zh", "name", "中文名称", "Chinese name"),
        Field("en", "name", "英文名称", "English name"), Field("status", "status", "状态", "Status"),
        Field("organisations", "organisations", "适用组织", "Organisations"), Field("valid_from", "moment", "生效日期", "Valid from"),
        Field("valid_to", "moment", "失效日期", "Valid to"),
    ]  # fmt: skip
    taken = {_normal(text) for field in core for text in (field.zh, field.en)}
    attributes = [_attribute_field(attribute, taken) for attribute in kind.attributes]
    return [*core, *attributes, *(local_field(system, organisation) for system, organisation in scopes)]


def local_field(system: str, organisation: str = "") -> Field:
    """The column of what a system, or one organisation of it, calls the codes."""
    scope = f"{system}/{organisation}" if organisation else system
    return Field(f"local.{scope}", "local", f"本地编码 {scope}", f"Local code {scope}", None, system, organisation)


def find_header(table: Table, kind: Kind, file: str = "") -> Header | None:
    """The row among the first whose cells name the most fields, the code among them. Raises HeaderTwice."""
    names = _names(kind)
    head = table.head(HEAD)
    found = [_header(head, number, _spread(table.merged, head), names, file, table.name) for number, _ in head]
    good = [header for header in found if header is not None]
    best = max(good, key=lambda header: len(header.fields), default=None)
    if best is None:
        return None
    # a second row of the same headers in the other language is no data
    below = [header.row for header in good if header.row == best.row + 1 and set(header.fields) <= set(best.fields)]
    return Header(below[0] if below else best.row, best.fields, best.unknown)


def no_header(file: str, kind: Kind) -> HeaderMissing:
    """What is said where no sheet has a header."""
    code = fields_of(kind)[0]
    return HeaderMissing(file=file, kind=kind.kind, wanted=f"“{code.zh}” / “{code.en}”", rows=HEAD)


Texts = Mapping[tuple[int, int], str]


def _spread(merged: Sequence[Area], head: Sequence[Row]) -> Texts:
    """The texts of the first rows by (row, column); each cell of merged ones has their text."""
    texts = {(number, column): shown(cell) for number, cells in head for column, cell in enumerate(cells) if cell is not None}
    last = max((number for number, _ in head), default=0)
    for top, left, bottom, right in merged:
        if top <= last and (top, left) in texts:
            places = ((row, column) for row in range(top, min(bottom, last) + 1) for column in range(left, min(right, left + 500) + 1))
            texts.update(dict.fromkeys(places, texts[top, left]))
    return texts


def _header(
    head: Sequence[Row], number: int, texts: Texts, names: Mapping[str, Field], file: str, sheet: str
) -> Header | None:
    fields: dict[int, Field] = {}
    unknown: dict[int, str] = {}
    for column in sorted(column for row, column in texts if row == number):
        own, above = texts[number, column], texts.get((number - 1, column), "")
        field = _field(own, names) or _field(f"{above} {own}", names)
        if field is None:
            unknown[column] = own
        elif texts.get((number, column - 1)) != own or fields.get(column - 1) != field:   # not the rest of merged cells
            fields[column] = field
    if len(fields) < LEAST or "code" not in {field.key for field in fields.values()}:
        return None
    _refuse_twice(fields, file, sheet)
    return Header(number, fields, unknown)


def _refuse_twice(fields: Mapping[int, Field], file: str, sheet: str) -> None:
    seen: dict[str, int] = {}
    for column, field in fields.items():
        if field.key in seen:
            first, second = column_name(seen[field.key]), column_name(column)
            raise HeaderTwice(file=file, sheet=sheet, first=first, second=second, field=field.header)
        seen[field.key] = column


def _field(text: str, names: Mapping[str, Field]) -> Field | None:
    field = names.get(_normal(text))
    if field is not None:
        return field
    local = LOCAL.fullmatch(_tidy(text))
    if local is None:
        return None
    system, _, organisation = local["scope"].partition("/")
    return local_field(system, organisation)


def _names(kind: Kind) -> dict[str, Field]:
    """Every way to call a field; where two are called the same the first has the name."""
    names: dict[str, Field] = {}
    for field in fields_of(kind):
        plain = field.key.removeprefix("attributes.")
        for text in (field.header, field.zh, field.en, field.key, plain, *ALSO.get(field.key, ())):
            names.setdefault(_normal(text), field)
    return names


ALSO: Mapping[str, Sequence[str]] = {
    "code": ("编码", "代码", "编号", "code", "no.", "number"),
    "zh": ("名称", "中文名", "名称 中文", "名称 中文名称", "name", "name_zh", "name zh", "name chinese"),
    "en": ("英文名", "名称 英文", "名称 英文名称", "name_en", "name en", "name english"),
    "organisations": ("组织", "organisation", "organizations", "organization"),
    "valid_from": ("有效期自", "有效期起"),
    "valid_to": ("有效期至", "有效期止"),
}


def _attribute_field(attribute: Attribute, taken: set[str]) -> Field:
    """A label that another column has is followed by the attribute's name."""
    clash = bool({_normal(attribute.zh), _normal(attribute.en)} & taken)
    taken |= {_normal(attribute.zh), _normal(attribute.en)}
    suffix = f" ({attribute.name})" if clash else ""
    return Field(f"attributes.{attribute.name}", "attribute", attribute.zh + suffix, attribute.en + suffix, attribute)


def _tidy(text: str) -> str:
    visible = "".join(character for character in half_width(text) if character.isspace() or not invisible(character))
    return re.sub(r"\s*/\s+|\s+/\s*", " / ", " ".join(visible.replace("*", " ").split()))


def _normal(text: str) -> str:
    return _tidy(text).casefold()


def shown(cell: Cell) -> str:
    """A cell as text, whatever it holds."""
    return cell.shown if isinstance(cell, Special) else cell or ""
