"""Reads the funds: ours from `funds/`, and the district's own, which replace ours of the same id.

[[funds]]
id = "perkins-v"
name = "Perkins V"
aliases = ["Perkins", "3550"]
cte_only = true
notes = "approved pathways only; no supplanting"
mark = "own"
"""

from collections.abc import Mapping
from pathlib import Path

from inventory.table_file import Problem
from inventory.toml_file import Fields, open_toml, raise_problems, toml_files
from licenses.fund import Fund, Funds
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark

OURS = Path(__file__).parent / "funds"


def load_funds(extra: Path | None = None) -> Funds:
    """The funds; `extra` is a folder that may not exist. Raises `DataFileProblems` with one line for each problem."""
    problems: list[Problem] = []
    funds = {**_folder(OURS, problems), **_folder(extra, problems)}
    raise_problems(problems)
    return Funds(fund for _, fund in sorted(funds.items()))


def _folder(folder: Path | None, problems: list[Problem]) -> dict[str, Fund]:
    funds: dict[str, Fund] = {}
    for path in toml_files(folder):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        marks = read_marks(fields)
        for table in fields.tables("funds"):
            fund = _fund(table, marks)
            if fund.id in funds:
                table.refuse("id", f"{fund.id!r} stands there twice", "keep one of the two")
            funds[fund.id] = fund
        fields.close()
    return funds


def _fund(table: Fields, marks: Mapping[str, Mark]) -> Fund:
    return Fund(
        id=table.text("id"),
        name=table.text("name"),
        aliases=table.texts("aliases"),
        cte_only=table.flag("cte_only"),
        mark=mark_of(table, marks),
        notes=table.text("notes", ""),
    )
