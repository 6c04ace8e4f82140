"""What the API is served from: the hub of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from fastapi import Request

from hub.runtime.intake import Intake
from hub.runtime.road import Road
from hub.texts import LANGUAGES


class Served(Protocol):
    """`hub.app.Hub`, as far as the API needs it. `intakes`: by system, those with a source."""

    @property
    def road(self) -> Road: ...

    @property
    def intakes(self) -> Mapping[str, Intake]: ...


def served(request: Request) -> Served:
    """The hub behind a request."""
    hub: Served = request.app.state.hub
    return hub


def now(request: Request) -> datetime:
    """The hub's clock."""
    return served(request).road.now()


def language(request: Request) -> str:
    """The language of the answer: the first of ours that Accept-Language names, else the configured one."""
    wanted = [part.partition(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((one for one in wanted if one in LANGUAGES), served(request).road.settings.language)
