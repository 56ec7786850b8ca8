"""A changed catalog applied to all that was recorded: every distinct raw entry is recognised anew."""

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import Session

from agents.report import Platform, RawInstall
from inventory.columns import table_of
from inventory.packing import unpack
from inventory.sections import SectionShelf, counts
from inventory.software import CatalogRow, InstallRow, RawEntryRow, SoftwareSetRow

_CATALOG = table_of(CatalogRow)
_ENTRIES = table_of(RawEntryRow)
_SETS = table_of(SoftwareSetRow)
_INSTALLS = table_of(InstallRow)

_DECIDE = (
    update(_ENTRIES)
    .where(_ENTRIES.c.id == bindparam("key"))
    .values(role=bindparam("new_role"), release_id=bindparam("new_release"), rule=bindparam("new_rule"))
)


def recognised_with(session: Session) -> str:
    """The digest of the catalog that what is recorded was recognised with; empty before the first."""
    return session.connection().execute(select(_CATALOG.c.digest)).scalar() or ""


def apply_catalog(connection: Connection, shelf: SectionShelf) -> int:
    """Recognise every raw entry anew if the catalog changed; returns how many were decided otherwise."""
    digest = shelf.catalog.digest
    known = connection.execute(select(_CATALOG.c.digest)).scalar()
    if known == digest:
        return 0
    products: set[int] = set()
    changes = []
    for row in connection.execute(select(_ENTRIES)).all():
        raw = RawInstall(
            name=row.name,
            version=row.version,
            publisher=row.publisher,
            source=row.source,
            identifier=row.identifier,
            per_user=row.per_user,
            hidden=row.hidden,
            parent=row.parent,
        )
        found = shelf.recognised(connection, raw, Platform(row.platform))
        if counts(found["role"], found["release_id"]):
            products.add(row.id)
        if (row.role, row.release_id, row.rule) != (found["role"], found["release_id"], found["rule"]):
            changes.append(
                {
                    "key": row.id,
                    "new_role": found["role"],
                    "new_release": found["release_id"],
                    "new_rule": found["rule"],
                }
            )
    if changes:
        connection.execute(_DECIDE, changes)
        _count_again(connection, products)
        shelf.forget()
    if known is None:
        connection.execute(insert(_CATALOG).values(id=1, digest=digest))
    else:
        connection.execute(update(_CATALOG).values(digest=digest))
    return len(changes)


def _count_again(connection: Connection, products: set[int]) -> None:
    connection.execute(delete(_INSTALLS))
    for row in connection.execute(select(_SETS.c.id, _SETS.c.entries)).all():
        installs = [{"set_id": row.id, "entry_id": key} for key in unpack(row.entries) if key in products]
        if installs:
            connection.execute(insert(_INSTALLS), installs)
