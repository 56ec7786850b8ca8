"""Is lab B12 ready for its pathways on a day, for how many students, and if not, what is in the way?"""

from datetime import date

from sqlmodel import Session

from fleet.answers.exams import pathway_of_exam
from fleet.answers.labs import in_order, lab_called, pathway_called
from fleet.answers.positions import places_of
from fleet.answers.rulebook import load_rulebook
from fleet.judge import Judge
from fleet.licensed import Ledger
from fleet.readiness import LabReadiness
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from licenses.need import demand_of
from licenses.pathway import Occasion, Purpose
from licenses.store.assigned import assigned
from licenses.store.entitlements import entitlements
from licenses.store.sections import sections


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

    `exam` asks for the sitting of an exam instead of teaching: the id of a certification, or "" for one answer for
    each that the lab's pathways lead to. A lab that is named answers for a pathway that is named, taught there or not,
    and for that of an exam.
    """
    book = load_rulebook(settings)
    pathways = book.rules.pathways
    taught = None if pathway is None else pathway_called(pathways, pathway).code
    if exam:
        taught = pathway_of_exam(exam, pathways, taught)
    snapshot = load_snapshot(session, now=settings.now())
    chosen = [lab_called(snapshot.labs.values(), lab)] if lab is not None else in_order(snapshot.labs.values())
    bought, timetable = book.funds.resolved(entitlements(session)), sections(session)
    running = tuple(one for one in timetable if one.runs(on))
    rights = book.rights(bought, on=on, sections=running)
    places, held = places_of(snapshot, running, on), assigned(session)

    def judge(occasion: Occasion) -> Judge:
        # The whole district, even for one lab: its seats may be wanted by all others.
        demand = demand_of(
            snapshot,
            pathways,
            timetable,
            on=on,
            exam=None if occasion.purpose is Purpose.TEACH else occasion.certification,
            rights=rights,
            shelf_life=settings.shelf_life,
        )
        ledger = Ledger(
            bought,
            on,
            suites=book.suites,
            free=book.free,
            names=book.rules.names,
            demand=demand,
            places=places,
            today=snapshot.taken_at.date(),
            sections=running,
            versions=book.versions,
            assigned=held,
        )
        return Judge(snapshot, running, book.rules, ledger, on, occasion)

    asked: list[tuple[str | None, Judge]]
    if exam == "":
        codes = [taught] if taught is not None else list(pathways)
        ids = [(code, one.id) for code in codes for one in pathways[code].certifications]
        asked = [(code, judge(Occasion.of(id_))) for code, id_ in ids]
    else:
        asked = [(taught, judge(Occasion.of(exam)))]
    named = lab is not None and taught is not None
    return tuple(
        answer
        for one in chosen
        for code, each in asked
        for answer in each.lab(one, code if named and code else "")
        if code in (None, answer.pathway)
    )
