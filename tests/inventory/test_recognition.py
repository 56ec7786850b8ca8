"""Recognition by cases: whole machines' lists, names that collide, keys, ids, packages, hidden rows and children."""

import json
from functools import cache
from pathlib import Path

import pytest

from agents.report import Platform, RawInstall
from inventory.explaining import entry, explain, explain_file
from inventory.recognition import Recognised, Recogniser, Role
from inventory.titles import load_catalog

CASES = Path(__file__).with_name("cases") / "recognition"


@cache
def recogniser() -> Recogniser:
    return Recogniser(load_catalog())


def windows(name: str, publisher: str = "", **more: object) -> Recognised:
    raw = RawInstall(name=name, publisher=publisher, source="uninstall", **more)  # type: ignore[arg-type]  # as called
    return recogniser().recognise(raw, Platform.WINDOWS)


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.raw")))
def test_a_machines_list(case: str) -> None:
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    explained = explain_file(recogniser(), CASES / f"{case}.raw")
    assert len(explained) == len(expected) > 0
    wrong = [
        f"{one.name}: {field} is {getattr(one, field)!r}, not {value!r}; {one.rule}"
        for one, row in zip(explained, expected, strict=True)
        for field, value in row.items()
        if getattr(one, field) != value
    ]
    assert wrong == []


def test_every_case_is_a_pair() -> None:
    assert {path.stem for path in CASES.glob("*.raw")} == {path.stem for path in CASES.glob("*.json")}


@pytest.mark.parametrize(
    ("name", "publisher", "title"),
    [
        ("Autodesk Fusion", "Autodesk, Inc.", "autodesk-fusion"),
        ("Fusion 2024", "Freedom Scientific", "fs-fusion"),
        ("VMware Fusion", "VMware, Inc.", "vmware-fusion"),
        ("Fusion Studio 19", "Blackmagic Design", "blackmagic-fusion"),
        ("Fusion", "", ""),
        ("Fusion", "Somebody Else", ""),
        ("Compass", "Certiport", "certiport-compass"),
        ("Compass", "MongoDB Inc.", "mongodb-compass"),
        ("MongoDB Compass", "", "mongodb-compass"),
        ("Compass", "", ""),
        ("Dragon", "Nuance Communications Inc.", "dragon"),
        ("Dragon Professional Individual", "", "dragon"),
        ("Dragonframe 5", "", "dragonframe"),
        ("Zoom", "Zoom Video Communications, Inc.", "zoom"),
        ("ZoomText 2024", "Freedom Scientific", "zoomtext"),
        ("Git", "The Git Development Community", "git"),
        ("Git Extensions 4.2.1", "Git Extensions Team", "git-extensions"),
        ("GitHub Desktop", "GitHub, Inc.", "github-desktop"),
        ("Microsoft Visual Studio Code", "Microsoft Corporation", "visual-studio-code"),
        ("Visual Studio Enterprise 2022", "Microsoft Corporation", "visual-studio"),
        ("Visual Studio Build Tools 2022", "Microsoft Corporation", "visual-studio-build-tools"),
        ("Adobe Photoshop 2025", "Adobe Inc.", "photoshop"),
        ("Adobe Photoshop Elements 2025", "Adobe Inc.", "photoshop-elements"),
        ("Adobe Photoshop Lightroom Classic", "Adobe", "lightroom-classic"),
        ("Adobe Premiere Pro 2025", "Adobe Inc.", "premiere-pro"),
        ("Adobe Premiere Elements 2025", "Adobe Inc.", "premiere-elements"),
        ("Microsoft Teams classic", "Microsoft", "microsoft-teams"),
        ("Microsoft Teams", "Microsoft", "microsoft-teams"),
        ("Eclipse Temurin JDK with Hotspot 21.0.4+7 (x64)", "Eclipse Adoptium", "temurin-jdk"),
        ("Java SE Development Kit 8 Update 421", "Oracle Corporation", "oracle-jdk"),
        ("PowerShell Universal", "Ironman Software, LLC", ""),
        ("IAP Desktop", "Google Inc", ""),
    ],
)
def test_names_that_collide(name: str, publisher: str, title: str) -> None:
    found = windows(name, publisher)
    assert (found.title if found.role is Role.PRODUCT else "") == title, found.rule


@pytest.mark.parametrize(
    "name", ["Adobe Acrobat (64-bit)", "Adobe Acrobat DC (64-bit)", "Adobe Acrobat DC", "Adobe Acrobat"]
)
def test_acrobat_that_may_be_the_free_reader_is_never_the_paid_one(name: str) -> None:
    found = windows(name, "Adobe")
    assert (found.role, found.title, found.edition) == (Role.PRODUCT, "acrobat", "")


