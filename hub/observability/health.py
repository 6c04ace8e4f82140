"""Ready or not: each part asked with a time limit, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

Ask = Callable[[], Awaitable[object]]


async def ready(parts: Mapping[str, Ask], timeout_s: float = 2.0) -> dict[str, str]:
    """What is wrong with each part that does not answer in time; empty: ready. No texts of exceptions: they may hold addresses."""
    answers = await asyncio.gather(*(_ask(ask, timeout_s) for ask in parts.values()))
    return {name: answer for name, answer in zip(parts, answers, strict=True) if answer}


async def _ask(ask: Ask, timeout_s: float) -> str:
    try:
        async with asyncio.timeout(timeout_s):
            await ask()
    except TimeoutError:
        return "timeout"
    except Exception as error:
        return getattr(error, "code", "") or "unavailable"
    return ""
