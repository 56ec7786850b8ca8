"""The best use of every seat: exact, by whole-number optimisation with HiGHS, one aim after the other.

The aims, each only where it costs nothing of those before: the most sections taught and exams sat; the most students in
them; the most that could be taught before; then, for these sections and with what remains: the most students and
stations with everything; the most single titles for the others; the fewest seats set aside; the fewest seats taken from
where they were. Each is proven by a bound, part by part: needs that share no scarce seats are solved apart, so that the
bounds of the parts add up to a bound of the whole. Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf

import highspy
import numpy as np
from highspy._core import _Highs

from licenses.allocation import Allocation, Grant, LabNeed, Outcome, Pool, Stage
from licenses.errors import LicenseError
from licenses.seat_model import Builder, Model
from licenses.seat_parts import parts_of
from licenses.supply import Supply

AIMS = ("sections", "students", "stay", "served", "titles", "seats", "moved")
"""The names of the stages, in the order of the aims."""

CHOOSING = "stay"
"""The last stage that chooses sections; those after it take the choice as given."""

LEAST = frozenset({"seats", "moved", "unpriced", "cents", "bought"})
"""The stages that are kept small."""

TIE = "students"
PROVEN_TO = 60
"""Sections of one part up to which the choice among equally many sections is proven too, unless asked to be thorough.

