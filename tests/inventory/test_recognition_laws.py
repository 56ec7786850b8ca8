"""Laws of recognition: what packs, updates and parts are whatever they are for, and what must not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.report import Platform, RawInstall
from inventory.naming import LONGEST, clean, fold, read_name
from inventory.recognition import Recogniser, Role
from inventory.title_rules import Title
from inventory.titles import load_catalog

CATALOG = load_catalog()
RECOGNISER = Recogniser(CATALOG)

INSTALLED = tuple(title for title in CATALOG.titles if not title.web and title.role is Role.PRODUCT)
NAMES = tuple((name, title) for title in INSTALLED for name in (title.name, *title.names))
TAILS = (
    "Language Pack",
    "Language Pack - English",
    "English Language Pack",
    "Sprachpaket",
    "Update",
    "Update 3",
    "2025.1 Update",
    "Hotfix",
    "Service Pack 1",
    "(KB5041585)",
    "Redistributable",
    "Runtime",
    "Plug-in",
    "Add-in",
    "Object Enabler",
    "Content Libraries",
    "Sample Content",
    "Helper",
    "Driver",
    "SDK",
    "Uninstaller",
    "Maintenance Service",
    "Sample Media",
    "Sounds",
    "Help Pack",
    "Crash Reporter",
    "Language Pack - Deutsch (German)",
    "2024 Runtime",
    "Documentation",
)
HEADS = ("Update for", "Security Update for", "Hotfix for", "Plug-in for", "Exporter Add-in for", "Language Pack for")
CASES = (str.upper, str.lower, str.title, str.swapcase)

named = st.sampled_from(NAMES)


def role(name: str, publisher: str = "") -> Role:
    return RECOGNISER.recognise(RawInstall(name=name, publisher=publisher, source="uninstall"), Platform.WINDOWS).role


@pytest.mark.parametrize("tail", TAILS)
def test_no_name_with_such_an_end_is_a_product(tail: str) -> None:
    products = [
        f"{name} {tail}"
        for name, title in NAMES
        for publisher in ("", title.publisher)
        if role(f"{name} {tail}", publisher) is Role.PRODUCT and not CATALOG.find(f"{name} {tail}")
    ]
    assert products == []


@pytest.mark.parametrize("head", HEADS)
def test_no_name_with_such_a_beginning_is_a_product(head: str) -> None:
    assert [name for name, _ in NAMES if role(f"{head} {name}") is Role.PRODUCT] == []


def test_every_name_with_its_publisher_is_its_title() -> None:
    lost = []
    for name, title in NAMES:
        publisher = next(iter(title.maker.writes), "")
        raw = RawInstall(name=name, publisher=publisher, source="uninstall")
        found = RECOGNISER.recognise(raw, Platform.WINDOWS)
        if (found.role, found.title) != (Role.PRODUCT, title.id):
            lost.append((name, publisher, found))
    assert lost == []


@given(
    named,
    st.sampled_from(CASES),
    st.sampled_from([" ", "  ", "\u00a0", " \t"]),
    st.sampled_from(["", "®", "™", "(TM)"]),
)
def test_case_blanks_and_marks_do_not_matter(
    one: tuple[str, object], case: object, blank: str, mark: str
) -> None:  # fmt: skip
    name, _ = one
    assert callable(case)
    other = blank + case(name + mark + " 2024").replace(" ", blank) + blank
    plain = RECOGNISER.recognise(RawInstall(name=f"{name} 2024", source="uninstall"), Platform.WINDOWS)
    found = RECOGNISER.recognise(RawInstall(name=other, source="uninstall"), Platform.WINDOWS)
    assert (found.role, found.title, found.release) == (plain.role, plain.title, plain.release)


@given(named, st.sampled_from(["(64-bit)", "(x64)", "64Bit", "x86", "(x64 en-US)", "- English", "- en-us", "(2)"]))
def test_architecture_language_and_instance_do_not_matter(one: tuple[str, object], tail: str) -> None:
    name, _ = one
    plain = RECOGNISER.recognise(RawInstall(name=name, source="uninstall"), Platform.WINDOWS)
    found = RECOGNISER.recognise(RawInstall(name=f"{name} {tail}", source="uninstall"), Platform.WINDOWS)
    assert (found.role, found.title) == (plain.role, plain.title)


@given(st.text(max_size=80), st.text(max_size=20), st.sampled_from(list(Platform)), st.text(max_size=12))
def test_anything_has_an_answer_and_the_same_one_twice(
    name: str, publisher: str, platform: Platform, identifier: str
) -> None:
    raw = RawInstall(name=name, publisher=publisher, identifier=identifier, version=publisher)
    found = RECOGNISER.recognise(raw, platform)
    assert found == RECOGNISER.recognise(raw, platform)
    assert found.rule
    assert found.title in CATALOG.by_id or found.title == ""


@given(st.text(max_size=LONGEST))
def test_a_cleaned_name_is_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.sampled_from("aAzZ09 ()-®™éÉñß日本語Русский\u00a0"), max_size=60))
def test_a_folded_name_is_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text) == fold(text.swapcase() if "ß" not in text else text)


@given(st.text(max_size=120))
def test_every_stage_of_a_name_begins_it(text: str) -> None:
    name = read_name(text)
    assert name.stages[0][0] == name.folded
    assert all(name.folded.startswith(stage) for stage, _ in name.stages)


@given(st.sampled_from(["Français", "Español", "Português", "Čeština", "Русский"]))
def test_utf_8_that_was_read_as_another_code_page_is_read_again(word: str) -> None:
    for wrong in ("cp1252", "latin-1"):
        try:
            broken = word.encode().decode(wrong)
        except UnicodeError:
            continue
        assert clean(f"AutoCAD 2024 - {broken}") == f"AutoCAD 2024 - {word}"


@pytest.mark.parametrize(
    "title", [title for title in CATALOG.titles if title.point_updates], ids=lambda title: title.id
)
def test_a_point_release_of_a_yearly_product_is_an_update(title: Title) -> None:
    raw = RawInstall(name=f"{title.name} 2024.1.2", publisher=title.publisher, source="uninstall")
    found = RECOGNISER.recognise(raw, Platform.WINDOWS)
    assert (found.role, found.title, found.release) == (Role.UPDATE, title.id, "2024")
    assert role(f"{title.name} 2024", title.publisher) is Role.PRODUCT


@pytest.mark.parametrize("words", ["Student Edition", "Educational", "Trial", "(Beta)", "Academic Edition"])
def test_an_edition_is_of_its_title(words: str) -> None:
    lost = []
    for name, title in NAMES:
        publisher = next(iter(title.maker.writes), "")
        raw = RawInstall(name=f"{name} {words}", publisher=publisher, source="uninstall")
        found = RECOGNISER.recognise(raw, Platform.WINDOWS)
        if found.title != title.id and not CATALOG.find(f"{name} {words}"):
            lost.append((name, found.role, found.rule))
    assert lost == []


def test_what_is_sold_beside_something_free_is_not_the_free_title() -> None:
    counted = []
    for name, title in NAMES:
        if not title.free or title.shapes or CATALOG.find(f"{name} Ultimate"):
            continue
        found = RECOGNISER.recognise(RawInstall(name=f"{name} Ultimate", source="uninstall"), Platform.WINDOWS)
        if (found.title, found.role) == (title.id, Role.PRODUCT):
            counted.append(name)
    assert counted == []


@given(st.text("xéçêëèïóúñ", min_size=1, max_size=12))
def test_a_code_page_of_old_consoles_is_read_again(word: str) -> None:
    name = f"Verx{word}x"
    assert clean(name.encode("cp850").decode("cp1252")) == clean(name)


@given(st.text("xéçêëèïóúñàâîôû", min_size=1, max_size=12))
def test_letters_that_an_east_asian_system_moved_are_read_again(word: str) -> None:
    moved = "".join(letter if letter.isascii() else chr(0xFF00 + ord(letter)) for letter in word)
    assert clean(f"Ver{moved}x") == f"Ver{word}x"
