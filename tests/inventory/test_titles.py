"""The catalog's files: complete, marked, anchored; a district's own over ours; every problem with its place."""

import re
from pathlib import Path
from time import process_time

import pytest

from agents.report import Platform, RawInstall
from inventory.name_index import first_word
from inventory.recognition import Recogniser, Role
from inventory.titles import UnknownTitle, load_catalog, load_titles, title_called
from inventory.toml_file import DataFileProblems

CATALOG = load_catalog()

PROMISED = """
 autocad autocad-architecture autocad-mechanical autocad-electrical autocad-mep autocad-map-3d
autocad-plant-3d autocad-lt civil-3d revit inventor-professional autodesk-fusion 3ds-max maya
navisworks-manage navisworks-freedom dwg-trueview photoshop illustrator indesign premiere-pro after-effects
audition animate lightroom-classic lightroom media-encoder acrobat-pro acrobat-reader creative-cloud
davinci-resolve pro-tools media-composer final-cut-pro logic-pro blender obs-studio audacity unity-editor
unity-hub unreal-engine solidworks edrawings matlab sketchup rhino freecad ultimaker-cura prusaslicer
bambu-studio arduino-ide lego-spike vexcode visual-studio-code visual-studio intellij-idea pycharm
jetbrains-toolbox android-studio docker-desktop git github-desktop python thonny temurin-jdk oracle-jdk
openjdk eclipse-ide netbeans virtualbox vmware-workstation packet-tracer wireshark mysql-workbench
microsoft-365-apps microsoft-office certiport-compass compass-cloud gmetrix-sms lockdown-browser
ca-secure-browser nwea-secure-browser safe-exam-browser nvda jaws zoomtext fs-fusion dragon read-and-write
wacom-driver google-chrome mozilla-firefox microsoft-edge nodejs godot onshape simchart ehr-go nha-portal
tinkercad canva qlab etc-nomad celtx vcarve mastercam robotstudio bluebeam-revu twinmotion xcode
swift-playgrounds codehs labster visible-body complete-anatomy laerdal-qcpr iCEV
""".lower().split()


def test_every_title_that_others_name_is_there() -> None:
    assert [identifier for identifier in PROMISED if identifier not in CATALOG.by_id] == []


def test_every_title_says_where_it_is_from() -> None:
    assert [title.id for title in CATALOG.titles if not title.source or title.as_of.year < 2020] == []


def test_every_shape_is_anchored_and_bounded() -> None:
    shapes = [shape for title in CATALOG.titles for shape in (*title.firm, *title.shapes)]
    shapes += [shape for family in CATALOG.families for shape in family.shapes]
    assert len(shapes) > 100
    assert [shape for shape in shapes if not first_word(shape)] == []


@pytest.mark.parametrize("tail", ["1.", "a ", "(", "1 (", "java ", "update 1 ", "\\"])
def test_no_shape_takes_for_ever(tail: str) -> None:
    recogniser = Recogniser(CATALOG)
    shapes = [shape for title in CATALOG.titles for shape in (*title.firm, *title.shapes)]
    shapes += [shape for family in CATALOG.families for shape in family.shapes]
    began = process_time()
    for word in {first_word(shape) for shape in shapes}:
        recogniser.recognise(RawInstall(name=f"{word} {tail * 400}", source="uninstall"), Platform.WINDOWS)
    assert process_time() - began < 5


def test_titles_in_the_browser_have_nothing_to_install() -> None:
    web = [title for title in CATALOG.titles if title.web]
    assert {"onshape", "simchart", "ehr-go", "nha-portal", "tinkercad"} <= {title.id for title in web}
    assert [title.id for title in web if (*title.shapes, *title.firm, *title.ids, *title.keys, *title.packages)] == []


def test_no_name_means_two_titles_of_one_maker() -> None:
    seen: dict[tuple[str, str], str] = {}
    double = []
    for title in CATALOG.titles:
        for name in {said.casefold() for said in (title.name, *title.names, *title.guarded)}:
            other = seen.setdefault((title.publisher, name), title.id)
            if other != title.id:
                double.append((name, other, title.id))
    assert double == []


def test_no_name_without_a_guard_means_two_titles() -> None:
    recogniser = Recogniser(CATALOG)
    double = {
        name: [one.title.id for one in candidates if not one.guarded]
        for name, candidates in recogniser._names.items()
        if len({one.title.id for one in candidates if not one.guarded}) > 1
    }
    assert double == {}


