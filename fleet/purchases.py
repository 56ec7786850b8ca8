"""Purchases and rosters in: the district's files, held against its catalog, its places and its pathways."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from fleet.answers.rulebook import load_rulebook
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from inventory.views import LabView
from licenses.purchase_file import Known, read_purchases
from licenses.roster_file import read_roster
from licenses.store.entitlements import import_purchases
from licenses.store.sections import import_roster
from licenses.store.written import Written


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed, and what its owner should know."""

    written: Written
    hints: tuple[str, ...]


def import_purchase_file(
    session: Session, settings: Settings, path: Path, *, replace_changed: bool = False
) -> Imported:
    """Write a CSV of purchases; raises TableProblems and writes nothing when any row is wrong."""
    book = load_rulebook(settings)
    labs = _labs(session, settings)
    known = Known(
        titles={title.id: title.name for title in book.catalog.titles},
        suites={suite.id: suite.name for suite in book.suites},
        sites=frozenset(lab.site.code for lab in labs),
        labs=frozenset(lab.label for lab in labs),
        pathways=frozenset(book.rules.pathways),
    )
    file = read_purchases(path, known)
    return Imported(import_purchases(session, file, replace_changed=replace_changed), file.hints)


def import_roster_file(session: Session, settings: Settings, path: Path) -> Imported:
    """Write a CSV of sections; raises TableProblems and writes nothing when any row is wrong or names a person."""
    file = read_roster(path, _labs(session, settings), load_rulebook(settings).rules.pathways)
    return Imported(import_roster(session, file), file.hints)


def _labs(session: Session, settings: Settings) -> tuple[LabView, ...]:
    return tuple(load_snapshot(session, now=settings.now(), labs=()).labs.values())
