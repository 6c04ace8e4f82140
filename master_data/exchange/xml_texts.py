"""Small pieces of the XML of workbooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from master_data.exchange.tabular import column_name

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|\r|_x(?=[0-9a-fA-F]{4}_)")
"""What XML cannot hold, and what Excel would take for one of its escapes."""
LONGEST = 32_767
"""Characters that a cell can hold."""


def xml_text(text: str) -> str:
    """A text between tags; characters that XML cannot hold as Excel writes them: `_x000B_`."""
    return escape(_NEVER.sub(_escaped, text))


def attribute(text: str) -> str:
    """A text as an attribute's value, with its quotes."""
    return quoteattr(_NEVER.sub(_escaped, text))


def text_cell(row: int, column: int, text: str, style: int = 0) -> str:
    """A cell that is a text whatever stands in it: never a formula."""
    styled = f' s="{style}"' if style else ""
    content = xml_text(text[:LONGEST])
    return f'<c r="{column_name(column)}{row}"{styled} t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


def text_row(row: int, texts: Sequence[str], styles: Sequence[int] = ()) -> str:
    """A row of texts; an empty one has no cell."""
    cells = (text_cell(row, column, text, styles[column] if styles else 0) for column, text in enumerate(texts) if text)
    return f'<row r="{row}">{"".join(cells)}</row>'


def _escaped(found: re.Match[str]) -> str:
    piece = found.group()
    return "_x005F_x" if piece == "_x" else f"_x{ord(piece):04X}_"
