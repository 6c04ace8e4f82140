"""The HTTP interface: webhooks, health and metrics for everybody, `/api/v1` for whoever carries the token."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from hub.api import codes, exchange, health, holds, life, quality, reports, units, webhooks
from hub.api.access import token
from hub.api.problems import TokenMissing, TokenWrong, add_problems, problem
from hub.api.served import Served
from hub.observability.metrics import Webhooks

PROTECTED = (codes.router, exchange.router, holds.router, life.router, quality.router, reports.router, units.router)


def create_api(hub: Served) -> FastAPI:
    """The application over a hub; it keeps nothing but the counts of its webhooks."""
    app = FastAPI(title="Loopline", docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json")
    app.state.hub = hub
    app.state.webhooks = Webhooks()
    add_problems(app)
    app.include_router(webhooks.router)
    app.include_router(health.router)
    for router in PROTECTED:
        app.include_router(router, prefix="/api/v1", dependencies=[Depends(token)])

    @app.exception_handler(TokenMissing)
    async def nobody(request: Request, error: TokenMissing) -> JSONResponse:
        return problem(request, error, 403)

    @app.exception_handler(TokenWrong)
    async def not_you(request: Request, error: TokenWrong) -> JSONResponse:
        return problem(request, error, 401, {"WWW-Authenticate": "Bearer"})

    return app