def test_an_adobe_key_tells_the_product_and_its_year_whatever_the_name() -> None:
    found = windows("???", "Adobe Inc.", identifier="PHSP_26_1", version="26.1.0.121")
    assert found.role is Role.UNKNOWN  # a name without a letter is no evidence of anything
    found = windows("Photoshop ???????", "Adobe Inc.", identifier="PHSP_26_1", version="26.1.0.121")
    assert (found.role, found.title, found.release) == (Role.PRODUCT, "photoshop", "2025")
    assert windows("Kernelement", "Adobe Inc.", identifier="LIBS_3_20").role is Role.COMPONENT


def test_an_autodesk_key_tells_a_pack_from_its_product_when_the_name_is_lost() -> None:
    found = windows("Autodesk Navisworks Manage 2025", identifier="{8B16656F-649F-0404-99BD-374235D3813D}")
    assert (found.role, found.title) == (Role.LANGUAGE_PACK, "navisworks-manage")
    found = windows("Autodesk Navisworks Manage 2025", identifier="{8B16656F-649F-0000-99BD-374235D3813D}")
    assert (found.role, found.title) == (Role.PRODUCT, "navisworks-manage")


def test_a_name_in_lost_letters_is_a_pack_unless_the_products_rows_name_their_language() -> None:
    assert windows("Autodesk Navisworks Manage 2025 - ????????").role is Role.LANGUAGE_PACK
    assert windows("AutoCAD 2025 - ???", "Autodesk").role is Role.PRODUCT


def test_two_rows_of_one_install_are_one_release() -> None:
    rows = [windows("Autodesk AutoCAD 2025 - English", "Autodesk, Inc."), windows("AutoCAD 2025 - English", "Autodesk")]
    assert {(row.role, row.title, row.release) for row in rows} == {(Role.PRODUCT, "autocad", "2025")}


def test_a_child_is_never_a_product_and_a_hidden_product_is_one() -> None:
    child = windows("Autodesk Revit 2024", "Autodesk", parent="Autodesk AEC Collection")
    assert (child.role, child.title) == (Role.COMPONENT, "revit")
    assert windows("Security Update for X (KB123456)", parent="X").role is Role.UPDATE
    # Deployment by group policy hides a product from "Apps & features": it is installed all the same.
    assert windows("Autodesk Revit 2024", "Autodesk", hidden=True).role is Role.PRODUCT
    assert windows("Somebody's Engine", "Somebody", hidden=True).role is Role.COMPONENT


@pytest.mark.parametrize("name", ["RISA-3D", "PDFsam Enhanced 7", "Somebody's Modeler 2.4.1 (64-bit)"])
def test_a_product_that_the_catalog_has_not_is_no_install_of_a_title(name: str) -> None:
    found = windows(name)
    assert (found.role, found.title) == (Role.PRODUCT, "")
    assert found.rule.startswith("uncatalogued: ")


def test_what_an_uncatalogued_product_is_called() -> None:
    assert windows("Somebody's Modeler 2.4.1 (64-bit)").name == "Somebody's Modeler"
    assert windows("RISA-3D").name == "RISA-3D"


@pytest.mark.parametrize(
    ("identifier", "title", "release"),
    [
        ("com.mcneel.rhinoceros.8", "rhino", "8"),
        ("com.adobe.LightroomClassicCC7", "lightroom-classic", "8"),
        ("com.blackmagic-design.DaVinciResolve", "davinci-resolve", "8"),
        ("com.apple.dt.Xcode", "xcode", "8.0"),
        ("com.microsoft.Word", "microsoft-365-apps", ""),
    ],
)
def test_a_bundle_id_speaks_whatever_the_name(identifier: str, title: str, release: str) -> None:
    asked = entry("Anything", version="8.0.1", source="macos", identifier=identifier)
    found = explain(recogniser(), asked)
    assert (found.role, found.title_id, found.release) == (Role.PRODUCT, title, release)


def test_parts_of_macos_are_no_products() -> None:
    assert explain(recogniser(), entry("Siri", source="macos", identifier="com.apple.Siri")).role is Role.COMPONENT
    assert explain(recogniser(), entry("universalaccessd", source="macos")).role is Role.UNKNOWN


@pytest.mark.parametrize("source", ["dpkg", "rpm"])
def test_packages_of_the_system_are_unknown_and_of_no_title(source: str) -> None:
    for package in ("coreutils", "systemd", "bash", "zlib1g", "openssh-server", "xorg"):
        found = explain(recogniser(), entry(package, source=source))
        assert (found.role, found.title_id) == (Role.UNKNOWN, ""), found.rule


def test_a_launcher_among_desktop_entries_is_not_taken_for_a_product() -> None:
    assert explain(recogniser(), entry("Network Settings", source="desktop")).role is Role.UNKNOWN
    assert explain(recogniser(), entry("Blender", source="desktop")).title_id == "blender"
