"""Is the server alive, and can it do its work: for load balancers and monitors."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

router = APIRouter(prefix="/api/v1", tags=["health"])


@router.get("/health")
async def get_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/ready", responses={503: {"description": "The database does not answer"}})
async def get_readiness(request: Request) -> JSONResponse:
    """The database answers too."""
    engine = request.app.state.engine

    def ask() -> None:
        with engine.connect() as connection:
            connection.execute(text("select 1 from inventory_device limit 1")).first()

    try:
        await run_in_threadpool(ask)
    except SQLAlchemyError:
        return JSONResponse({"status": "not ready", "database": "does not answer"}, 503)
    return JSONResponse({"status": "ready"})
