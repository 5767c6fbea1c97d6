"""The page that shows the mails: a list, and one of them."""

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from parvis.letterbox.box import Box

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
templates = Jinja2Templates(HERE / "templates")


def create_app(box: Box) -> FastAPI:
    """Reads only."""
    app = FastAPI(openapi_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "static"))

    def page(request: Request, opened: int) -> HTMLResponse:
        letters = list(enumerate(box.letters))[::-1]
        shown = {"letters": letters, "open": dict(letters).get(opened), "number": opened}
        headers = {"Content-Security-Policy": POLICY}
        return templates.TemplateResponse(request, "box.html", shown, headers=headers)

    @app.get("/")
    async def newest(request: Request) -> HTMLResponse:
        return page(request, len(box.letters) - 1)

    @app.get("/mail/{number}")
    async def one(request: Request, number: int) -> HTMLResponse:
        if not 0 <= number < len(box.letters):
            raise HTTPException(404)
        return page(request, number)

    @app.get("/readyz")
    async def ready() -> PlainTextResponse:
        return PlainTextResponse("ok")

    return app
