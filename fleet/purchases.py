"""Purchases and vendors' exports in: files held against the district's catalog, its places and its funds.

A file is read before the database is written to, and without a lock on it: others work on while a long one is parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from fleet.answers.rulebook import load_rulebook
from fleet.district import district_session
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from inventory.source import Source
from inventory.table_file import Problem, TableProblems
from licenses.assigned import Assigned
from licenses.exports.adobe import read_adobe
from licenses.exports.autodesk import read_autodesk
from licenses.exports.formats import ExportError, ExportFormat, detected
from licenses.exports.jetbrains import read_jetbrains
from licenses.exports.reading import AssignedFile
from licenses.exports.snipeit import read_snipeit
from licenses.exports.vendor_names import load_vendor_names
from licenses.exports.webseats import read_webseats
from licenses.fund_file import load_funds
from licenses.purchase_changes import PurchaseChanges, purchase_changes
from licenses.purchase_file import Known, PurchaseFile, read_purchases
from licenses.store.assigned import write_assigned
from licenses.store.entitlements import entitlements, import_purchases, refusals
from licenses.store.written import Written


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed, and what its owner should know."""

    written: Written
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """What is to be imported, and how: `kind` is an `ExportFormat` or "auto".

    `title` and `on` say what a vendor's report does not: of which title it is, and of which day.
    `partial` writes what is right beside what is not; `dry_run` writes nothing.
    """

    path: Path
    kind: str = ExportFormat.PURCHASES
    sheet: str = ""
    title: str = ""
    on: date | None = None
    replace: bool = False
    partial: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, or would do: `written` is `None` for a dry run.

    Either `changes` (a list of purchases) or `counts` (a vendor's report of seats that persons hold). `left_out` are
    the rows that are wrong, and `skipped` the names of products that take no seat, by rows.
    """

    kind: ExportFormat
    written: Written | None
    changes: PurchaseChanges | None
    counts: tuple[Assigned, ...]
    left_out: tuple[Problem, ...]
    hints: tuple[str, ...]
    skipped: Mapping[str, int]


def import_licenses(settings: Settings, asked: ImportAsked) -> ImportOutcome:
    """Import a list of purchases or a vendor's export.

    Raises TableProblems and writes nothing when any row is wrong, unless `partial` was asked.
    """
    with district_session(settings) as session:
        known = known_products(session, settings)
    source = Source.of(asked.path)
    kind = detected(source, sheet=asked.sheet) if asked.kind == "auto" else ExportFormat(asked.kind)
    if kind in {ExportFormat.PURCHASES, ExportFormat.SNIPEIT}:
        return _purchases(settings, asked, kind, _purchase_file(settings, asked, kind, known))
    return _counts(settings, asked, kind, _assigned_file(settings, asked, kind, known))


def known_products(session: Session, settings: Settings) -> Known:
    """What the district's purchases may name."""
    book = load_rulebook(settings)
    labs = load_snapshot(session, now=settings.now(), labs=()).labs.values()
    titles = book.catalog.titles
    return Known(
        titles={title.id: title.name for title in titles},
        suites={suite.id: suite.name for suite in book.suites},
        sites=frozenset(lab.site.code for lab in labs),
        labs=frozenset(lab.label for lab in labs),
        pathways=frozenset(book.rules.pathways),
        funds=load_funds(settings.overrides("funds")),
        others={name: title.id for title in reversed(titles) for name in (*title.names, *title.guarded)},
        metrics={title.id: title.metric for title in titles},
    )


def import_purchase_file(
    session: Session, settings: Settings, path: Path, *, replace_changed: bool = False
) -> Imported:
    """Write a list of purchases in the caller's session; raises TableProblems, and then nothing is written."""
    file = read_purchases(path, known_products(session, settings))
    return Imported(import_purchases(session, file, replace_changed=replace_changed), file.hints)


def _purchase_file(settings: Settings, asked: ImportAsked, kind: ExportFormat, known: Known) -> PurchaseFile:
    if kind is ExportFormat.PURCHASES:
        file = read_purchases(asked.path, known, sheet=asked.sheet)
        if file.problems and not file.entitlements:
            _refuse_export(asked)
        return file
    names = load_vendor_names(kind, known, settings.overrides("vendor_names"))
    return read_snipeit(Source.of(asked.path), known, names, sheet=asked.sheet)


def _refuse_export(asked: ImportAsked) -> None:
    """Says what a file is that is no list of purchases, rather than which of our columns it lacks."""
    try:
        kind = detected(Source.of(asked.path), sheet=asked.sheet)
    except ExportError:
        return
    if kind is not ExportFormat.PURCHASES:
        raise ExportError(f"{asked.path.name}: is an export of another kind", hint=f"add --from {kind}")


def _assigned_file(settings: Settings, asked: ImportAsked, kind: ExportFormat, known: Known) -> AssignedFile:
    source, today = Source.of(asked.path), settings.now().date()
    if kind is ExportFormat.WEBSEATS:
        product = known.called(asked.title)
        if not product:
            said = f"no title or suite {asked.title!r} in the catalog" if asked.title else "the roster names no title"
            raise ExportError(said, hint="name it with --title, such as --title simchart")
        return read_webseats(source, product, on=asked.on, today=today, sheet=asked.sheet)
    read = {
        ExportFormat.AUTODESK: read_autodesk,
        ExportFormat.ADOBE: read_adobe,
        ExportFormat.JETBRAINS: read_jetbrains,
    }[kind]
    names = load_vendor_names(kind, known, settings.overrides("vendor_names"))
    return read(source, names, on=asked.on, today=today, sheet=asked.sheet)


def _purchases(settings: Settings, asked: ImportAsked, kind: ExportFormat, file: PurchaseFile) -> ImportOutcome:
    if asked.partial and file.problems and not file.entitlements:
        raise TableProblems(file.problems)  # nothing in it is right: there is no part to write
    with district_session(settings, write=not asked.dry_run) as session:
        changes = purchase_changes(file.entitlements, entitlements(session))
        # A dry run shows what is stored otherwise as a change, not as a refusal.
        problems = refusals(file, changes, replace_changed=asked.replace or asked.dry_run)
        written = None
        if not asked.dry_run:
            written = import_purchases(session, file, replace_changed=asked.replace, partial=asked.partial)
    return ImportOutcome(kind, written, changes, (), problems, file.hints, {})


def _counts(settings: Settings, asked: ImportAsked, kind: ExportFormat, file: AssignedFile) -> ImportOutcome:
    if asked.partial and file.problems and not file.counts:
        raise TableProblems(file.problems)
    written = None
    if not asked.dry_run:
        with district_session(settings, write=True) as session:
            written = write_assigned(session, file, partial=asked.partial)
    return ImportOutcome(kind, written, None, file.counts, file.problems, (), file.skipped or {})
