"""Judges labs: their stations as they were last heard, and their licences, for each pathway, on a day. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fleet.floors import free_disk_gap, marked
from fleet.gap import Code, Gap, State, state_of
from fleet.licensed import Ledger, Licence, Right, best
from fleet.question import Question, Rules
from fleet.readiness import LabReadiness, QuotaAnswer, StationReadiness
from inventory.device_set import DeviceSet
from inventory.views import DeviceView, Heard, LabView, Snapshot, StationView
from licenses.asking import TEACHING, Asked, asked_of, contested
from licenses.pathway import Occasion, Purpose, Quota, TitleNeed
from licenses.section import Section, largest_class

_EMPTY = Gap(Code.NO_DEVICE, "", True, "no device stands there", "place a device, or remove the station")
_NEVER = Gap(
    Code.NEVER_HEARD,
    "",
    False,
    "never heard",
    "have `labfleet-agent once` (or run) report from it, as root, with the site's enrolment secret",
)
_CONFLICT = Gap(
    Code.CONFLICT,
    "",
    False,
    "two machines claim to be this device",
    "see `labfleet device conflicts`, and say which is which",
)


@dataclass(slots=True)
class Judge:
    """Answers for many labs of one snapshot and one day, for one occasion: a class, or the sitting of an exam."""

    snapshot: Snapshot
    sections: Sequence[Section]
    rules: Rules
    ledger: Ledger
    on: date
    occasion: Occasion = TEACHING
    _in_lab: dict[int | None, list[Section]] = field(default_factory=dict, init=False)
    _questions: dict[tuple[object, ...], Question] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        in_lab: defaultdict[int | None, list[Section]] = defaultdict(list)
        for section in self.sections:
            in_lab[section.lab_id].append(section)
        self._in_lab = dict(in_lab)

    def lab(self, lab: LabView, pathway: str = "") -> tuple[LabReadiness, ...]:
        """One answer for each pathway of a lab; or for the one that is named, taught there or not."""
        sections = self._in_lab.get(lab.id, [])
        taught = asked_of(lab, self.rules.pathways, sections, self.on)
        if pathway:
            taught = tuple(asked for asked in taught if asked.pathway.code == pathway) or (
                Asked(self.rules.pathways[pathway], None, taught=False),
            )
        answers = [self._answer(lab, asked) for asked in taught]
        if not pathway:
            strange = sorted(set(lab.pathways) - self.rules.pathways.keys())
            answers += [self._no_answer(lab, code, f"no pathway {code} is known") for code in strange]
        return tuple(answers) or (self._no_answer(lab, "", "no pathway is taught in this lab"),)

    def question(self, lab: LabView, asked: Asked) -> Question:
        """What a pathway asks in a lab, with the answers that labs of the same rights have brought already."""
        grades = self.ledger.rights.grades(lab, contested((asked,), (self.occasion,)))
        key = (asked.pathway.code, asked.courses, *sorted(grades.items()))
        if key not in self._questions:
            self._questions[key] = Question(
                asked,
                self.rules,
                on=self.on,
                today=self.snapshot.taken_at.date(),
                occasion=self.occasion,
                grades=grades,
            )
        return self._questions[key]

    def _no_answer(self, lab: LabView, pathway: str, problem: str, exam: str = "") -> LabReadiness:
        return LabReadiness(lab, pathway, "", self.on, self.snapshot.taken_at, (), exam=exam, problem=problem)

    def _answer(self, lab: LabView, asked: Asked) -> LabReadiness:
        question = self.question(lab, asked)
        code, exam = question.pathway.code, self.occasion.certification
        if self.occasion.purpose is Purpose.EXAM and not (question.needs or question.web):
            named = f"exam {exam}" if exam else "any exam of this pathway"
            how = f" ({question.exam.delivery})" if question.exam else ""
            problem = f"what {named} asks of a station is not on file{how}"
            return replace(self._no_answer(lab, code, problem, exam), taught=asked.taught)
        places = [self._place(view) for view in self.snapshot.stations.get(lab.id, ())]
        words = {one.device.id: question.word(one.device).serving for one in places if one.device is not None}
        rights = _Rights(self.ledger, lab, words)
        here = [one for one in self._in_lab.get(lab.id, []) if one.pathway == code and one.runs(self.on)]
        stations = tuple(self._station(place, question, rights) for place in places)
        return LabReadiness(
            lab=lab,
            pathway=code,
            pathway_name=question.pathway.name,
            on=self.on,
            heard_until=self.snapshot.taken_at,
            stations=stations,
            exam=exam,
            exam_name=question.exam.name if question.exam else "",
            students=largest_class(here, self.on).get(lab.id),
            quotas=tuple(_quota(quota, question, places) for quota in question.quotas),
            web=tuple(
                best(self.ledger.on_web(lab, title, _students(need, asked, here)) for title in need.titles)
                for need in question.web
            ),
            short_of=tuple(rights.short.values()),
            rules=len(question.marks),
            unverified=sum(not mark.verified for mark in question.marks),
            taught=asked.taught,
        )

    def _place(self, view: StationView) -> "_Place":
        device = None if view.device_id is None else self.snapshot.devices.get(view.device_id)
        return _Place(view, device, None if device is None else self._doubt(device))

    def _doubt(self, device: DeviceView) -> Gap | None:
        """Why the device's word is not to be relied on, if it is not."""
        heard = device.heard(self.snapshot.taken_at, self.rules.stale_after)
        if heard is Heard.NEVER:
            return _NEVER
        if device.in_conflict:
            return _CONFLICT
        if heard is Heard.FRESH:
            return None
        message = f"not heard for more than {self.rules.stale_after.days} days"
        last = f"last heard {device.last_heard:%Y-%m-%d}"
        return Gap(Code.STALE, "", False, message, "switch it on, connected to the network", last)

    def _station(self, place: "_Place", question: Question, rights: "_Rights") -> StationReadiness:
        number, device, doubt = place.view.number, place.device, place.doubt
        if device is None:
            return StationReadiness(number, None, "", None, State.NOT_READY, (_EMPTY,))
        word = question.word(device)
        gaps = rights.gaps(word.serving)
        if doubt is _NEVER:
            gaps = (_NEVER, *gaps)
        else:
            if disk := free_disk_gap(question.pathway.floor, device.volumes):
                gaps = (disk.doubted() if doubt else disk, *gaps)
            gaps = (doubt, *word.doubted, *gaps) if doubt else word.gaps + gaps
        return StationReadiness(number, device.id, device.name, device.last_heard, state_of(gaps), gaps)


