"""`ETag` and `If-Match`: who changes a code says which version was seen; a later one refuses the change (RFC 9110, 13.1)."""

from __future__ import annotations

from fastapi import Request, Response

from hub.api.problems import PreconditionFailed


def tag(version: int) -> str:
    """The strong tag of a version."""
    return f'"{version}"'


def tagged(request: Request, response: Response, version: int) -> bool:
    """Put the tag on the answer; True: the caller has this version already (If-None-Match), and no body is needed."""
    response.headers["ETag"] = tag(version)
    return tag(version) in _tags(request, "if-none-match")


def check_match(request: Request, version: int) -> None:
    """Raises PreconditionFailed where `If-Match` names other versions only."""
    wanted = _tags(request, "if-match")
    if wanted and "*" not in wanted and tag(version) not in wanted:
        raise PreconditionFailed(seen=", ".join(sorted(wanted)), now=tag(version))


def _tags(request: Request, header: str) -> set[str]:
    return {part.strip() for part in request.headers.get(header, "").split(",") if part.strip()}
