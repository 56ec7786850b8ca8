"""What recognition reads and what it says: an entry with its name and maker read, and what it is; pure."""

from dataclasses import dataclass

from agents.report import RawInstall
from inventory.naming import Name
from inventory.title_rules import Family, Maker, Role, Title


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a raw entry is. `title` is an id of the catalog or empty; `name` is what to call it in either case.

    `title` also says what a component, pack or update belongs to: only role and title together make an install.
    """

    role: Role
    title: str
    release: str
    edition: str
    rule: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title that a name may mean; a guarded one needs the maker's word."""

    title: Title
    guarded: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A raw entry, read."""

    raw: RawInstall
    name: Name
    publisher: Maker | None
    maker: Maker | None


def speaks(family: Family, row: Row) -> bool:
    """Whether a maker's family may speak about a row of this maker, or of no known one."""
    if family.maker is None or (row.maker is not None and row.maker.name == family.maker.name):
        return True
    return not family.own and row.maker is None


def may_be(publisher: Maker | None, maker: Maker, *, guarded: bool) -> bool:
    """Whether a row of this publisher may be a title of this maker; no known publisher speaks against no title."""
    if publisher is None:
        return not guarded
    return publisher.name == maker.name or not set(publisher.writes).isdisjoint(maker.writes)


def called(found: Recognised, name: str) -> Recognised:
    """The same under another name."""
    return Recognised(found.role, found.title, found.release, found.edition, found.rule, name)
