"""The server with one more route, which gives ready bytes: what `bench query` compares with.

Settings come from the environment as for `milepost serve`. PUT /bench/ready keeps the body;
GET /bench/ready gives it back. Only benchmarks start this; the product has no such route.
"""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.settings import Settings, from_environment
from milepost.wiring import build_app


def app_of(settings: Settings) -> Starlette:
    """The application and the route of ready bytes."""
    app = build_app(settings)
    kept = b""

    async def ready(request: Request) -> Response:
        nonlocal kept
        if request.method == "PUT":
            kept = await request.body()
        return Response(kept, media_type="application/json")

    app.router.routes.append(Route("/bench/ready", ready, methods=["GET", "PUT"]))
    return app


def main() -> None:
    """Serve as `milepost serve` does."""
    settings = from_environment()
    uvicorn.run(
        app_of(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        access_log=False,
        lifespan="on",
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