def test_free_titles_are_licensed_so() -> None:
    assert CATALOG.by_id["blender"].metric == "free"
    assert not CATALOG.by_id["revit"].free
    assert CATALOG.by_id["acrobat-reader"].free
    assert CATALOG.by_id["acrobat"].metric == ""


@pytest.mark.parametrize(
    ("said", "nearest"),
    [("Blendr", "Blender"), ("Rivet", "Autodesk Revit"), ("Photoshp", "Adobe Photoshop"), ("python3", "Python")],
)
def test_the_nearest_title_is_offered(said: str, nearest: str) -> None:
    with pytest.raises(UnknownTitle, match=re.escape(repr(said))) as raised:
        title_called(CATALOG, said)
    assert f"did you mean {nearest}" in raised.value.__notes__[0]


def test_a_title_is_found_by_id_and_by_name() -> None:
    for said in ("revit", "Autodesk Revit", "AUTODESK  REVIT®"):
        assert title_called(CATALOG, said).id == "revit"


DISTRICT = """
publisher = "Carnegie Robotics Club"
writes = ["carnegie robotics"]
source = "the district's own machines"
as_of = 2026-10-01
verified = true
metric = "site"

[[title]]
id = "robot-bench"
name = "Robot Bench"
names = ["RoboBench"]
guarded = ["Bench"]

[[family]]
rule = "bench-maps"
role = "content"
of = "robot-bench"
ends = ["Bench Maps"]
"""


def test_a_district_adds_titles_and_families(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(DISTRICT, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    recogniser = Recogniser(catalog)

    def found(name: str, publisher: str = "") -> tuple[Role, str]:
        one = recogniser.recognise(RawInstall(name=name, publisher=publisher, source="uninstall"), Platform.WINDOWS)
        return one.role, one.title

    assert len(catalog.titles) == len(CATALOG.titles) + 1
    assert found("RoboBench 4.2 (64-bit)") == (Role.PRODUCT, "robot-bench")
    assert found("Robot Bench Maps") == (Role.CONTENT, "robot-bench")
    assert found("Bench", "Carnegie Robotics Club LLC") == (Role.PRODUCT, "robot-bench")
    assert found("Bench") == (Role.PRODUCT, "")
    assert found("Revit 2024") == (Role.PRODUCT, "revit")


def test_a_districts_title_stands_instead_of_ours(tmp_path: Path) -> None:
    text = 'publisher = "Autodesk"\nsource = "own"\nas_of = 2026-10-01\nverified = true\nmetric = "concurrent"\n'
    (tmp_path / "a.toml").write_text(f'{text}[[title]]\nid = "revit"\nname = "Autodesk Revit"\n', encoding="utf-8")
    catalog = load_catalog(tmp_path)
    assert len(catalog.titles) == len(CATALOG.titles)
    assert catalog.by_id["revit"].metric == "concurrent"
    assert catalog.by_id["revit"].maker == CATALOG.by_id["revit"].maker


def test_the_digest_changes_with_the_data_and_only_then(tmp_path: Path) -> None:
    assert load_catalog().digest == CATALOG.digest
    assert load_catalog(tmp_path).digest == CATALOG.digest
    (tmp_path / "own.toml").write_text(DISTRICT, encoding="utf-8")
    assert load_catalog(tmp_path).digest != CATALOG.digest


def test_every_problem_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        """
publisher = "X"
[[title]]
id = "Not An Id"
name = "X"
metric = "seats"
shapes = ["(", ".*anything"]
colour = "red"
[[family]]
rule = "none"
role = "product"
of = "no-such-title"
""",
        encoding="utf-8",
    )
    with pytest.raises(DataFileProblems) as raised:
        load_titles(tmp_path)
    said = [str(problem) for problem in raised.value.problems]
    for place in ("title[1].id", "title[1].metric", "title[1].shapes", "title[1].colour", "title[1].source"):
        assert any(place in line for line in said), place
    for place in ("family[1].role", "family[1].exact", "family[1].of"):
        assert any(place in line for line in said), place
    assert all("own.toml" in line for line in said)


@pytest.mark.parametrize("text", ["[[title", '[[title]]\nid = "x"\nname = "X"', "publisher = 3"])
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileProblems):
        load_catalog(tmp_path)
