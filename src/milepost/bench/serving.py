"""The server with one more route, which gives ready bytes: what `bench query` compares with.

Settings come from the environment as for `milepost serve`. PUT /bench/ready keeps the body;
GET /bench/ready gives it back. Only benchmarks start this; the product has no such route.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.settings import Settings, from_environment
from milepost.wiring import build_app
from milepost.wiring.process import serve


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
    serve(app_of(settings), settings)


if __name__ == "__main__":
    main()
