"""The server's addresses: one for every question, the overview, and what a browser needs beside them."""

from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from trimtab.desk.questions.every import QUESTIONS, Question
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import UsageError
from trimtab.report.documents.catalogue import document_schema
from trimtab.version import VERSION
from trimtab.web.answered import answered_page
from trimtab.web.asking import Asked, Asker, needs_of, pages_of, status_of, which_of
from trimtab.web.gate import Gate
from trimtab.web.keys import COOKIE, Keys
from trimtab.web.overview import error_page, overview_page, style

__all__ = ["make_app"]

_JSON = "application/json"
_BUSY = MappingProxyType({"Retry-After": "5"})


def make_app(folder: Path, *, keys: Keys, port: int) -> ASGIApp:
    """Make the server of a workspace, its gate outermost.

    Parameters
    ----------
    folder
        Of the workspace.
    keys
        Who is signed in.
    port
        On which it will listen; requests by another name or port are refused.
    """
    app = FastAPI(title="trimtab", version=VERSION, openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    asker = Asker(folder)
    for name, kind in QUESTIONS.items():
        _add_question(app, asker, name, kind)
    _add_plain(app, keys)
    _add_answers(app, asker)
    return Gate(app, keys=keys, port=port)


def _add_question(app: FastAPI, asker: Asker, name: str, kind: type[Question]) -> None:
    def answer(request: Request) -> Response:
        return _answered(asker, kind, request)

    document = {"description": "The answer", "content": {_JSON: {"schema": document_schema(f"trimtab.{name}/1")}}}
    words = [(word, False) for word in ("account", "known")] + [(word, True) for word in needs_of(kind)]
    taken = [{"name": word, "in": "query", "required": need, "schema": {"type": "string"}} for word, need in words]
    refused = {"description": "Why not", "content": {_JSON: {"schema": document_schema("trimtab.error/1")}}}
    app.add_api_route(
        f"/api/v1/{name}", answer, methods=["GET"], operation_id=name, summary=f"What `trimtab` answers to {name}",
        response_class=Response,
        openapi_extra={"parameters": taken, "responses": {"200": document, "default": refused}},
    )  # fmt: skip


def _answered(asker: Asker, kind: type[Question], request: Request) -> Response:
    if not asker.free():
        return Response("Other questions are being answered.\n", status_code=503, headers=dict(_BUSY))
    try:
        asked = asker.ask(kind, request.query_params)
    except Exception as error:  # noqa: BLE001 - a defect is answered as one too
        status, text = status_of(error)
        return Response(text, status_code=status, media_type=_JSON)
    finally:
        asker.done()
    headers = {"ETag": asked.etag, "X-Trimtab-Journal": str(asked.journal), "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == asked.etag:
        return Response(status_code=304, headers=headers)
    return Response(asked.text, media_type=_JSON, headers=headers)


def _add_plain(app: FastAPI, keys: Keys) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        return Response("ok\n", media_type="text/plain")

    @app.get("/static/trimtab.css", include_in_schema=False)
    def css() -> Response:
        own = (files("trimtab.web") / "static" / "trimtab.css").read_text(encoding="utf-8")
        return Response(style() + own, media_type="text/css")

    @app.get("/sign-in", include_in_schema=False)
    def sign_in(key: str = "") -> Response:
        session = keys.sign_in(key)
        if session is None:
            return Response(
                "This address was used, or is not the server's: start `trimtab serve` again.\n", status_code=401
            )
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
        return answer


def _add_answers(app: FastAPI, asker: Asker) -> None:
    def show(kind: type[Question], write: Callable[[Asked], str], request: Request) -> Response:
        if not asker.free():
            return Response("Other questions are being answered.\n", status_code=503, headers=dict(_BUSY))
        try:
            return HTMLResponse(write(asker.ask(kind, request.query_params)))
        except Exception as error:  # noqa: BLE001 - a defect has its page too
            status, text = status_of(error)
            return HTMLResponse(error_page(text, which_of(request.query_params)), status_code=status)
        finally:
            asker.done()

    @app.get("/", include_in_schema=False)
    def overview(request: Request) -> Response:
        return show(ReviewQuestion, overview_page, request)

    @app.get("/{name}.json", include_in_schema=False)
    def beside(name: str, request: Request) -> Response:
        return _answered(asker, QUESTIONS[name], request) if name in QUESTIONS else _nowhere()

    @app.get("/{name}", include_in_schema=False)
    def page(name: str, request: Request) -> Response:
        if name not in pages_of():
            return _nowhere()
        return show(QUESTIONS[name], partial(answered_page, name), request)


def _nowhere() -> Response:
    error = UsageError(
        expected=f"a page: {', '.join(pages_of())}", found="an address of none", try_next="choose one above"
    )
    return HTMLResponse(error_page(status_of(error)[1]), status_code=404)
