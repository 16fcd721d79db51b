"""The bare view that all figures stand beside: Django's handler without any middleware in our own pool of threads."""

from __future__ import annotations

import sys

import uvicorn
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    """Two letters."""
    return HttpResponse("ok")


urlpatterns = [path("bare", bare)]


def main(port: int) -> None:
    """Serve until killed."""
    settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], SECRET_KEY="bare")
    import django  # noqa: PLC0415

    django.setup()
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415

    from config.bodies import Receive, Scope, Send, take_in  # noqa: PLC0415
    from config.pool import Pool  # noqa: PLC0415

    pool = Pool(WSGIHandler(), threads=8)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            body = await take_in(scope, receive, limit=1000)
            await pool.send(await pool.answer(scope, body, {}), send)

    uvicorn.Server(uvicorn.Config(application, port=port, access_log=False, log_level="warning", lifespan="off")).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