@dataclass(frozen=True, slots=True)
class _Place:
    """A station, what stands there, and why its word is not to be relied on, if it is not."""

    view: StationView
    device: DeviceView | None
    doubt: Gap | None

    def has(self, quota: Quota, question: Question) -> bool | None:
        """Whether it has what some stations must have; nobody may count on a machine that is silent."""
        if self.view.accessible and quota.accessible_station:
            return True
        if self.device is None:
            return False
        return question.has(quota, self.device) if self.doubt is None else None


def _students(need: TitleNeed, asked: Asked, sections: Sequence[Section]) -> int | None:
    """How many students of the sections need a title on the web; a course that the pathway does not know may be any."""
    known = {course.code for course in asked.pathway.courses}
    taking = [one for one in sections if not need.courses or one.course in need.courses or one.course not in known]
    return sum(one.headcount for one in taking) if sections else None


def _quota(quota: Quota, question: Question, places: Sequence[_Place]) -> QuotaAnswer:
    answers = [place.has(quota, question) for place in places]
    asked = quota.stations(len(places))
    return QuotaAnswer(quota.name, asked, answers.count(True), answers.count(None), marked(quota.mark))


class _Rights:
    """The licence gaps of one lab, by what serves its needs; found once for all stations that are alike."""

    def __init__(self, ledger: Ledger, lab: LabView, serving: Mapping[int, tuple[str, ...]]) -> None:
        self.short: dict[str, Licence] = {}
        self._ledger = ledger
        self._lab = lab
        self._found: dict[tuple[str, ...], tuple[Gap, ...]] = {}
        askers: defaultdict[str, set[int]] = defaultdict(set)
        for device, titles in serving.items():
            for product in {ledger.product(title) for title in titles}:
                askers[product].add(device)
        self._askers = {product: DeviceSet(devices) for product, devices in askers.items()}

    def gaps(self, serving: tuple[str, ...]) -> tuple[Gap, ...]:
        """One gap for each product that is not surely licensed."""
        if serving not in self._found:
            found = [self._licence(title) for title in serving]
            self.short.update({one.product: one for one in found if one.right is Right.SHORT})
            gaps = {(gap.subject, gap.message): gap for one in found if (gap := one.gap) is not None}
            self._found[serving] = tuple(gaps.values())
        return self._found[serving]

    def _licence(self, title: str) -> Licence:
        return self._ledger.of(self._lab, title, self._askers[self._ledger.product(title)])
