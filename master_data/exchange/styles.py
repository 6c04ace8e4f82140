"""The styles of marked cells: each style of the workbook once more with another fill, everything else of it the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

GRAVE, TOLD = "FFFFC7CD", "FFFFEB9B"
"""Red for what keeps a row out, yellow for what is only told. One shade off Excel's own, so that ours are known again."""
MOST = 20_000
"""More styles than this are not doubled: Excel holds 65,490."""

FILLS = re.compile(rb"<((?:\w+:)?)fills\b[^>]*>(.*?)</(?:\w+:)?fills>", re.DOTALL)
FILL = re.compile(rb"<(?:\w+:)?fill\b[^>]*?(?:/>|>.*?</(?:\w+:)?fill>)", re.DOTALL)
CELLS = re.compile(rb"<((?:\w+:)?)cellXfs\b[^>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE = re.compile(rb"<(?:\w+:)?xf\b[^>]*?(?:/>|>.*?</(?:\w+:)?xf>)", re.DOTALL)
OF_FILL = re.compile(rb"""\s(?:fillId|applyFill)\s*=\s*["'][^"']*["']""")
FILL_ID = re.compile(rb"""\bfillId\s*=\s*["'](\d+)["']""")


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles part with the marked ones. `marked`: by whether it is grave, from a style to its marked twin;
    `before`: from a marked style of an earlier result to what it was."""

    content: bytes
    marked: Mapping[bool, Mapping[int, int]]
    before: Mapping[int, int]


def with_marks(content: bytes) -> Styles:
    """Add what is missing; a result that comes back corrected and is marked again grows no further."""
    fills, cells = FILLS.search(content), CELLS.search(content)
    if fills is None or cells is None:
        return Styles(content, {True: {}, False: {}}, {})
    shades = FILL.findall(fills.group(2))
    ids = {grave: _place(shades, colour, fills.group(1).decode()) for grave, colour in ((True, GRAVE), (False, TOLD))}
    styles = STYLE.findall(cells.group(2))
    marked, before = _twins(styles, ids)
    content = _put(content, "cellXfs", cells.group(1), cells.span(), styles)
    fills = FILLS.search(content)
    assert fills is not None
    return Styles(_put(content, "fills", fills.group(1), fills.span(), shades), marked, before)


def _place(shades: list[bytes], colour: str, prefix: str) -> int:
    """The place of our fill among the fills, added where it is not there."""
    there = next((place for place, fill in enumerate(shades) if f'rgb="{colour}"'.encode() in fill), None)
    if there is not None:
        return there
    pattern = f'<{prefix}fgColor rgb="{colour}"/><{prefix}bgColor indexed="64"/>'
    shades.append(f'<{prefix}fill><{prefix}patternFill patternType="solid">{pattern}</{prefix}patternFill></{prefix}fill>'.encode())
    return len(shades) - 1


def _twins(styles: list[bytes], ids: Mapping[bool, int]) -> tuple[dict[bool, dict[int, int]], dict[int, int]]:
    ours = {fill: grave for grave, fill in ids.items()}
    plain = {place: OF_FILL.sub(b"", style) for place, style in enumerate(styles)}
    marks = {place: ours[fill] for place, style in enumerate(styles) if (fill := _fill_of(style)) in ours}
    there = {(marks[place], plain[place]): place for place in marks}
    originals: dict[bytes, int] = {}
    for place in plain:
        if place not in marks:
            originals.setdefault(plain[place], place)
    before = {place: originals[plain[place]] for place in marks if plain[place] in originals}
    marked: dict[bool, dict[int, int]] = {}
    for grave, fill in ids.items():
        marked[grave] = {place: _twin(styles, plain[place], there, grave, fill) for place in list(originals.values())[:MOST]}
        same = {plain[place]: twin for place, twin in marked[grave].items()}
        marked[grave] |= {place: same[plain[place]] for place in plain if plain[place] in same}
    return marked, before


def _twin(styles: list[bytes], plain: bytes, there: dict[tuple[bool, bytes], int], grave: bool, fill: int) -> int:
    if (grave, plain) not in there:
        styles.append(re.sub(rb"\bxf\b", f'xf fillId="{fill}" applyFill="1"'.encode(), plain, count=1))
        there[grave, plain] = len(styles) - 1
    return there[grave, plain]


def _fill_of(style: bytes) -> int:
    found = FILL_ID.search(style)
    return int(found.group(1)) if found else 0


def _put(content: bytes, name: str, prefix: bytes, span: tuple[int, int], items: list[bytes]) -> bytes:
    opening = b"<" + prefix + f'{name} count="{len(items)}">'.encode()
    return content[: span[0]] + opening + b"".join(items) + b"</" + prefix + name.encode() + b">" + content[span[1] :]
