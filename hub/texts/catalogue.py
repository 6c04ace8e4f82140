"""All catalogues put together; a key may stand in one of them only."""

from __future__ import annotations

from collections.abc import Mapping

from hub.texts.bus import BUS
from hub.texts.cleaning import CLEANING
from hub.texts.cli import CLI
from hub.texts.cli_dictionary import CLI_DICTIONARY
from hub.texts.code_rules import CODE_RULES
from hub.texts.config import CONFIG
from hub.texts.demo import DEMO
from hub.texts.errors import ERRORS
from hub.texts.exchange import EXCHANGE
from hub.texts.incidents import INCIDENTS
from hub.texts.life_of_codes import LIFE_OF_CODES
from hub.texts.mapping import MAPPING
from hub.texts.master_data import MASTER_DATA
from hub.texts.matching import MATCHING
from hub.texts.model import MODEL
from hub.texts.pipeline import PIPELINE
from hub.texts.quality import QUALITY
from hub.texts.reporting import REPORTING
from hub.texts.services import SERVICES
from hub.texts.snapshot import SNAPSHOT
from hub.texts.text import Text
from hub.texts.where_used import WHERE_USED


def combine(*catalogues: Mapping[str, Text]) -> dict[str, Text]:
    """Merge catalogues; the same key twice is a mistake of ours."""
    merged: dict[str, Text] = {}
    for catalogue in catalogues:
        twice = merged.keys() & catalogue.keys()
        if twice:
            raise ValueError(f"texts defined twice: {sorted(twice)}")
        merged.update(catalogue)
    return merged


DICTIONARY: dict[str, Text] = combine(
    CLEANING, CLI_DICTIONARY, CODE_RULES, EXCHANGE, LIFE_OF_CODES, MASTER_DATA, MATCHING, QUALITY, SNAPSHOT, WHERE_USED,
)  # fmt: skip
TEXTS: dict[str, Text] = combine(
    ERRORS, BUS, CONFIG, DEMO, INCIDENTS, PIPELINE, MAPPING, MODEL, REPORTING, SERVICES, CLI, DICTIONARY,
)  # fmt: skip
