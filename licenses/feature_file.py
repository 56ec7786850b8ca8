"""Reads which feature of a licence server is which product: ours, and the district's own, which go before ours."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from inventory.table_file import Problem
from inventory.toml_file import Fields, nearest, open_toml, raise_problems, toml_files
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.servers.features import FeatureMap, Rule
from licenses.suite import Suite

OURS = Path(__file__).parent / "servers" / "features.toml"


def load_features(extra: Path | None = None, *, titles: Collection[str], suites: Iterable[Suite]) -> FeatureMap:
    """All rules. `titles` are the ids in the catalog; `extra` is a folder that may not exist.

    Raises `DataFileProblems` with one line for each problem of all the files.
    """
    known = {suite.id: suite for suite in suites}
    problems: list[Problem] = []
    names: dict[str, Rule] = {}
    codes: dict[str, Rule] = {}
    for path in (OURS, *toml_files(extra)):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        marks = read_marks(fields)
        for table in fields.tables("features"):
            mine = _rules(table, "names", marks, {*titles, *known}), _rules(table, "codes", marks, {*titles, *known})
            if not mine[0] and not mine[1]:
                table.refuse("names", "there is neither a name nor a code", 'write names = { NAME = "title" }')
            names.update(mine[0])
            codes.update(mine[1])
        fields.close()
    raise_problems(problems)
    return FeatureMap(names, codes, known)


def _rules(table: Fields, field: str, marks: Mapping[str, Mark], products: Collection[str]) -> dict[str, Rule]:
    within = table.table(field, required=False)
    found = {}
    for name in within.names():
        product = within.text(name)
        if product and product not in products:
            within.refuse(name, f"there is no title and no suite {product!r}", nearest(product, products))
        found[name.upper()] = Rule(product, table.text("vendor", ""), mark_of(table, marks))
    return found
