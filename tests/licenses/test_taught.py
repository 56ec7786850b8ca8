"""Which sections use a title, and how many students that is at once and in all."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agents.report import Platform
from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.marks import Mark
from licenses.pathway import (
    Alternative,
    Course,
    CourseLevel,
    HardwareFloor,
    Kind,
    Level,
    Occasion,
    Pathway,
    Purpose,
    TitleNeed,
)
from licenses.section import Section
from licenses.suite import Member, Suite
from licenses.taught import at_once, people, users_of

MARK = Mark("a test", date(2026, 11, 1), verified=False)
ON = date(2026, 11, 24)


def need(*titles: str, level: Level = Level.REQUIRED, kind: Kind = Kind.STATION, **more: object) -> TitleNeed:
    choices = tuple(Alternative(title) for title in titles)
    return TitleNeed(choices, level, more.pop("purpose", Purpose.TEACH), MARK, kind, **more)  # type: ignore[arg-type]  # a test's own words


PATHWAY = Pathway(
    code="113",
    name="Production",
    sector="Media",
    platforms=frozenset({Platform.MACOS}),
    courses=(Course("113A", "One", CourseLevel.INTRODUCTORY), Course("113B", "Two", CourseLevel.CONCENTRATOR)),
    certifications=(),
    needs=(
        need("premiere-pro", "final-cut-pro"),
        need("audition", courses=("113B",)),
        need("qlab", level=Level.RECOMMENDED),
        need("simchart", kind=Kind.WEB),
        need("certiport-compass", purpose=Purpose.EXAM),
    ),
    floor=HardwareFloor(MARK),
    preferred=HardwareFloor(MARK),
    quotas=(),
    mark=MARK,
)
FIRST = Section("PHS", "PHS/M1", 7, "113", "113A", "1", "1", date(2026, 8, 17), date(2027, 6, 4), 28)
SECOND = replace(FIRST, course="113B", code="2", period="3", headcount=20)
NOWHERE = replace(FIRST, lab="", lab_id=None, code="3", period="", headcount=9)
SUITE = Suite("all-apps", "All Apps", "Adobe", (Member("premiere-pro"), Member("audition")), MARK)


def users(*sections: Section, **more: object) -> dict[str, list[str]]:
    needed = {"final-cut-pro": DeviceSet([1, 2]), "audition": DeviceSet([2])}
    found = users_of(
        sections,
        {"113": PATHWAY},
        needed=needed,
        in_lab={7: DeviceSet([1, 2, 3])},
        suites=(SUITE,),
        **more,  # type: ignore[arg-type]  # a test's own words
    )
    return {product: [section.code for section in taught] for product, taught in found.items()}


def test_a_section_uses_what_its_lab_goes_by_and_its_course_asks() -> None:
    assert users(FIRST, SECOND) == {
        "final-cut-pro": ["1", "2"],
        "audition": ["2"],
        "all-apps": ["2"],
        "simchart": ["1", "2"],
    }


def test_a_section_without_a_room_uses_the_first_choice() -> None:
    assert users(NOWHERE) == {"premiere-pro": ["3"], "all-apps": ["3"], "simchart": ["3"]}


def test_a_course_that_the_pathway_does_not_know_may_be_any() -> None:
    assert "audition" in users(replace(FIRST, course="MEDIA 1"))


def test_what_an_exam_asks_is_needed_besides_only_when_asked_for() -> None:
    assert "certiport-compass" not in users(NOWHERE)
    assert "certiport-compass" in users(NOWHERE, occasions=(Occasion(), Occasion.of("")))


def test_a_pathway_that_nobody_knows_uses_nothing() -> None:
    assert users(replace(FIRST, pathway="999")) == {}
    assert users_of([FIRST], {}, needed={}, in_lab={7: NO_DEVICES}) == {}


def test_sections_of_one_period_sit_together() -> None:
    third = replace(SECOND, code="4", period="1,4", headcount=5)
    assert at_once([FIRST, SECOND], ON) == (28, 28)
    assert at_once([FIRST, SECOND, third], ON) == (33, 33)
    assert at_once([FIRST, SECOND, NOWHERE], ON) == (28, 37)
    assert people([FIRST, SECOND, NOWHERE], ON) == (28, 57)
    assert at_once([], ON) == people([], ON) == (0, 0)


def test_a_section_of_another_term_does_not_sit() -> None:
    assert at_once([replace(FIRST, end=date(2026, 11, 23))], ON) == (0, 0)
    assert at_once([replace(FIRST, end=ON)], ON) == (28, 28)


@given(st.lists(st.tuples(st.sampled_from(["", "1", "2", "1,2"]), st.integers(0, 40)), max_size=6))
def test_the_least_is_never_above_the_most_nor_the_most_above_all(drawn: list[tuple[str, int]]) -> None:
    sections = [replace(FIRST, code=str(n), period=period, headcount=heads) for n, (period, heads) in enumerate(drawn)]
    least, most = at_once(sections, ON)
    assert max((heads for _, heads in drawn), default=0) <= least <= most <= sum(heads for _, heads in drawn)
