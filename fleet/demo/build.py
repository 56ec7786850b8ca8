"""The demonstration's home folder: files by the product's importers, reports by its intake, no row by hand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import Session

from agents.report import CheckIn, Report, canonical, digest, sections
from fleet.access import create_enrolment, enrol
from fleet.demo.labs import NOW
from fleet.demo.machines import Delivery
from fleet.demo.tables import Tables
from fleet.district import district_session, make_district, open_district
from fleet.errors import FleetError
from fleet.ingest import Delivery as Arrival
from fleet.ingest import Ingest
from fleet.purchases import import_purchase_file
from fleet.rosters import import_roster_file
from fleet.settings import FILE_NAME, Settings, load
from inventory.asset_list import import_assets
from inventory.place_list import import_places
from inventory.sections import SectionShelf
from inventory.snapshots import load_sites
from inventory.titles import load_catalog
from licenses.pathway_file import load_pathways

LISTED = datetime(2026, 8, 10, 16, tzinfo=UTC)
"""When the asset list was imported: before the first report."""

_BATCH = 64
"""Reports that are written in one transaction."""

_SETTINGS = f"""\
# LabFleet: a demonstration. Every machine, student count, price and licence in this folder is invented, whatever
# real names the schools bear; only the machine that ran `labfleet demo` is real.
# The clock stands still, so that the answers are the same on any day.
clock = {NOW.isoformat().replace("+00:00", "Z")}
"""


class DeliveryRefused(FleetError, RuntimeError):
    """A report of the demonstration that the intake refused."""

    code = "delivery-refused"


def make_home(home: Path) -> Settings:
    """An empty district whose clock stands at the day of the demonstration."""
    home.mkdir(parents=True, exist_ok=True)
    (home / FILE_NAME).write_text(_SETTINGS, encoding="utf-8")
    # Given here, they go before the environment: a real district's database must not become a demonstration.
    settings = load(home, database=SecretStr(""), database_file=None, clock=NOW)
    make_district(settings)
    return settings


def import_tables(settings: Settings, tables: Tables) -> None:
    """Read the four files of a district, in the order in which one names what the other holds."""
    catalog = load_catalog(settings.overrides("catalog"))
    pathways = load_pathways(settings.overrides("pathways"), titles=catalog.by_id)
    with district_session(settings) as session:
        import_places(session, tables.labs, pathways={pathway.code for pathway in pathways})
        import_assets(session, tables.assets, now=LISTED)
        import_purchase_file(session, settings, tables.purchases)
        import_roster_file(session, settings, tables.sections)


def enrolment_secrets(settings: Settings) -> Mapping[str, str]:
    """A fresh enrolment secret for each site, by its code."""
    with district_session(settings) as session:
        return {
            site.code: create_enrolment(session, site, "demonstration", LISTED) for site in load_sites(session).values()
        }


def deliver(
    settings: Settings, deliveries: Sequence[Delivery], secrets: Mapping[str, str], done: Callable[[int], None]
) -> None:
    """Hand reports to the intake as the server does, each as of its own moment; `done` hears how many are written."""
    engine = open_district(settings)
    try:
        ingest = Ingest(
            engine, SectionShelf(load_catalog(settings.overrides("catalog"))), next_check_in=settings.check_in_seconds
        )
        with Session(engine) as session, session.begin():
            tokens = {
                (site, name): enrol(session.connection(), secrets[site], LISTED)
                for site, name in {(one.site, one.report.identity.hostname) for one in deliveries}
            }
        for start in range(0, len(deliveries), _BATCH):
            batch = deliveries[start : start + _BATCH]
            answers = ingest.deliver(
                [
                    Arrival(
                        tokens[one.site, one.report.identity.hostname],
                        message(one.report, one.received_at),
                        one.received_at,
                    )
                    for one in batch
                ]
            )
            for one, answer in zip(batch, answers, strict=True):
                if isinstance(answer, FleetError) or not answer.accepted:
                    raise DeliveryRefused(f"the report of {one.report.identity.hostname} was refused: {answer}")
            done(start + len(batch))
    finally:
        engine.dispose()


def message(report: Report, received_at: datetime) -> bytes:
    """A report as an agent sends it when the server knows nothing of it yet, every section in full."""
    parts = sections(report)
    return canonical(
        CheckIn(
            id=report.id,
            age=(received_at - report.taken_at).total_seconds(),
            agent_version=report.agent_version,
            identity=report.identity,
            digests={section: digest(canonical(body)) for section, body in parts.items()},
            interfaces=report.interfaces,
            vitals=report.vitals,
            failures=report.failures,
            hardware=report.hardware,
            system=report.system,
            software=report.software,
        )
    )
