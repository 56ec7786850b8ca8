"""Is lab B12 ready for its pathways on a day, for how many students, and if not, what is in the way?"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

from sqlmodel import Session

from fleet.answers.labs import in_order, lab_called, pathway_called
from fleet.answers.positions import places_of
from fleet.answers.rulebook import load_rulebook
from fleet.errors import FleetError
from fleet.judge import Judge
from fleet.licensed import Ledger
from fleet.readiness import LabReadiness
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from licenses.need import demand_of
from licenses.pathway import Purpose
from licenses.store import entitlements, sections


class NoSuchExam(FleetError, LookupError):
    """No pathway has such a certification."""

    code = "no-such-exam"


def lab_readiness(
    session: Session,
    settings: Settings,
    *,
    lab: str | None = None,
    pathway: str | None = None,
    on: date,
    exam: str | None = None,
) -> tuple[LabReadiness, ...]:
    """One answer for each lab and pathway, or for those that are named; raises NoSuchLab, NoSuchPathway, NoSuchExam.

    `exam` asks for the sitting of an exam instead of teaching: the id of a certification, or "" for any of them.
    A lab that is named answers for a pathway that is named, taught there or not.
    """
    book = load_rulebook(settings)
    exams = {one.id: code for code, each in book.rules.pathways.items() for one in each.certifications}
    if exam:
        _require_exam(exam, exams)
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
    if lab is not None and taught is not None:
        return judge.lab(chosen[0], taught)
    answers = tuple(answer for one in chosen for answer in judge.lab(one) if taught in (None, answer.pathway))
    # An exam is sat where it is taught for; a lab that is named answers all the same.
    return tuple(one for one in answers if one.pathway == exams[exam]) if exam and lab is None else answers


def _require_exam(exam: str, known: Mapping[str, str]) -> None:
    if exam not in known:
        near = " or ".join(get_close_matches(exam.casefold(), known, n=3, cutoff=0.5))
        meant = f"did you mean {near}? " if near else ""
        raise NoSuchExam(f"no exam '{exam}' in any pathway", hint=f"{meant}`labfleet pathway show CODE` names them")
