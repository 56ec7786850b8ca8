"""Who gets which seats on a day or over a term: the best use, why not more, and the cheapest purchase that mends it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from fleet.answers.exams import pathway_of_exam
from fleet.answers.labs import NoSuchLab
from fleet.answers.rulebook import load_rulebook
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from licenses.allocate import TIME_LIMIT, allocate
from licenses.allocation import Allocation, Contest, Grant, LabNeed, Outcome, Pool, Stage
from licenses.contest import contests
from licenses.lab_needs import Asks, lab_needs, offers_of, pools_of, with_webs
from licenses.mend import Purchase, cheapest
from licenses.store.allocations import Allotted, allotted, keep
from licenses.store.entitlements import entitlements
from licenses.store.sections import sections


@dataclass(frozen=True, slots=True)
class Allocated:
    """The allocation of a day or term, with the pools and needs that it was made of.

    `names` are those of titles, suites and asks, `labs` ids by label. `purchase` is `None` where nobody goes without.
    """

    on: date
    until: date | None
    found: Allocation
    pools: tuple[Pool, ...]
    needs: tuple[LabNeed, ...]
    contests: tuple[Contest, ...]
    purchase: Purchase | None
    names: Mapping[str, str]
    labs: Mapping[str, int]
    before: tuple[Allotted, ...] = ()

    @property
    def short(self) -> tuple[Outcome, ...]:
        """The sections that are not taught, and the stations without, where no section is known."""
        alone = {need.id for need in self.needs if not need.sittings}
        return tuple(one for one in self.found.outcomes if not one.full and (one.sitting or one.need in alone))

    def need(self, id_: str) -> LabNeed:
        """One of the needs, by its id."""
        return next(one for one in self.needs if one.id == id_)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one lab or section got what it got; `forced` says what would be left if each sitting had to be taught."""

    outcomes: tuple[Outcome, ...]
    grants: tuple[Grant, ...]
    contests: tuple[Contest, ...]
    forced: Mapping[str, tuple[Stage, ...]]


def answer(
    session: Session,
    settings: Settings,
    *,
    on: date,
    until: date | None = None,
    exam: str | None = None,
    limit: float = TIME_LIMIT,
    thorough: bool = False,
) -> Allocated:
    """The best use of all seats that run on a day, or from `on` to `until`; raises NoSuchExam."""
    book = load_rulebook(settings)
    if exam:
        pathway_of_exam(exam, book.rules.pathways)
    snapshot = load_snapshot(session, now=settings.now())
    taught = tuple(one for one in sections(session) if one.start <= (until or on) and one.end >= on)
    bought = book.funds.resolved(entitlements(session))
    free = book.rights(bought, on=on).free
    asks = Asks()
    needs = lab_needs(snapshot, book.rules.pathways, taught, asks, on=on, exam=exam)
    pools = pools_of(bought, book.suites, free, asks, on=on, until=until, allowed=book.versions.allowed)
    labs = {lab.label: lab.id for lab in snapshot.labs.values()}
    before = allotted(session)
    found = allocate(pools, needs, kept=_grants(before, needs, labs), limit=limit, thorough=thorough)
    web = frozenset(one.id for one in book.catalog.titles if one.metric == "web-seat")
    names = dict(book.rules.names)
    for ask, choices in asks.choices.items():
        names[ask] = " or ".join(
            " ".join(filter(None, (names.get(one.title, one.title), _said(str(one.versions))))) for one in choices
        )
    made = Allocated(on, until, found, pools, needs, contests(pools, needs, found), None, names, labs, before)
    if not made.short:
        return made
    offers = with_webs(offers_of(asks, bought, book.suites, free), web)
    return replace(made, purchase=cheapest(pools, needs, offers, limit=limit))


def explain(made: Allocated, said: str, *, limit: float = TIME_LIMIT) -> Explanation:
    """Why a lab ("MUIR/B12") or a section ("152A/1") got what it got; raises NoSuchLab where it is neither.

    For each section that is not taught, the allocation is made again with it, to see what that would cost the others.
    """
    wanted = said.strip().casefold()
    labs = {need.lab for need in made.needs if wanted in {need.lab.casefold(), need.lab.partition("/")[2].casefold()}}
    places = {
        (one.need, one.sitting)
        for one in made.found.outcomes
        if made.need(one.need).lab in labs or wanted in {one.sitting.casefold(), f"{one.need} {one.sitting}".casefold()}
    }
    if not places:
        raise NoSuchLab(f"no lab and no section '{said}' asks for seats", hint="say MUIR/B12, or 152A/1 for a section")
    outcomes = tuple(one for one in made.found.outcomes if (one.need, one.sitting) in places)
    within = {need for need, _ in places}
    lacking = {ask for one in outcomes for ask in one.lacks}
    return Explanation(
        outcomes,
        tuple(one for one in made.found.grants if one.need in within),
        tuple(one for one in made.contests if one.ask in lacking and within & set(one.needs)),
        {
            f"{one.need} {one.sitting}": allocate(
                made.pools, made.needs, limit=limit, must=frozenset({(one.need, one.sitting)})
            ).stages
            for one in outcomes
            if one.sitting and not one.full
        },
    )


def keep_allocation(session: Session, settings: Settings, made: Allocated) -> int:
    """Store it as the current allocation, in place of the last; returns how many rows it has."""
    seats: defaultdict[tuple[int, int | None, str], int] = defaultdict(int)
    labs = {need.id: made.labs.get(need.lab) for need in made.needs}
    for one in made.found.grants:
        seats[one.pool, labs[one.need], one.section] += one.seats
    return keep(
        session, (Allotted(*place, count) for place, count in sorted(seats.items(), key=str)), now=settings.now()
    )


def _grants(before: tuple[Allotted, ...], needs: tuple[LabNeed, ...], labs: Mapping[str, int]) -> tuple[Grant, ...]:
    """The last allocation in the words of this one; what no longer has a place is left out."""
    by_section = {
        (labs.get(need.lab), name): need.id for need in needs for one in need.sittings for name in (one.id, one.persons)
    }
    by_lab = {labs[need.lab]: need.id for need in reversed(needs) if need.lab}
    found = []
    for one in before:
        need = by_section.get((one.lab_id, one.section)) if one.section else by_lab.get(one.lab_id or 0)
        if need is not None:
            found.append(Grant(one.entitlement_id, need, one.section, one.seats))
    return tuple(found)


def _said(versions: str) -> str:
    return "" if versions == "any release" else versions
