"""The contract of a connector: a card that says what it can do, a source that reads, a sink that writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel

from hub.sdk.document import Document, DocumentKey, Written
from hub.sdk.record import Chunk, Cursor, Record, WebhookRequest
from hub.texts import Text

if TYPE_CHECKING:
    from hub.sdk.http import Http
    from hub.sdk.simulation import Books, Faults, Simulator


class Source(Protocol):
    """Reads records. Everything that is read may be read again: the hub drops what it has."""

    def read(self, entity: str, cursor: Cursor | None) -> AsyncIterator[Chunk]:
        """Chunks from the cursor to the present, oldest change first; resumable after each. None reads from the beginning.

        Promise to keep: a record that became visible late (a transaction that committed behind the watermark) still comes.
        Raises TransientError, CredentialsRejected.
        """
        ...

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        """The present state of one record, or None where there is none."""
        ...

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """The records of a webhook whose signature is good (over the raw bytes).

        Raises SignatureRejected (answered 401), DataError where the body cannot be read (kept, held, shown).
        """
        ...


class Sink(Protocol):
    """Writes documents, one step a call."""

    async def write(self, document: Document) -> Written:
        """Do `document.step` and return what then stands there, read back from the vendor where success may do nothing.

        Raises TransientError (surely not done), InDoubtError (may be done), RefusedError (the vendor's words),
        CredentialsRejected.
        """
        ...

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """Every document of the target that carries our key: all of them, so that a double can be seen."""
        ...


class System(Protocol):
    """One opened installation."""

    source: Source | None
    sink: Sink | None

    async def identity(self) -> str:
        """The account set's identity as the vendor tells it; compared with the configured one before the first write."""
        ...

    async def close(self) -> None:
        """Log out and let go of connections."""
        ...


class SignatureRejected(Exception):
    """A webhook that did not come from the vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCard:
    """One vendor form or object, and what can be done with it. `number`: the field of its records with the number that people say.

    `version`: 'owner' (integer; every content has its own), 'time' (modification time), 'none'.
    `steps`: what `Sink.write` can do, in order; () = not written. `default_step`: where a delivery ends unless configured.
    `settle_s`: after so long a call that was sent has landed or never will, as far as the vendor's time-outs tell.
    """

    entity: str
    name: Text
    number: str = ""
    polled: bool = False
    pushed: bool = False
    fetched: bool = False
    version: Literal["owner", "time", "none"] = "time"
    steps: tuple[str, ...] = ()
    default_step: str = ""
    refuses_duplicates: bool = False
    refuses_older: bool = False
    carries_mark: bool = False
    settle_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the connector is for. `limits`: what the vendor bears, for the lent HTTP client."""

    product: str
    vendor: Text
    versions: str
    roles: tuple[str, ...]
    entities: tuple[EntityCard, ...]
    requests_per_s: float = 50.0
    concurrency: int = 8

    def entity(self, name: str) -> EntityCard:
        """The row of one form; KeyError names the form."""
        for row in self.entities:
            if row.entity == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """What an entry point of group `loopline.connectors` gives: the object named `CONNECTOR` in `connectors/<vendor>/__init__.py`.

    `settings` is a frozen pydantic model; secrets in it are `SecretStr`. `open` gets the system's name, its settings and
    the lent HTTP client. `simulator` skins the books of a simulated installation as this vendor's HTTP server.
    """

    card: Card
    settings: type[BaseModel]
    open: Callable[[str, Any, Http], System]
    simulator: Callable[[Books, Faults], Simulator] | None = None
    texts: Mapping[str, Text] = field(default_factory=dict)
