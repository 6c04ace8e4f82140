"""Names of companies without their legal form and place: 上海凯泉泵业(集团)有限公司 → 凯泉泵业 of 上海."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from master_data.matching.normal import CJK, fold
from master_data.matching.words import Words, alternatives

WORDS = re.compile(rf"[a-z0-9&]+|[{CJK}]+")
PUNCTUATED = re.compile(r"(?<=[a-z])\.(?=[a-z])|['’]")        # S.A. → sa


class Company(NamedTuple):
    """`words`: the name proper; `places`: where it says it is."""

    words: tuple[str, ...]
    places: tuple[str, ...]


class CompanyReader:
    """Takes names apart by the lists of legal forms and places."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def read(self, text: str) -> Company:
        """Nothing but a legal form or a place leaves the name whole."""
        plain = PUNCTUATED.sub("", fold(text))
        short = self._forms.sub(" ", plain)
        places = tuple(sorted({found[0] for found in self._places.finditer(short)}))
        proper = self._places.sub(" ", short)
        for each in (proper, short, plain):
            words = tuple(word for word in WORDS.findall(each) if word not in ("省", "市", "区", "县"))
            if sum(map(len, words)) > 1:
                return Company(words, places)
        return Company(tuple(WORDS.findall(plain)), places)

    @cached_property
    def _forms(self) -> re.Pattern[str]:
        spelt = {fold(form).replace(".", "") for form in self._words.legal_forms}
        spaced = {re.sub(r"\s+", " ", form) for form in spelt}
        return re.compile(alternatives(spaced, r"(?<![a-z0-9&])", r"\.?(?![a-z0-9&])"))

    @cached_property
    def _places(self) -> re.Pattern[str]:
        return re.compile(alternatives({fold(place) for place in self._words.places}, r"(?<![a-z])", r"(?![a-z])"))
