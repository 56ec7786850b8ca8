"""Whether what a pathway asks is on a machine, in a release that will do. Pure.

Absence is believed only of a machine that could read all of its lists of software.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from agents.report import Platform, System
from fleet.floors import marked
from fleet.gap import Code, Gap
from inventory.views import InstallView, SoftwareSetView
from licenses.asking import NO_GRADES, chosen
from licenses.pathway import Alternative, Quota, TitleNeed
from licenses.rights import Grades

SYSTEM_NAMES = {
    Platform.WINDOWS: "Windows",
    Platform.MACOS: "macOS",
    Platform.LINUX: "Linux",
    Platform.CHROMEOS: "ChromeOS",
}
"""The systems as people write them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a software set has of some titles; `complete` when every list of the machine could be read."""

    installs: Mapping[str, Sequence[InstallView]]
    complete: bool

    @classmethod
    def of(cls, software: SoftwareSetView | None, titles: AbstractSet[str]) -> "Shelf | None":
        """The set, sorted for many look-ups of these titles; `None` for what was never heard."""
        if software is None:
            return None
        installs: dict[str, list[InstallView]] = {}
        for install in software.installs:
            if install.title in titles:
                installs.setdefault(install.title, []).append(install)
        return cls(installs, complete=not software.unasked)

    def releases(self, title: str) -> Sequence[InstallView]:
        """The installs of one title."""
        return self.installs.get(title, ())


def serve(
    need: TitleNeed, system: System | None, shelf: Shelf | None, names: Mapping[str, str], grades: Grades = NO_GRADES
) -> tuple[str, Gap | None]:
    """The title that serves a need, and what is wrong, if anything is; empty where the platform is not asked.

    It is the one that `licenses.need` counts: what is installed and will do, else the one to install.
    """
    platform = None if system is None else system.platform
    if platform is not None and not need.asked_on(platform):
        return "", None
    choices = need.any_of if platform is None else need.choices(platform)
    if not choices:
        return "", _not_to_be_had(need, platform, names)
    wanted = " or ".join(_wanted(choice, names) for choice in choices)
    if shelf is None:
        return chosen(choices, _nothing, grades).title, _unread(need, wanted, "its list of software is not known")
    choice = chosen(choices, shelf.releases, grades)
    held = _held(choice, shelf)
    if held:
        return choice.title, None
    present = tuple(
        f"{names.get(install.title, install.title)} {install.release or 'of unknown release'}".strip()
        for choice in choices
        for install in shelf.releases(choice.title)
    )
    if held is None:
        return choice.title, Gap(
            Code.WRONG_VERSION,
            need.title,
            False,
            f"{wanted} asked, a release that is not known installed",
            "start it on the machine and read its release; report the entry by `labfleet title explain`",
            ", ".join(present),
            marked(need.mark),
        )
    if not shelf.complete:
        return choice.title, _unread(need, wanted, "not every list of its software could be read")
    code = Code.WRONG_VERSION if present else Code.NOT_INSTALLED
    step = f"install {_wanted(choice, names)}"
    message = f"{wanted} asked, another release installed" if present else f"{wanted} not installed"
    return choice.title, Gap(code, need.title, True, message, step, ", ".join(present), marked(need.mark))


def together(gaps: Sequence[Gap]) -> Gap:
    """One gap for all that one unread list leaves open, instead of one for each title that is not seen on it."""
    first = gaps[0]
    if len(gaps) == 1:
        return first
    notes = dict.fromkeys(gap.note for gap in gaps if gap.note)
    seen = ", ".join(gap.found for gap in gaps)
    return replace(first, subject="software", found=seen, note="; ".join(notes))


def has_quota(quota: Quota, *, system: System | None, shelf: Shelf | None) -> bool | None:
    """Whether a machine has what some stations of its lab must have; `None` when we do not know."""
    if shelf is not None and any(shelf.releases(title) for title in quota.titles):
        return True
    unknown = bool(quota.titles) and (shelf is None or not shelf.complete)
    for tool in quota.built_in:
        comes = None if system is None else tool.comes_with(system)
        if comes:
            return True
        unknown = unknown or comes is None
    return None if unknown else False


def _held(choice: Alternative, shelf: Shelf) -> bool | None:
    """Whether a release that will do is there; `None` when one is there whose release is not known."""
    answers = {choice.versions.holds(install.release) for install in shelf.releases(choice.title)}
    if True in answers:
        return True
    return None if None in answers else False


def _wanted(choice: Alternative, names: Mapping[str, str]) -> str:
    name = names.get(choice.title, choice.title)
    bounded = choice.versions.minimum or choice.versions.maximum
    return f"{name} {choice.versions}" if bounded else name


def _not_to_be_had(need: TitleNeed, platform: Platform | None, names: Mapping[str, str]) -> Gap:
    wanted: Sequence[str] = [_wanted(choice, names) for choice in need.any_of]
    on = "this system" if platform is None else SYSTEM_NAMES[platform]
    message = f"{' or '.join(wanted)} asked, which cannot be had on {on}"
    return Gap(Code.WRONG_PLATFORM, need.title, True, message, "use another system or device", note=marked(need.mark))


def _unread(need: TitleNeed, wanted: str, message: str) -> Gap:
    step = "see `labfleet device show` for the lists its agent could not read, and run it as administrator"
    return Gap(Code.LIST_UNREAD, need.title, False, message, step, f"{wanted} not seen", marked(need.mark))


def _nothing(_title: str) -> Sequence[InstallView]:
    return ()
