"""What a failure means once a write has been sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hub.errors import InDoubtError, TransientError


class NotReadBack(InDoubtError):
    """The write was sent, and reading back what then stands there failed."""

    code = "not-read-back"


@contextmanager
def sent(system: str, what: str) -> Iterator[None]:
    """Around everything that follows a write: what would be "surely not done" is in doubt here. Raises NotReadBack."""
    try:
        yield
    except TransientError as error:
        raise NotReadBack(system=system, what=what) from error
