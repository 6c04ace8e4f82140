"""REST over the use cases (`hub.services`), webhooks, health and metrics."""

from hub.api.app import create_api
from hub.api.served import Served

__all__ = ["Served", "create_api"]
