"""Sentences about thought-of sections: what they mean, in whatever order; and what is said where they mean nothing."""

from dataclasses import replace
from datetime import date

import pytest

from inventory.views import LabView, SiteView
from licenses.pathway_file import load_pathways
from licenses.section import Section
from licenses.what_if import Known, WhatIf, WhatIfError, read_what_if

ON = date(2026, 11, 24)
FALL, JUNE = date(2026, 8, 17), date(2027, 6, 4)
MUIR, PHS = SiteView(1, "MUIR", "John Muir High School"), SiteView(2, "PHS", "Pasadena High School")
B12 = LabView(1, MUIR, "B12", "Drafting Room", ("152",))
M1 = LabView(2, PHS, "M1", "Film", ("113",))
TWINS = (LabView(3, MUIR, "A1", "", ()), LabView(4, PHS, "A1", "", ()))
NOW = Section("MUIR", "MUIR/B12", 1, "152", "152A", "1", "3", FALL, JUNE, 28)
SPRING = replace(NOW, code="2", start=date(2027, 1, 11), end=date(2027, 6, 11))


@pytest.fixture(scope="module")
def known() -> Known:
    from inventory.titles import load_catalog

    return Known(
        pathways={one.code: one for one in load_pathways(titles=load_catalog().by_id)},
        sites={"MUIR": MUIR.name, "PHS": PHS.name},
        labs={lab.id: lab for lab in (B12, M1, *TWINS)},
        sections=(NOW, replace(NOW, code="3"), SPRING),
    )


def read(said: str, known: Known) -> WhatIf:
    return read_what_if(said, known, on=ON)


def test_the_sentence_of_the_issue(known: Known) -> None:
    one = read("2 sections of Engineering Design at MUIR, 28 students", known)
    assert (one.count, one.pathway.code, one.course, one.site, one.lab) == (2, "152", "", "MUIR", None)
    assert (one.headcounts, one.periods, one.stations) == ((28, 28), (), None)
    assert (one.start, one.end) == (FALL, JUNE)
    assert "28 students each" in one.assumed[0]
    assert "28 students each" in one.words
    assert [section.code for section in one.sections(7)] == ["what-if 7.1", "what-if 7.2"]
    assert all(section.lab_id is None and section.headcount == 28 for section in one.sections())


@pytest.mark.parametrize(
    "said",
    [
        "2 sections of 152 at MUIR, 28 students each",
        "at muir: two classes of engineering design with 28 students per section",
        "28 students each, 2 more sections of Pathway 152, in John Muir High School",
        "56 students in all in 2 sections of Engineering Design at MUIR",
        "  2   SECTIONS  of ENGINEERING DESIGN,at MUIR,28 students a class",
    ],
)
def test_the_same_in_other_words(said: str, known: Known) -> None:
    one = read(said, known)
    assert (one.count, one.pathway.code, one.site, one.headcounts) == (2, "152", "MUIR", (28, 28))
    assert not any("students" in assumed for assumed in one.assumed)


@pytest.mark.parametrize(
    ("said", "headcounts"),
    [
        ("3 sections of 152, 56 students in all", (19, 19, 18)),
        ("one section of 152, 56 students together", (56,)),
        ("152, 20 students", (20,)),
    ],
)
def test_students_in_all_are_shared_out(said: str, headcounts: tuple[int, ...], known: Known) -> None:
    assert read(said, known).headcounts == headcounts


@pytest.mark.parametrize(
    ("said", "lab"),
    [("at MUIR/B12", B12), ("in lab B12", B12), ("at the Drafting Room", B12), ("at muir/a1", TWINS[0])],
)
def test_a_lab_by_label_code_or_name(said: str, lab: LabView, known: Known) -> None:
    one = read(f"a section of 152 {said}, 20 students", known)
    assert (one.lab, one.site) == (lab, "MUIR")
    assert one.sections()[0].lab_id == lab.id


@pytest.mark.parametrize(
    "said", ["152B", "course 152B", "Principles of Engineering", "principles of engineering (152)"]
)
def test_a_course_by_code_or_name(said: str, known: Known) -> None:
    if "(" in said:
        said = said.replace("(", "").replace(")", "")
    one = read(f"one section of {said}, 20 students at MUIR", known)
    assert (one.pathway.code, one.course) == ("152", "152B")


@pytest.mark.parametrize(
    ("said", "periods"),
    [
        ("2 sections of 152, 20 students, period 3", ("3", "3")),
        ("2 sections of 152, 20 students each, periods 1 and 3", ("1", "3")),
        ("2 sections of 152, periods 1, 3, 20 students each", ("1", "3")),
        ("2 sections of 152, 20 students each, in period A", ("A", "A")),
    ],
)
def test_periods_are_one_for_all_or_one_for_each(said: str, periods: tuple[str, ...], known: Known) -> None:
    assert read(said, known).periods == periods


def test_a_term_by_its_days_or_its_name(known: Known) -> None:
    one = read("152, 20 students, from 2027-02-01 to 2027-06-11", known)
    assert (one.start, one.end) == (date(2027, 2, 1), date(2027, 6, 11))
    two = read("152, 20 students, spring 2027", known)
    assert (two.start, two.end, two.assumed) == (SPRING.start, SPRING.end, ())


def test_without_sections_on_record_only_the_day_counts(known: Known) -> None:
    one = read_what_if("152, 20 students", replace(known, sections=()), on=ON)
    assert (one.start, one.end) == (ON, ON)
    two = read_what_if("152, 20 students", replace(known, sections=(SPRING,)), on=ON)
    assert (two.start, two.end) == (SPRING.start, SPRING.end)


def test_stations_are_asked_for_by_number(known: Known) -> None:
    assert read("2 sections of 152 at MUIR with 28 students each on 16 stations", known).stations == 16


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("2 sections of 152 at MUIR", "how many students", "2 sections of"),
        ("2 sections of Enginering Desing, 28 students", "names no pathway", "did you mean 152 Engineering Design"),
        ("28 students at MUIR", "what is taught", "152 Engineering Design"),
        ("2 sections of 152 at MUIRR, 28 students", "no site or lab", "did you mean MUIR"),
        ("2 sections of 152 at A1, 28 students", "no site or lab", "MUIR/A1"),
        ("0 sections of 152, 28 students", "asks for 0 sections", "1 to 99"),
        ("2 sections of 152, 0 students", "has 0 students", "1 to 5,000"),
        ("2 sections of 152, 1 students in all", "fewer students than sections", "understood"),
        ("3 sections of 152, 28 students, periods 1 and 2", "2 periods for 3 sections", "one for each"),
        ("152, 28 students, from 2027-06-11 to 2027-02-01", "before it starts", "understood"),
        ("152, 28 students, from 2027-02-30 to 2027-06-01", "does not exist", "2027-02-01"),
        ("152, 28 students, from 2025-02-01 to 2025-06-01", "is over", "term to come"),
        ("152, 28 students, spring 2031", "no section is known", "from 2027-02-01"),
        ("152, 28 students, 14 students", "students twice", "second --with"),
        ("152 on Mars with whiteboards, 28 students", "mean nothing here", "152 Engineering Design"),
        ("113 152B, 28 students", "not of 113", "leave"),
        ("", "what is taught", "152"),
    ],
)
def test_what_is_not_understood_is_said(said: str, message: str, hint: str, known: Known) -> None:
    with pytest.raises(WhatIfError, match=message) as raised:
        read(said, known)
    assert hint in "".join(raised.value.__notes__) or hint == "leave"
