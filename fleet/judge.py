"""Judges labs: their stations as they were last heard, and their licences, for each pathway, on a day. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from fleet.floors import free_disk_gap, marked
from fleet.gap import Code, Gap, State, state_of
from fleet.licensed import Ledger, Licence, Right, best
from fleet.question import Question, Rules
from fleet.readiness import LabReadiness, QuotaAnswer, StationReadiness
from inventory.views import DeviceView, Heard, LabView, Snapshot, StationView
from licenses.need import Asked, asked_of
from licenses.pathway import Purpose, Quota
from licenses.section import Section, largest_class

_EMPTY = Gap(Code.NO_DEVICE, "", True, "no device stands there", "place a device, or remove the station")
_NEVER = Gap(
    Code.NEVER_HEARD, "", False, "never heard", "install the agent on it (`labfleet agent install`), or switch it on"
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
    """Answers for many labs of one snapshot and one day; `certification` narrows the purpose to one exam."""

    snapshot: Snapshot
    sections: Sequence[Section]
    rules: Rules
    ledger: Ledger
    on: date
    purpose: Purpose = Purpose.TEACH
    certification: str = ""
    _in_lab: dict[int, list[Section]] = field(default_factory=dict, init=False)
    _questions: dict[tuple[str, frozenset[str] | None], Question] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        in_lab: defaultdict[int, list[Section]] = defaultdict(list)
        for section in self.sections:
            in_lab[section.lab_id].append(section)
        self._in_lab = dict(in_lab)

    def lab(self, lab: LabView, pathway: str = "") -> tuple[LabReadiness, ...]:
        """One answer for each pathway of a lab; or for the one that is named, taught there or not."""
        sections = self._in_lab.get(lab.id, [])
        taught = asked_of(lab, self.rules.pathways, sections, self.on)
        if pathway:
            taught = tuple(asked for asked in taught if asked.pathway.code == pathway) or (
                Asked(self.rules.pathways[pathway], None),
            )
        answers = [self._answer(lab, asked) for asked in taught]
        if not pathway:
            strange = sorted(set(lab.pathways) - self.rules.pathways.keys())
            answers += [self._no_answer(lab, code, f"no pathway {code} is known") for code in strange]
        return tuple(answers) or (self._no_answer(lab, "", "no pathway is taught in this lab"),)

    def question(self, asked: Asked) -> Question:
        """What a pathway asks, with the answers that other labs have brought already."""
        key = (asked.pathway.code, asked.courses)
        if key not in self._questions:
            self._questions[key] = Question(
                asked,
                self.rules,
                on=self.on,
                today=self.snapshot.taken_at.date(),
                purpose=self.purpose,
                certification=self.certification,
            )
        return self._questions[key]

    def _no_answer(self, lab: LabView, pathway: str, problem: str) -> LabReadiness:
        return LabReadiness(lab, pathway, "", self.on, self.snapshot.taken_at, (), problem=problem)

    def _answer(self, lab: LabView, asked: Asked) -> LabReadiness:
        question = self.question(asked)
        code = question.pathway.code
        views = self.snapshot.stations.get(lab.id, ())
        rights = _Rights(self.ledger, lab, frozenset(view.device_id for view in views if view.device_id is not None))
        here = [one for one in self._in_lab.get(lab.id, []) if one.pathway == code and one.runs(self.on)]
        on_web = sum(one.headcount for one in here) if here else None
        places = [self._place(view) for view in views]
        stations = tuple(self._station(place, question, rights) for place in places)
        return LabReadiness(
            lab=lab,
            pathway=code,
            pathway_name=question.pathway.name,
            on=self.on,
            heard_until=self.snapshot.taken_at,
            stations=stations,
            students=largest_class(here, self.on).get(lab.id),
            quotas=tuple(_quota(quota, question, places) for quota in question.quotas),
            web=tuple(best(self.ledger.on_web(lab, title, on_web) for title in need.titles) for need in question.web),
            short_of=tuple(rights.short.values()),
            rules=len(question.marks),
            unverified=sum(not mark.verified for mark in question.marks),
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


def _quota(quota: Quota, question: Question, places: Sequence[_Place]) -> QuotaAnswer:
    answers = [place.has(quota, question) for place in places]
    asked = quota.stations(len(places))
    return QuotaAnswer(quota.name, asked, answers.count(True), answers.count(None), marked(quota.mark))


@dataclass(slots=True)
class _Rights:
    """The licence gaps of one lab, by what serves its needs; found once for all stations that are alike."""

    ledger: Ledger
    lab: LabView
    devices: frozenset[int]
    short: dict[str, Licence] = field(default_factory=dict, init=False)
    _found: dict[tuple[tuple[str, ...], ...], tuple[Gap, ...]] = field(default_factory=dict, init=False)

    def gaps(self, serving: tuple[tuple[str, ...], ...]) -> tuple[Gap, ...]:
        """One gap for each title that is not surely licensed; any licensed title of a need will do."""
        if serving not in self._found:
            rights = [best(self.ledger.of(self.lab, title, self.devices) for title in titles) for titles in serving]
            by_title = {right.title: right.gap for right in rights}
            self.short.update({right.title: right for right in rights if right.right is Right.SHORT})
            self._found[serving] = tuple(gap for gap in by_title.values() if gap is not None)
        return self._found[serving]
