"""Machines enrol and check in: the two requests that an agent makes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from agents.report import canonical
from fleet.access import AccessRefused, enrol
from fleet.api.body import read_body
from fleet.ingest import Delivery

router = APIRouter(prefix="/api/v1", tags=["agents"])
_bearer = HTTPBearer(auto_error=False, description="The device token that enrolment gave.")


class Enrolment(BaseModel):
    """What a machine sends to enrol; who it is follows with its first check-in."""

    model_config = ConfigDict(extra="ignore")

    secret: str = Field(min_length=1, max_length=200)


class DeviceToken(BaseModel):
    """The machine's credential: shown once, only its digest is stored."""

    token: str


@router.post("/enrol", status_code=201)
async def post_enrolment(enrolment: Enrolment, request: Request) -> DeviceToken:
    """Trade a site's enrolment secret for a device token."""
    state = request.app.state

    def write() -> str:
        with state.engine.execution_options(begin="IMMEDIATE").begin() as connection:
            return enrol(connection, enrolment.secret, state.settings.now())

    return DeviceToken(token=await run_in_threadpool(write))


@router.post(
    "/check-in",
    responses={
        200: {"description": "Accepted and committed, or the sections that the server has never seen"},
        401: {"description": "Unknown or revoked token"},
        409: {"description": "The report's schema is newer than the server's"},
        413: {"description": "Too large as sent or once unpacked"},
        422: {"description": "Not a report; it will never be accepted"},
    },
)
async def post_check_in(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Response:
    """Say who a machine is and what its sections' digests are; send the sections that are asked for.

    The body is a `CheckIn` (see `agents/report.py`) as JSON, plain or gzip. An accepted report is committed.
    """
    if bearer is None:
        raise AccessRefused("no device token was sent", hint="enrol the machine first")
    state = request.app.state
    settings = state.settings
    body = await read_body(request, most_sent=settings.max_body_bytes, most_unpacked=settings.max_report_bytes)
    answer = await state.gathering.deliver(Delivery(bearer.credentials, body, settings.now()))
    return Response(canonical(answer), media_type="application/json")
