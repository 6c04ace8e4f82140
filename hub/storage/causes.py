"""What a held message waits for. A cause is written as one text, so that whatever arrives can find its rows by equality."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import NamedTuple


class CauseKind(StrEnum):
    """The kinds of waiting, one mechanism for all of them."""

    CODE = "code"                            # a local code without a shared one: name = kind of code, value = local code
    TARGET_CODE = "target-code"              # a shared code the target has no own code for: name = kind of code, value = shared code
    TARGET_STATE = "target-state"            # there, but not audited, not assigned, disabled: as TARGET_CODE
    CONVERSION = "conversion"                # a unit conversion: name = material or "", value = "from>to"
    DOCUMENT = "document"                    # a document we have not heard of: name = entity, value = key, or the source's own number
    TARGET_DOCUMENT = "target-document"      # a document the target has not got (far enough): name = entity, value = key
    TIME = "time"                            # ready_at
    PERIOD = "period"                        # an accounting period or a stock-taking freeze: value = the vendor's words
    PERSON = "person"                        # nobody but a person: name = error code


DOCUMENTS = (CauseKind.DOCUMENT, CauseKind.TARGET_DOCUMENT)


class Cause(NamedTuple):
    """One thing waited for. `system` and `organisation` are '' where it does not matter which."""

    kind: CauseKind
    system: str
    organisation: str
    name: str
    value: str

    @property
    def text(self) -> str:
        """The form in which it is stored and compared."""
        return json.dumps(list(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Cause:
        kind, system, organisation, name, value = json.loads(text)
        return cls(CauseKind(kind), system, organisation, name, value)
