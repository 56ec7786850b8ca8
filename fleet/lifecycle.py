"""Until when a system, or a release of a title, gets security updates: a pure look-up over dated data.

What the data do not know is never "supported": `Support.known` is false, and `ended` answers `None`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agents.report import Platform, System
from inventory.releases import begins_with, release_parts
from licenses.marks import Mark


@dataclass(frozen=True, slots=True)
class Support:
    """How long a product is supported.

    `ends_on` is the last day, `None` where no end is announced (or `known` is false). Between `sure_until` and
    `ends_on` the data cannot say: an end that usual practice expects, or an edition that the machine did not state.
    `extended_until` by `extended_by` costs money or enrolment, and so is no support until somebody has it.
    """

    product: str
    known: bool
    ends_on: date | None = None
    sure_until: date | None = None
    extended_until: date | None = None
    extended_by: str = ""
    note: str = ""
    mark: Mark | None = None

    def ended(self, on: date) -> bool | None:
        """Whether support is over on a day; `None` is "we do not know"."""
        if not self.known:
            return None
        if self.ends_on is not None and on > self.ends_on:
            return True
        if self.sure_until is not None and on > self.sure_until:
            return None
        return False


@dataclass(frozen=True, slots=True)
class ReleaseEnd:
    """One release as the data file has it; Windows has one for each build and servicing track."""

    release: str
    mark: Mark
    ends_on: date | None = None
    sure_until: date | None = None
    extended_until: date | None = None
    extended_by: str = ""
    track: str = ""
    build: str = ""
    note: str = ""

    def support(self, product: str) -> Support:
        """The answer for a product that is this release."""
        return Support(
            product,
            known=True,
            ends_on=self.ends_on,
            sure_until=self.sure_until,
            extended_until=self.extended_until,
            extended_by=self.extended_by,
            note=self.note,
            mark=self.mark,
        )


@dataclass(frozen=True, slots=True)
class SystemProduct:
    """An operating system; `words` are how its name begins on a machine, in lower case (empty: any name)."""

    id: str
    name: str
    platform: Platform
    words: tuple[str, ...]
    releases: tuple[ReleaseEnd, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The ends of systems, of titles by their id in the catalog, and the servicing track of each Windows edition."""

    systems: Sequence[SystemProduct]
    titles: Mapping[str, Sequence[ReleaseEnd]]
    tracks: Mapping[str, str]

    def ends(self, system: System) -> Support:
        """Until when a machine's operating system is supported."""
        said = " ".join(word for word in (system.name or system.platform.value, system.release, system.edition) if word)
        product = self._product(system)
        if product is None:
            return _unknown(said)
        if system.platform is Platform.WINDOWS:
            return self._windows(product, system, said)
        return _of_line(product.releases, system.release, said, product.note)

    def title_ends(self, title: str, release: str) -> Support:
        """Until when a release of a title is supported, by the title's id in the catalog."""
        return _of_line(self.titles.get(title, ()), release, f"{title} {release}".strip())

    def _product(self, system: System) -> SystemProduct | None:
        name = system.name.lower().removeprefix("microsoft ")
        for product in self.systems:
            if product.platform is system.platform and (not product.words or name.startswith(product.words)):
                return product
        return None

    def _windows(self, product: SystemProduct, system: System, said: str) -> Support:
        """By build where it is stated, because Windows 11 may call itself 10; the edition decides the track."""
        build = system.build.removeprefix("10.0.")
        if release_parts(build):
            family = [end for end in product.releases if begins_with(build, end.build)]
        else:
            words = {*f"{system.name} {system.release}".lower().split()}
            family = [end for end in product.releases if words.issuperset(end.release.lower().split())]
        track = self.tracks.get(_letters(system.edition), "")
        for end in family:
            if len(family) == 1 or (track and end.track in ("", track)):
                return end.support(said)
        days = sorted(end.ends_on for end in family if end.ends_on)
        if not days:
            return _unknown(said)
        # The edition was not stated, or is none that we know: sure until the first of its possible ends.
        note = f"its edition decides: {days[0]} at the earliest, {days[-1]} at the latest"
        return Support(said, known=True, ends_on=days[-1], sure_until=days[0], note=note, mark=family[0].mark)


def _of_line(ends: Sequence[ReleaseEnd], release: str, said: str, note: str = "") -> Support:
    """The end of the longest line that a release begins with: 10.15.7 is 10.15, not 10."""
    lines = [end for end in ends if begins_with(release, end.release)]
    if not lines:
        return _unknown(said, note)
    return max(lines, key=lambda end: len(release_parts(end.release))).support(said)


def _unknown(said: str, note: str = "") -> Support:
    return Support(said, known=False, note=note or "no end of support is known for it")


def _letters(edition: str) -> str:
    return "".join(letter for letter in edition.lower() if letter.isalnum())
