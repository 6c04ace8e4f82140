"""Logging: structlog for our own events and for what libraries log; JSON or for the eye; secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

SECRET = ("secret", "token", "password", "passwd", "authorization", "signature", "api_key", "apikey", "cookie")
MASK = "•••"
LEVELS = ("debug", "info", "warning", "error")


def configure(*, as_json: bool, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for the process: to standard error, so that what commands print stays clean."""
    out = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
    ]
    end: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _for_the_eye(out)
    traces = [structlog.processors.format_exc_info] if as_json else []
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )  # fmt: skip
    handler = logging.StreamHandler(out)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *traces, end]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.INFO))
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _for_the_eye(out: TextIO) -> structlog.dev.ConsoleRenderer:
    """Tracebacks without local variables: structlog's default prints them, and in them stand payloads and secrets."""
    return structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Whatever is called like a secret, at any depth, is not written down."""
    return {key: _masked(key, value) for key, value in event.items()}


def _masked(key: str, value: Any) -> Any:
    if any(word in key.lower() for word in SECRET):
        return MASK
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", item) for item in value]
    return value
