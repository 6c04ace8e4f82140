"""What a connector author sees, and nothing else: records, documents, the contract, the lent HTTP client, errors, texts."""

from hub.errors import ConfigError, CredentialsRejected, DataError, HubError, InDoubtError, RefusedError, TransientError
from hub.sdk.connector import Card, Connector, EntityCard, SignatureRejected, Sink, Source, System
from hub.sdk.document import Document, DocumentKey, Written
from hub.sdk.doubt import NotReadBack, sent
from hub.sdk.http import Http, Response
from hub.sdk.meaning import Failure, Meaning, error_of
from hub.sdk.record import Chunk, Cursor, Record, WebhookRequest
from hub.texts import Text

__all__ = [
    "Card", "Chunk", "ConfigError", "Connector", "CredentialsRejected", "Cursor", "DataError", "Document", "DocumentKey", "EntityCard",
    "Failure", "Http", "HubError", "InDoubtError", "Meaning", "NotReadBack", "Record", "RefusedError", "Response", "SignatureRejected",
    "Sink", "Source", "System", "Text", "TransientError", "WebhookRequest", "Written", "error_of", "sent",
]