In a larger part, that proof takes longer than all the rest; the choice is then as it fell, with its bound stated.
"""

TIME_LIMIT = 60.0
"""Seconds after which the best that was found is given, with the gap that is left."""

_WHOLE = 1e-6
"""How far from a whole number the solver may stop."""

Found = tuple[int, int, Sequence[float]]
"""A value, its bound, and the columns that reach it."""


class SolverError(LicenseError, RuntimeError):
    """The solver gave up on a model that always has a solution."""

    code = "solver"


@dataclass(slots=True)
class Solved:
    """One part after all its stages: what was reached and the bound of each, and the value of every column."""

    model: Model
    reached: dict[str, tuple[int, int]]
    values: Sequence[float]
    needs: tuple[str, ...] = ()


def allocate(
    pools: Iterable[Pool],
    needs: Iterable[LabNeed],
    *,
    kept: Iterable[Grant] = (),
    limit: float = TIME_LIMIT,
    must: frozenset[tuple[str, str]] = frozenset(),
    thorough: bool = False,
) -> Allocation:
    """Hand out all seats; the same input in any order gives the same answer, unless the time limit cuts it short.

    `kept` is the last allocation. `must` names sittings (need, id) that have to be taught, to see what that would cost;
    the stages are empty where that cannot be.
    """
    pools, needs, kept = tuple(pools), tuple(sorted(needs, key=lambda one: one.id)), tuple(kept)
    parts, supplies, before = parts_of(pools, needs, kept)
    clock = Clock(limit)
    solved: list[Solved] = []
    for part in parts:
        model = Builder(supplies, part.loose, before).build(part.readings)
        found = solve(model, clock, must=must, thorough=thorough)
        if found is None:
            return Allocation()
        solved.append(replace(found, needs=tuple(one.need.id for one in part.readings)))
    stages = tuple(_total(name, solved) for name in AIMS)
    grants = tuple(sorted(_grants(solved, supplies, kept)))
    return Allocation(stages, grants, _outcomes(solved, needs))


@dataclass(slots=True)
class Clock:
    """The seconds that the solver may still take, as it counts them itself."""

    left: float
    spent: float = 0.0

    def take(self, seconds: float) -> None:
        """So many are gone."""
        self.left -= seconds
        self.spent += seconds


def solve(
    model: Model, clock: Clock, *, must: frozenset[tuple[str, str]] = frozenset(), thorough: bool = False
) -> Solved | None:
    """One part, aim after aim; none where what must be cannot be."""
    for place in must:
        if place in model.sections:
            model.lower[model.sections[place]] = 1.0
        elif any(place[0] == need for need, _ in model.served.keys() | model.done.keys()) and place not in model.done:
            return None
    aims: dict[str, dict[int, float]] = {
        "sections": dict.fromkeys(model.sections.values(), 1.0),
        "students": {column: float(model.heads[place]) for place, column in model.sections.items()},
        "stay": dict.fromkeys(model.taught_before, 1.0),
        "served": dict.fromkeys(model.served.values(), 1.0),
        "titles": dict.fromkeys(model.parts, 1.0),
        "seats": {column: 1.0 for columns in model.seats.values() for column in columns},
        "moved": dict.fromkeys(model.moved, 1.0),
    }
    loosely = frozenset() if thorough or len(model.sections) <= PROVEN_TO else frozenset({TIE})
    return run_stages(model, aims, clock, loosely=loosely, idle=not must)


def run_stages(
    model: Model,
    aims: Mapping[str, Mapping[int, float]],
    clock: Clock,
    *,
    loosely: frozenset[str] = frozenset(),
    idle: bool = False,
) -> Solved | None:
    """Best for one aim after the other, each without giving up any of those before; none where nothing is allowed.

    Aims in `loosely` get a bound, and no search. `idle`: handing out nothing is allowed too.
    """
    if not model.upper:
        return Solved(model, dict.fromkeys(aims, (0, 0)), ())
    solver = Solver(model, clock, idle=idle)
    reached: dict[str, tuple[int, int]] = {}
    for name, aim in aims.items():
        if name in loosely and solver.values is not None:
            reached[name] = (0, solver.relaxed(aim))
            continue
        best = solver.best(aim, least=name in LEAST)
        if best is None:
            return None
        reached[name] = best
        if name == CHOOSING:
            solver.fix(model.sections.values())
    values = solver.values if solver.values is not None else model.lower
    for name in loosely & reached.keys():
        reached[name] = (round(sum(values[column] * weight for column, weight in aims[name].items())), reached[name][1])
    return Solved(model, reached, values)


class Solver:
    """HiGHS, on one model whose aims change; always one thread and one seed.

    Each aim is a fresh start: HiGHS 1.16, kept and given the solution before as its first, was seen to report values
    that no solution has. What it says is added up again here all the same.
    """

    def __init__(self, model: Model, clock: Clock, *, idle: bool) -> None:
        self.values: Sequence[float] | None = None
        self._start: Sequence[float] | None = model.idle() if idle else None
        self._model = model
        self._clock = clock
        self._reached: list[tuple[float, float, Mapping[int, float]]] = []
        self._fixed: dict[int, float] = {}
        counted = {*model.bought.values(), *(column for columns in model.seats.values() for column in columns)}
        self._open = frozenset(column for column in counted if model.whole[column])
        """Seats that may still be cut in pieces: where the best has none, it is the best of whole seats too."""

    def best(self, aim: Mapping[int, float], *, least: bool) -> tuple[int, int] | None:
        """The best value of an aim and its bound, which holds from then on; none where nothing is allowed."""
        limits = self._model.lower if least else self._model.upper
        limit = sum(weight * limits[column] for column, weight in aim.items())
        if self.values is not None and abs(self._at(aim) - limit) < 0.5:  # nothing could be better: no need to ask
            value, bound = round(limit), round(limit)
        else:
            found = self._found(aim, limit, least=least)
            if found is not None and any(abs(found[2][one] - round(found[2][one])) > _WHOLE for one in self._open):
                self._open = frozenset()
                found = self._found(aim, limit, least=least)
            if found is None:
                return None
            value, bound, self.values = found
        if aim:
            self._reached.append((-inf, float(value), aim) if least else (float(value), inf, aim))
        return value, bound

    def relaxed(self, aim: Mapping[int, float]) -> int:
        """A bound of an aim that is to grow, without whole numbers: quick, and not always reached."""
        highs = self._aimed(aim, least=False)
        highs.setOptionValue("solve_relaxation", True)
        highs.run()
        return max(round(self._at(aim)), floor(highs.getInfo().objective_function_value + _WHOLE))

    def fix(self, columns: Iterable[int]) -> None:
        """Leave these as they are from now on."""
        if self.values is not None:
            self._fixed = {column: float(round(self.values[column])) for column in columns}

    def _found(self, aim: Mapping[int, float], limit: float, *, least: bool) -> Found | None:
        """What the solver says; when its time is over, what was there before."""
        try:
            found = _optimised(self._aimed(aim, least=least), self._clock, least=least)
        except SolverError:
            values = self._start if self.values is None else self.values
            if values is None:
                raise
            return round(_weighed(values, aim)), round(limit), values
        if found is not None and abs(_weighed(found[2], aim) - found[0]) > 0.5:
            raise SolverError("the solver stated a value that its allocation does not have", hint="report this, please")
        return found

    def _at(self, aim: Mapping[int, float]) -> float:
        return _weighed(self.values or (), aim)

    def _aimed(self, aim: Mapping[int, float], *, least: bool) -> _Highs:
        highs = _opened(self._model, self._open)
        for low, high, before in self._reached:
            highs.addRow(low, high, len(before), _indices(before), _weights(before))
        fixed = _weights(self._fixed)
        highs.changeColsBounds(len(fixed), _indices(self._fixed), fixed, fixed)
        highs.changeColsCost(len(aim), _indices(aim), _weights(aim))
        highs.changeObjectiveSense(highspy.ObjSense.kMinimize if least else highspy.ObjSense.kMaximize)
        return highs


def _weighed(values: Sequence[float], aim: Mapping[int, float]) -> float:
    return float(sum(values[column] * weight for column, weight in aim.items()))


def _weights(aim: Mapping[int, float]) -> "np.typing.NDArray[np.float64]":
    return np.fromiter(aim.values(), dtype=np.float64, count=len(aim))


def _indices(aim: Mapping[int, float]) -> "np.typing.NDArray[np.int32]":
    return np.fromiter(aim.keys(), dtype=np.int32, count=len(aim))


def _opened(model: Model, cut: frozenset[int]) -> _Highs:
    highs = _Highs()  # not `Highs`: that prints its name before it can be told to be silent
    highs.setOptionValue("output_flag", False)
    for option, value in (
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1e-6),
        ("mip_feasibility_tolerance", 1e-7),
    ):
        highs.setOptionValue(option, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.upper), len(model.row_upper)
    lp.col_cost_ = np.zeros(len(model.upper))
    lp.col_lower_, lp.col_upper_ = np.array(model.lower), np.array(model.upper)
    lp.row_lower_, lp.row_upper_ = np.array(model.row_lower), np.array(model.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(model.indices, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(model.values, dtype=np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[whole and column not in cut] for column, whole in enumerate(model.whole)]
    highs.passModel(lp)
    return highs


def _optimised(highs: _Highs, clock: Clock, *, least: bool) -> Found | None:
    """The value, the bound and the columns; none where nothing is allowed. Raises SolverError without a solution."""
    before = highs.getRunTime()
    highs.setOptionValue("time_limit", before + max(clock.left, 0.0))
    highs.run()
    clock.take(highs.getRunTime() - before)
    status = highs.getModelStatus()
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return None
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise SolverError(
            f"the solver stopped without an allocation: {highs.modelStatusToString(status)}",
            hint="give it more time with --limit",
        )
    value = round(info.objective_function_value)
    if status == highspy.HighsModelStatus.kOptimal:
        return value, value, highs.getSolution().col_value
    if abs(info.mip_dual_bound) == inf:
        raise SolverError("the solver stopped before it knew any bound", hint="give it more time with --limit")
    bound = ceil(info.mip_dual_bound - _WHOLE) if least else floor(info.mip_dual_bound + _WHOLE)
    return value, bound, highs.getSolution().col_value


def _total(name: str, solved: Sequence[Solved]) -> Stage:
    value = sum(one.reached[name][0] for one in solved)
    bound = sum(one.reached[name][1] for one in solved)
    ready = [place for one in solved for place in one.model.done]
    sure = {
        "sections": sum(1 for _, sitting in ready if sitting),
        "students": sum(one.model.done[place] for one in solved for place in one.model.done if place[1]),
        "served": sum(one.model.done[place] for one in solved for place in one.model.done),
    }.get(name, 0)
    return Stage(name, value + sure, bound + sure, least=name in LEAST)


def _grants(solved: Iterable[Solved], supplies: Sequence[Supply], kept: Iterable[Grant]) -> Iterable[Grant]:
    """The seats of alike pools as those of each: where they were before, then what ends first."""
    held = {(one.pool, one.need, one.section): one.seats for one in kept}
    wanted: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for one in solved:
        for (number, need, who), columns in one.model.seats.items():
            if seats := round(sum(one.values[column] for column in columns)):
                wanted[number][need, who] = seats
    for number, places in sorted(wanted.items()):
        pools = supplies[number].pools
        if len(pools) == 1:
            for (need, who), seats in sorted(places.items()):
                yield Grant(pools[0].id, need, who, seats)
            continue
        left = {pool.id: pool.seats or 0 for pool in pools}
        given: defaultdict[tuple[int, str, str], int] = defaultdict(int)
        rounds: tuple[Callable[[int, str, str], float], ...] = (
            lambda id_, need, who: held.get((id_, need, who), 0),
            lambda *_: inf,
        )
        for most in rounds:
            for (need, who), seats in sorted(places.items()):
                for pool in pools:
                    open_ = seats - sum(given[each.id, need, who] for each in pools)
                    taken = int(min(open_, left[pool.id], most(pool.id, need, who)))
                    given[pool.id, need, who] += taken
                    left[pool.id] -= taken
        for (id_, need, who), seats in sorted(given.items()):
            if seats:
                yield Grant(id_, need, who, seats)


def _outcomes(solved: Sequence[Solved], needs: Sequence[LabNeed]) -> tuple[Outcome, ...]:
    part_of = {need: one for one in solved for need in one.needs}
    outcomes = []
    for need in needs:
        one = part_of[need.id]
        places = [(sitting.id, sitting.students) for sitting in need.sittings]
        places += [("", need.stations)] if need.stations and need.asks else []
        for sitting, asked in places:
            served = _served(one, need.id, sitting)
            lacks = {}
            for ask, terms in one.model.provided.get((need.id, sitting), {}).items():
                if (missing := asked - round(sum(one.values[column] * value for column, value in terms))) > 0:
                    lacks[ask] = missing
            outcomes.append(Outcome(need.id, sitting, asked, served, lacks))
    return tuple(sorted(outcomes, key=lambda one: (one.need, one.sitting)))


def _served(solved: Solved, need: str, sitting: str) -> int:
    place = (need, sitting)
    if place in solved.model.done:
        return solved.model.done[place]
    column = solved.model.served.get(place)
    return 0 if column is None else round(solved.values[column])
