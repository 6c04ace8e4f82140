"""Notes on cells: Excel keeps each twice, its text in one part, its box in a drawing of an older kind. Other people's stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from master_data.exchange.tabular import column_name
from master_data.exchange.xml_texts import HEAD, MAIN, xml_text

AUTHOR = "Loopline"
MOST = 20_000
"""Excel opens a sheet with more notes only slowly; further cells are coloured and listed."""
Places = Mapping[tuple[int, int], str]
"""(row from 1, column from 0) → text"""

COMMENT = re.compile(r"<((?:\w+:)?)comment\b([^>]*)>.*?</\1comment>", re.DOTALL)
AUTHORS = re.compile(r"<(?:\w+:)?author>(.*?)</(?:\w+:)?author>|<(?:\w+:)?author\s*/>", re.DOTALL)
SHAPE = re.compile(r"<((?:\w+:)?)shape\b.*?</\1shape>", re.DOTALL)
ROW, COLUMN = re.compile(r"<(?:\w+:)?Row>\s*(\d+)"), re.compile(r"<(?:\w+:)?Column>\s*(\d+)")
BOX = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    f"{BOX}</xml>"
)
COMMENTS = f'{HEAD}<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'


def merged_notes(comments: str, drawing: str, wanted: Places) -> tuple[str, str]:
    """Both parts with our notes in place of those of an earlier result; '' for a part that is not there.

    A cell that has somebody's own note keeps that one alone.
    """
    comments, drawing = comments or COMMENTS, drawing or DRAWING
    authors = [found.group(1) or "" for found in AUTHORS.finditer(comments)]
    ours = {str(place) for place, author in enumerate(authors) if author == AUTHOR}
    gone = {_place(found.group(2)) for found in COMMENT.finditer(comments) if _attribute(found.group(2), "authorId") in ours}
    comments = COMMENT.sub(lambda found: "" if _place(found.group(2)) in gone else found.group(), comments)
    taken = {_place(found.group(2)) for found in COMMENT.finditer(comments)}
    new = {place: text for place, text in wanted.items() if _name(place) not in taken}
    if not ours:
        comments = _before_end(comments, "authors", f"author>{AUTHOR}</", "author>")
        authors.append(AUTHOR)
    comments = _with_comments(comments, authors.index(AUTHOR), new)
    return comments, _with_shapes(_without_shapes(drawing, gone), list(new))


def _with_comments(comments: str, author: int, notes: Places) -> str:
    end = re.search(r"</((?:\w+:)?)commentList>", comments)
    if end is None:   # an empty list is one tag
        return _with_comments(re.sub(r"<((?:\w+:)?)commentList\s*/>", r"<\1commentList></\1commentList>", comments), author, notes)
    p = end.group(1)
    made = "".join(
        f'<{p}comment ref="{_name(place)}" authorId="{author}"><{p}text><{p}r><{p}t xml:space="preserve">{xml_text(text)}</{p}t></{p}r>'
        f"</{p}text></{p}comment>"
        for place, text in notes.items()
    )
    return comments[: end.start()] + made + comments[end.start() :]


def _before_end(text: str, name: str, opening: str, closing: str) -> str:
    end = re.search(rf"</((?:\w+:)?){name}>", text)
    if end is None:
        text = re.sub(rf"<((?:\w+:)?){name}\s*/>", rf"<\1{name}></\1{name}>", text)
        return _before_end(text, name, opening, closing)
    p = end.group(1)
    return f"{text[: end.start()]}<{p}{opening}{p}{closing}{text[end.start() :]}"


def _without_shapes(drawing: str, gone: set[str]) -> str:
    if not gone:
        return drawing
    return SHAPE.sub(lambda found: "" if _shape_place(found.group()) in gone else found.group(), drawing)


def _shape_place(shape: str) -> str:
    row, column = ROW.search(shape), COLUMN.search(shape)
    return _name((int(row.group(1)) + 1, int(column.group(1)))) if row and column else ""


def _with_shapes(drawing: str, places: Sequence[tuple[int, int]]) -> str:
    end = drawing.rindex("</xml>")
    first = max((int(number) for number in re.findall(r'id="_x0000_s(\d+)"', drawing)), default=1024) + 1
    shapes = "".join(_shape(first + number, row, column) for number, (row, column) in enumerate(places))
    return drawing[:end] + shapes + drawing[end:]


def _shape(number: int, row: int, column: int) -> str:
    anchor = f"{column + 1}, 12, {max(row - 2, 0)}, 6, {column + 5}, 12, {row + 4}, 6"
    return (
        f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _place(attributes: str) -> str:
    return _attribute(attributes, "ref")


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*["']([^"']*)["']""", attributes)
    return found.group(1) if found else ""


def _name(place: tuple[int, int]) -> str:
    return f"{column_name(place[1])}{place[0]}"
