"""Is lab B12 ready for its pathways on a day, for how many students, and if not, what is in the way?"""

from datetime import date

from sqlmodel import Session

from fleet.answers.labs import in_order, lab_called, pathway_called
from fleet.answers.positions import places_of
from fleet.answers.rulebook import load_rulebook
from fleet.judge import Judge
from fleet.licensed import Ledger
from fleet.readiness import LabReadiness
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from licenses.need import demand_of
from licenses.pathway import Purpose
from licenses.store import entitlements, sections


def lab_readiness(
    session: Session,
    settings: Settings,
    *,
    lab: str | None = None,
    pathway: str | None = None,
    on: date,
    exam: str | None = None,
) -> tuple[LabReadiness, ...]:
    """One answer for each lab and pathway, or for those that are named; raises NoSuchLab, NoSuchPathway.

    `exam` asks for the sitting of an exam instead of teaching: the id of a certification, or "" for any of them.
    A lab that is named answers for a pathway that is named, taught there or not.
    """
    book = load_rulebook(settings)
    taught = None if pathway is None else pathway_called(book.rules.pathways, pathway).code
    snapshot = load_snapshot(session, now=settings.now())
    chosen = [lab_called(snapshot.labs.values(), lab)] if lab is not None else in_order(snapshot.labs.values())
    running = sections(session, on)
    # The whole district, even for one lab: its seats may be wanted by all others.
    demand = demand_of(snapshot, book.rules.pathways, running, on=on, shelf_life=settings.shelf_life)
    ledger = Ledger(
        entitlements(session),
        on,
        suites=book.suites,
        free={title.id for title in book.catalog.titles if title.free},
        names=book.rules.names,
        needed=demand.needed,
        places=places_of(snapshot),
    )
    purpose = Purpose.TEACH if exam is None else Purpose.EXAM
    judge = Judge(snapshot, running, book.rules, ledger, on, purpose, exam or "")
    if taught is None:
        return tuple(answer for one in chosen for answer in judge.lab(one))
    if lab is not None:
        return judge.lab(chosen[0], taught)
    return tuple(answer for one in chosen for answer in judge.lab(one) if answer.pathway == taught)
