"""Check digits, and what a text may contain: pure functions.

Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (组织机构代码), GS1 General Specifications 7.9.1 (GTIN).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"          # without I, O, S, V, Z
USCC_SHAPE = re.compile(rf"[0-9A-Z][0-9A-Z][0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
GTIN_LENGTHS = (8, 12, 13, 14)

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normal_uscc(text: str) -> str:
    """Upper case, without blanks around."""
    return text.strip().upper()


def is_uscc(text: str) -> bool:
    """A unified social credit code with the right check character; regions are not looked up."""
    if len(text) != 18 or not USCC_SHAPE.fullmatch(text) or not set(text) <= set(USCC_ALPHABET):
        return False
    total = sum(USCC_ALPHABET.index(character) * weight for character, weight in zip(text, USCC_WEIGHTS))
    return text[17] == USCC_ALPHABET[(31 - total % 31) % 31]


def is_organisation_code(text: str) -> bool:
    """An organisation code of nine characters. Old ones inside credit codes are not guaranteed to pass: a warning, not a refusal."""
    if not ORGANISATION_SHAPE.fullmatch(text):
        return False
    total = sum(int(character, 36) * weight for character, weight in zip(text, ORGANISATION_WEIGHTS))
    return text[8] == "0123456789X0"[11 - total % 11]


def is_gtin(text: str) -> bool:
    """A GTIN-8, -12, -13 or -14 with the right check digit."""
    if len(text) not in GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
    return int(text[-1]) == -total % 10


CHECKS: Mapping[str, Callable[[str], bool]] = {"uscc": is_uscc, "organisation_code": is_organisation_code, "gtin": is_gtin}


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks as half-width ones; Chinese stays."""
    return text.translate(FULL_WIDTH)


def normal_name(text: str) -> str:
    """Half-width, composed, one blank between words and none around."""
    return " ".join(unicodedata.normalize("NFC", half_width(text)).split())


def invisible(text: str) -> str:
    """The first character nobody can see (control, zero width, direction, private use, unassigned) as `U+200B`, or ''."""
    hidden = next((character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs")), None)
    return "" if hidden is None else f"U+{ord(hidden):04X}"
