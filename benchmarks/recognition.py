"""Recognition measured: precision and recall on labelled machines, and speed beside a dictionary look-up.

`python -m benchmarks.recognition [FOLDER]` scores the hand-labelled rows of the samples in FOLDER (`../shared/samples`
beside the repository unless named; skipped where there are none), then the product's own cases, and lists what is
missed.
"""

import csv
import json
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agents.report import Platform, RawInstall
from inventory.explaining import explain_file
from inventory.recognition import Recogniser, Role
from inventory.title_rules import Catalog
from inventory.titles import load_catalog

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
CASES = ROOT / "tests" / "inventory" / "cases" / "recognition"
LABELLED = ("real_inventories/autodesk_components_productcodes.tsv", "real_inventories/pyrevit_machines_registry.tsv")
NAMES = "software_titles/winget_cli_normalization.tsv"
ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row with its true role and, where the label has one, what it is called."""

    name: str
    role: str
    called: str
    found_role: str
    found_called: str


@dataclass(slots=True)
class Score:
    """How verdicts compare to their labels; a product counts as found only under its right name."""

    rows: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    parts_counted: int = 0
    roles: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of the rows called products, the share that are, under the right name."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of the products, the share found under the right name."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def score(verdicts: Iterable[Verdict]) -> Score:
    """Compare verdicts to their labels."""
    total = Score()
    for one in verdicts:
        total.rows += 1
        product, called_product = one.role == Role.PRODUCT, one.found_role == Role.PRODUCT
        same = not one.called or one.called == one.found_called
        total.right += product and called_product and same
        total.wrong += called_product and not (product and same)
        total.missed += product and not (called_product and same)
        total.parts_counted += called_product and not product
        total.roles += one.role == one.found_role
        if one.role != one.found_role or (product and not same):
            total.misses.append(f"{one.name}: {one.found_role} {one.found_called}, not {one.role} {one.called}")
    return total


def labelled(recogniser: Recogniser, samples: Path) -> Iterator[Verdict]:
    """The hand-labelled rows of the samples: names alone, as the labels have no publisher."""
    for file in LABELLED:
        for row in _rows(samples / file):
            name = row["DisplayName"] or row.get("registry_key", "")  # Windows shows a key that has no name by itself
            found = recogniser.recognise(RawInstall(name=name, source="uninstall"), Platform.WINDOWS)
            # "Hidden" rows have no name to show: whatever they are, they are no product.
            role = found.role.value if row["role"] == "hidden" and found.role is not Role.PRODUCT else row["role"]
            yield Verdict(name, role, row["canonical"], found.role, found.name)


def own_cases(recogniser: Recogniser) -> Iterator[Verdict]:
    """The product's own cases, scored by title."""
    for path in sorted(CASES.glob("*.raw")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for one, row in zip(explain_file(recogniser, path), expected, strict=True):
            yield Verdict(one.name, row["role"], row.get("title_id", ""), one.role, one.title_id)


def rows_a_second(recogniser: Recogniser, rows: Sequence[RawInstall]) -> float:
    """How many distinct entries are recognised in a second of one core."""
    began = time.process_time()
    for row in rows:
        recogniser.recognise(row, Platform.WINDOWS)
    return len(rows) / (time.process_time() - began)


def floor_a_second(rows: Sequence[RawInstall]) -> float:
    """The floor: each name normalised and looked up in a dictionary."""
    known = {unicodedata.normalize("NFKC", row.name).casefold(): row for row in rows}
    began = time.process_time()
    for row in rows:
        known.get(unicodedata.normalize("NFKC", row.name).casefold())
    return len(rows) / (time.process_time() - began)


def distinct(rows: Sequence[RawInstall], number: int) -> tuple[RawInstall, ...]:
    """`number` entries that all differ, made of real ones with other versions."""
    made = []
    for turn in range(number):
        row = rows[turn % len(rows)]
        made.append(RawInstall(name=f"{row.name} {turn // 97}.{turn}", publisher=row.publisher, source="uninstall"))
    return tuple(made)


def _entries(catalog: Catalog, samples: Path) -> tuple[RawInstall, ...]:
    own = [RawInstall(name=title.name, publisher=title.publisher) for title in catalog.titles if not title.web]
    if not (samples / NAMES).is_file():
        return tuple(own)
    named = [RawInstall(name=row["DisplayName"], publisher=row["Publisher"]) for row in _rows(samples / NAMES)]
    parts = [RawInstall(name=row["DisplayName"]) for file in LABELLED for row in _rows(samples / file)]
    return (*own, *named, *parts)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def _said(what: str, total: Score) -> Iterator[str]:
    yield (
        f"{what}: {total.rows} rows, product precision {total.precision:.3f}, recall {total.recall:.3f}, "
        f"parts counted as installs {total.parts_counted}, roles right {total.roles / total.rows:.3f}"
    )
    yield from (f"  missed: {line}" for line in total.misses)


def main(samples: Path = SAMPLES) -> None:
    """Print the figures."""
    began = time.process_time()
    catalog = load_catalog()
    recogniser = Recogniser(catalog)
    loaded = time.process_time() - began
    lines = [
        f"catalog: {len(catalog.titles)} titles, {len(catalog.families)} families, ready in {loaded * 1000:.0f} ms"
    ]
    if all((samples / file).is_file() for file in LABELLED):
        lines += _said("labelled machines", score(labelled(recogniser, samples)))
    else:
        lines.append("labelled machines: no samples here")
    lines += _said("own cases", score(own_cases(recogniser)))
    rows = distinct(_entries(catalog, samples), ROWS)
    speed, floor = rows_a_second(recogniser, rows), floor_a_second(rows)
    lines.append(
        f"distinct entries: {speed:,.0f} a second ({1e6 / speed:.0f} s for a million), "
        f"{floor / speed:.0f} times a normalised dictionary look-up"
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
