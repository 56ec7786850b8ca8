"""The server as one application: database, ingest and routes put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from fleet.api import check_in, health, problems
from fleet.api.gathering import Gathering
from fleet.api.room import Room
from fleet.ingest import Ingest
from fleet.settings import Settings
from inventory.database import open_database
from inventory.recognise_again import apply_catalog
from inventory.sections import SectionShelf
from inventory.titles import load_catalog


def create_app(settings: Settings) -> FastAPI:
    """An application on the settings' database, whose tables must be up to date."""
    engine = open_database(settings.database_url)
    shelf = SectionShelf(load_catalog(settings.overrides("catalog")))
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        apply_catalog(connection, shelf)
    ingest = Ingest(engine, shelf, next_check_in=settings.check_in_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(title="LabFleet", version="1", lifespan=lifespan)
    app.state.engine = engine
    app.state.settings = settings
    app.state.gathering = Gathering(ingest)
    app.state.room = Room(2 * (settings.max_body_bytes + settings.max_report_bytes))
    app.include_router(check_in.router)
    app.include_router(health.router)
    problems.install(app)
    return app
