"""Normal forms: one text for what is written in several ways. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

CJK = r"\u3400-\u9fff"
HAS_CJK = re.compile(f"[{CJK}]")
SIGNS = str.maketrans("⌀∅øϕ✕✖⁄”“∠–—−", "φφφφ××/\"\" ---")
TIMES = re.compile(r"(?<=[\d)\"])\s*[x*×·]\s*(?=[\dφ.])")
DOUBLE_PRIME = re.compile(r"''|’’|′′")
NOT_PLAIN = re.compile(rf"[^a-z0-9{CJK}]+")
REVISION = re.compile(r"(?:[-_./ ]*(?:rev(?:ision)?|ver)[. :]*([a-z]|\d{1,2})|[-_./ ]*([a-z])[ ]?版|(?<=\d)[-_./ ]?([a-z]))$")

KEPT = 16_384

_SIMPLIFIED = OpenCC("t2s")


def plain(text: str) -> str:
    """Half width, small letters, simplified characters, one sign for dash, quote and diameter, single blanks."""
    folded = DOUBLE_PRIME.sub('"', unicodedata.normalize("NFKC", text)).lower().translate(SIGNS)
    if HAS_CJK.search(folded):
        folded = _SIMPLIFIED.convert(folded)
    return " ".join(folded.split())


@lru_cache(maxsize=KEPT)
def fold(text: str) -> str:
    """The same with one multiplication sign: for sizes, not for numbers in which an X is a letter."""
    return TIMES.sub("×", plain(text))


def compact(text: str) -> str:
    """Letters, digits and characters only: how codes are compared however they are punctuated."""
    return NOT_PLAIN.sub("", plain(text))


def drawing_number(text: str) -> tuple[str, str]:
    """A drawing number without punctuation and without its revision, and the revision ('' = none): `JX-01-005 Rev.B` → (jx01005, b)."""
    folded = plain(text)
    found = REVISION.search(folded)
    base = NOT_PLAIN.sub("", folded[: found.start()] if found else folded)
    if not found or not any(sign.isdigit() for sign in base):
        return NOT_PLAIN.sub("", folded), ""
    return base, next(filter(None, found.groups()))


def pinyin(text: str) -> str:
    """Folded text, its characters as pinyin without tones: `离心泵` → lixinbeng."""
    return "".join(lazy_pinyin(text)) if HAS_CJK.search(text) else ""


def initials(text: str) -> str:
    """The first letters of the pinyin, by which people search: `离心泵` → lxb."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)) if HAS_CJK.search(text) else ""


def phone(text: str) -> str:
    """Its last eight digits, the part that is written with and without country and area; '' where there are fewer than seven."""
    digits = re.sub(r"\D", "", re.split(r"转|ext|#|x", fold(text))[0])
    return digits[-8:] if len(digits) >= 7 else ""
