"""What can be wrong with the dictionary in memory."""

from __future__ import annotations

from hub.errors import TransientError


class DictionaryStale(TransientError):
    """This process could not follow the dictionary for too long: facts `seconds`, `limit`, `version` (the last one it knows)."""

    code = "dictionary-stale"
