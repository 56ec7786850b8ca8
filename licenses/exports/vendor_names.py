"""What vendors call titles and suites in their exports: our files, one per vendor, and the district's own over them.

[[names]]
said = "AutoCAD - including specialized toolsets"
product = "autocad-toolsets"
mark = "own"

A name with `none = true` takes no seat: its rows are passed over.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inventory.cells import CellError, plain_name
from inventory.table_file import Problem
from inventory.toml_file import open_toml, raise_problems
from licenses.exports.reading import quoted
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.purchase_file import Known

OURS = Path(__file__).parent / "names"
_MAKERS = ("", "Adobe ", "Autodesk ", "JetBrains ")
_TAIL = re.compile(r"(?:\s+(?:20[0-9]{2}|single[- ]user|multi[- ]user|edu(?:cation)?|subscription))+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VendorName:
    """One name of a vendor's: the id of what it is, "" for what takes no seat."""

    said: str
    product: str
    mark: Mark


class VendorNames:
    """Finds what a vendor's name means, in the vendor's list and by the catalog."""

    def __init__(self, known: Known, names: Mapping[str, VendorName]) -> None:
        self._known = known
        self._names = names
        self._found: dict[str, str | CellError] = {}

    def product(self, said: str) -> str:
        """The id of a title or suite, "" for what takes no seat; raises CellError with what is near."""
        if said not in self._found:
            self._found[said] = self._look(said)
        found = self._found[said]
        if isinstance(found, CellError):
            raise found
        return found

    def knows(self, said: str) -> bool:
        """Whether a name means anything."""
        try:
            self.product(said)
        except CellError:
            return False
        return True

    def metric(self, product: str) -> str:
        """The metric by which the catalog says that a title is sold; "" where it does not."""
        return self._known.metrics.get(product, "")

    def _look(self, said: str) -> str | CellError:
        for name in _readings(said):
            if listed := self._names.get(plain_name(name)):
                return listed.product
            for maker in _MAKERS:
                if found := self._known.called(maker + name):
                    return found
        near = self._known.near(said, cutoff=0.6)
        return CellError(
            f"no title or suite by the name {quoted(said)}",
            f"{near} add the name to vendor_names/ in the district's home, or leave it out with --partial".lstrip(),
        )


def _readings(said: str) -> Iterator[str]:
    """The name as it is, and then without what consoles hang on it: years, profiles, configurations."""
    yield said
    bare = re.sub(r"^Default\s+|\s+(?:configuration|profile)$", "", said.strip(), flags=re.IGNORECASE)
    parts = re.split(r"\s+[-–—]\s+", bare)
    for upto in range(len(parts), 0, -1):
        name = " - ".join(parts[:upto])
        yield name
        yield (short := re.sub(r"\s*\([^)]*\)", "", name))
        yield _TAIL.sub("", short)
        yield re.sub(r"\s+for (?:K-?12|education|higher ed\w*|schools?)\b.*$", "", short, flags=re.IGNORECASE)


def load_vendor_names(vendor: str, known: Known, extra: Path | None = None) -> VendorNames:
    """The names of one vendor; `extra` is a folder that may not exist. Raises `DataFileProblems`."""
    problems: list[Problem] = []
    names: dict[str, VendorName] = {}
    for folder in (OURS, extra):
        path = folder / f"{vendor}.toml" if folder else None
        if path is None or not path.is_file():
            continue
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        marks = read_marks(fields)
        for table in fields.tables("names"):
            none = table.flag("none", False)
            product = table.text("product", "") if none else table.text("product")
            if product and not known.called(product):
                table.refuse("product", f"there is no title or suite {product!r}", "`labfleet title list` shows all")
            said = table.text("said")
            names[plain_name(said)] = VendorName(said, "" if none else known.called(product), mark_of(table, marks))
        fields.close()
    raise_problems(problems)
    return VendorNames(known, names)
