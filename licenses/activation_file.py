"""Reads how long licences last without contact or renewal: ours from `activations/`, and the district's own.

A rule or term of the district's files goes before ours: rules by id, terms by publisher.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from inventory.table_file import Problem
from inventory.toml_file import Fields, open_toml, raise_problems, toml_files
from licenses.activation import OfflineRule, Renews
from licenses.horizon import EducationTerm
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.metrics import Metric

OURS = Path(__file__).parent / "activations"

_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Activations:
    """The vendors' rules: how long titles work offline, and how long education licences run."""

    rules: tuple[OfflineRule, ...]
    terms: tuple[EducationTerm, ...]


def load_activations(extra: Path | None = None, *, titles: Collection[str]) -> Activations:
    """The rules by id. `titles` are the ids in the catalog; `extra` is a folder that may not exist.

    Raises `DataFileProblems` with one line for each problem of all the files.
    """
    problems: list[Problem] = []
    our_rules, our_terms = _folder(OURS, titles, problems)
    their_rules, their_terms = _folder(extra, titles, problems)
    raise_problems(problems)
    spoken = {term.publisher for term in their_terms}
    rules = {**our_rules, **their_rules}
    return Activations(
        tuple(rules[id_] for id_ in sorted(rules)),
        (*their_terms, *(term for term in our_terms if term.publisher not in spoken)),
    )


def _folder(
    folder: Path | None, titles: Collection[str], problems: list[Problem]
) -> tuple[dict[str, OfflineRule], tuple[EducationTerm, ...]]:
    rules: dict[str, OfflineRule] = {}
    terms: list[EducationTerm] = []
    for path in toml_files(folder):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        marks = read_marks(fields)
        for table in fields.tables("rules"):
            rule = _rule(table, marks, titles)
            if rule.id in rules:
                table.refuse("id", f"{rule.id!r} stands there twice", "keep one of the two")
            rules[rule.id] = rule
        terms.extend(_term(table, marks) for table in fields.tables("terms"))
        fields.close()
    return rules, tuple(terms)


def _rule(table: Fields, marks: Mapping[str, Mark], titles: Collection[str]) -> OfflineRule:
    days = _days(table)
    most = table.number("most_days", days or 0, most=_MOST_DAYS)
    if most < (days or 0):
        table.refuse("most_days", f"{most} is less than days", "leave it out where one number says it all")
    if most and not days:
        table.refuse("most_days", "has no meaning without days", "leave it out")
    return OfflineRule(
        id=table.text("id"),
        publisher=table.text("publisher"),
        titles=frozenset(table.texts("titles", known=titles, noun="title in the catalog")),
        metrics=_metrics(table),
        days=days,
        most_days=most if days else None,
        renews=table.choice("renews", Renews),
        note=table.text("note", ""),
        mark=mark_of(table, marks),
    )


def _days(table: Fields) -> int | None:
    """The days of a rule; `None` for what never asks again, which must be said and not left out."""
    if not table.flag("never_asks", default=False):
        return table.number("days", most=_MOST_DAYS)
    if table.has("days"):
        table.refuse("days", "stands beside never_asks", "keep one of the two")
        table.ignore("days")
    return None


def _term(table: Fields, marks: Mapping[str, Mark]) -> EducationTerm:
    term = EducationTerm(
        publisher=table.text("publisher"),
        metrics=_metrics(table),
        months=table.number("months", least=1, most=120),
        issued_from=table.day_or_none("issued_from"),
        issued_to=table.day_or_none("issued_to"),
        note=table.text("note", ""),
        mark=mark_of(table, marks),
    )
    if term.issued_from and term.issued_to and term.issued_to < term.issued_from:
        table.refuse("issued_to", "is before issued_from", "correct one of the two days")
    return term


def _metrics(table: Fields) -> frozenset[Metric]:
    metrics = table.choices("metrics", Metric)
    if not metrics:
        table.refuse("metrics", "names no metric", f"write some of: {', '.join(Metric)}")
    return metrics
