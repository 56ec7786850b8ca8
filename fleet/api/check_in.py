"""Machines enrol and check in: the two requests that an agent makes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from agents.report import canonical
from fleet.access import AccessRefused, authorise, enrol
from fleet.api.body import Body
from fleet.errors import FleetError
from fleet.ingest import Delivery, StorageFailed

LARGEST_ENROLMENT = 64_000
"""Bytes of a request to enrol; who the machine is may come with it."""

router = APIRouter(prefix="/api/v1", tags=["agents"])
_bearer = HTTPBearer(auto_error=False, description="The device token that enrolment gave.")


class BadEnrolment(FleetError, ValueError):
    """A request to enrol that is not one."""

    code = "bad-request"


class Enrolment(BaseModel):
    """What a machine sends to enrol; who it is follows with its first check-in."""

    model_config = ConfigDict(extra="ignore")

    secret: str = Field(min_length=1, max_length=200)


class DeviceToken(BaseModel):
    """The machine's credential: shown once, only its digest is stored."""

    token: str


@router.post(
    "/enrol",
    status_code=201,
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": Enrolment.model_json_schema()}}}
    },
    responses={401: {"description": "Unknown or revoked secret"}, 422: {"description": "Not a request to enrol"}},
)
async def post_enrolment(request: Request) -> DeviceToken:
    """Trade a site's enrolment secret for a device token."""
    state = request.app.state

    async def admit() -> None:
        """So small that none is ever large."""

    with state.room.share() as share:
        limits = {"most_sent": LARGEST_ENROLMENT, "most_unpacked": LARGEST_ENROLMENT}
        body = await Body(share, **limits, admit=admit).read(request)
    try:
        enrolment = Enrolment.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise BadEnrolment(f"{place}: {first['msg']}") from None

    def write() -> str:
        try:
            with state.engine.execution_options(begin="IMMEDIATE").begin() as connection:
                return enrol(connection, enrolment.secret, state.settings.now())
        except SQLAlchemyError as error:
            raise StorageFailed("the database does not answer", hint="try again later") from error

    return DeviceToken(token=await run_in_threadpool(write))


@router.post(
    "/check-in",
    responses={
        200: {"description": "Accepted and committed, or the sections that the server has never seen"},
        401: {"description": "Unknown or revoked token"},
        409: {"description": "The report's schema is newer than the server's"},
        413: {"description": "Too large as sent or once unpacked"},
        422: {"description": "Not a report; it will never be accepted"},
        503: {"description": "Not now: too many large reports at once, or the database does not answer"},
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
    state, token = request.app.state, bearer.credentials
    settings = state.settings

    def known() -> bool:
        try:
            with state.engine.connect() as connection:
                return token in authorise(connection, {token})
        except SQLAlchemyError as error:
            raise StorageFailed("the database does not answer", hint="try again later") from error

    async def admit() -> None:
        if not await run_in_threadpool(known):  # a stranger fills no memory
            raise AccessRefused("the device token is unknown or was revoked", hint="enrol the machine again")

    with state.room.share() as share:
        limits = {"most_sent": settings.max_body_bytes, "most_unpacked": settings.max_report_bytes}
        body = await Body(share, **limits, admit=admit).read(request)
        answer = await state.gathering.deliver(Delivery(token, body, settings.now()))
    return Response(canonical(answer), media_type="application/json")
