"""Errors as the API states them: RFC 9457 problem documents with our stable codes."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from fleet.access import AccessRefused
from fleet.api.body import BodyTooLarge, BrokenBody
from fleet.api.check_in import BadEnrolment
from fleet.api.room import Busy
from fleet.errors import FleetError
from fleet.ingest import StorageFailed
from fleet.message import BadReport, SchemaTooNew

STATUS: dict[type[FleetError], int] = {
    AccessRefused: 401,
    SchemaTooNew: 409,
    BodyTooLarge: 413,
    BrokenBody: 400,
    BadReport: 422,
    BadEnrolment: 422,
    Busy: 503,
    StorageFailed: 503,
}
"""The HTTP status of each error that a caller of the API can meet."""


def problem(error: FleetError) -> JSONResponse:
    """The document for an error, with its hint."""
    status = STATUS.get(type(error), 500)
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "30"}}.get(status)
    return _document(status, error.code, str(error), " ".join(getattr(error, "__notes__", ())), headers)


def _document(
    status: int, code: str, detail: str, hint: str = "", headers: dict[str, str] | None = None
) -> JSONResponse:
    content = {"type": "about:blank", "title": code.replace("-", " "), "status": status, "code": code, "detail": detail}
    if hint:
        content["hint"] = hint
    return JSONResponse(content, status, headers, "application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""

    @app.exception_handler(FleetError)
    async def fleet_error(_request: Request, error: FleetError) -> JSONResponse:
        return problem(error)

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        return _document(error.status_code, "http-error", str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return _document(422, "bad-request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}")

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return _document(500, "internal-error", "the server failed; its log says why")
