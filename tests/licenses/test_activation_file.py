"""The vendors' rules for working offline: ours are right, and a district's file is read strictly and goes first."""

from datetime import date
from pathlib import Path

import pytest

from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.activation import OfflineRule, Renews
from licenses.activation_file import load_activations
from licenses.metrics import Metric

TITLES = load_catalog().by_id
MARKS = """[marks.ours]
source = "our contract"
as_of = 2026-11-01
verified = true
"""
RULE = """
[[rules]]
id = "autodesk-named-user"
publisher = "Autodesk"
metrics = ["named_user"]
days = 14
renews = "sign_in"
mark = "ours"
"""
TERM = """
[[terms]]
publisher = "Autodesk"
metrics = ["named_user"]
months = 24
mark = "ours"
"""


def rules(extra: Path | None = None) -> dict[str, OfflineRule]:
    return {rule.id: rule for rule in load_activations(extra, titles=TITLES).rules}


def test_our_rules_speak_of_makers_in_the_catalog() -> None:
    makers = {title.publisher for title in TITLES.values()}
    for rule in rules().values():
        assert rule.publisher in makers
        assert all(TITLES[title].publisher == rule.publisher for title in rule.titles)


def test_no_two_of_our_rules_speak_of_one_title_and_metric() -> None:
    for title in TITLES.values():
        spoken = [
            metric for rule in rules().values() if rule.holds(title.publisher, title.id) for metric in rule.metrics
        ]
        assert len(spoken) == len(set(spoken)), title.id


def test_autodesk_asks_every_thirty_days() -> None:
    rule = rules()["autodesk-named-user"]
    assert (rule.days, rule.renews, rule.mark.verified) == (30, Renews.SIGN_IN, True)
    assert rules()["autodesk-stand-alone"].days is None


def test_our_education_terms_leave_no_day_without_one() -> None:
    terms = load_activations(titles=TITLES).terms
    ends = [(term.issued_from, term.issued_to, term.months) for term in terms]
    assert ends == [
        (None, date(2023, 2, 28), 12),
        (date(2023, 3, 1), date(2024, 5, 31), 36),
        (date(2024, 6, 1), None, 12),
    ]


def test_a_districts_rule_and_term_go_before_ours(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(MARKS + RULE + TERM)
    found = load_activations(tmp_path, titles=TITLES)
    assert next(rule for rule in found.rules if rule.id == "autodesk-named-user").days == 14
    assert [term.months for term in found.terms] == [24]
    assert found.terms[0].metrics == frozenset({Metric.NAMED_USER})


@pytest.mark.parametrize(
    ("changed", "field", "problem"),
    [
        (RULE.replace("14", "-1"), "days", "out of range"),
        (RULE.replace("days = 14", ""), "days", "missing"),
        (RULE.replace("days = 14", "days = 14\nnever_asks = true"), "days", "beside never_asks"),
        (RULE.replace("days = 14", "days = 14\nmost_days = 7"), "most_days", "less than days"),
        (RULE.replace("days = 14", "days = 0\nmost_days = 7"), "most_days", "no meaning"),
        (RULE.replace('["named_user"]', "[]"), "metrics", "no metric"),
        (RULE.replace("named_user", "user"), "metrics", "no choice 'user'"),
        (RULE.replace("sign_in", "prayer"), "renews", "not one of the choices"),
        (RULE.replace("mark =", 'titles = ["revitt"]\nmark ='), "titles", "no title in the catalog 'revitt'"),
        (RULE + RULE, "id", "twice"),
        (RULE.replace('"ours"', '"theirs"'), "mark", "no mark"),
        (TERM.replace("mark =", "issued_from = 2027-01-01\nissued_to = 2026-01-01\nmark ="), "issued_to", "before"),
        (TERM.replace("24", "0"), "months", "out of range"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field(tmp_path: Path, changed: str, field: str, problem: str) -> None:
    (tmp_path / "own.toml").write_text(MARKS + changed)
    with pytest.raises(DataFileProblems) as raised:
        load_activations(tmp_path, titles=TITLES)
    said = str(raised.value)
    assert "own.toml" in said
    assert field in said
    assert problem in said
