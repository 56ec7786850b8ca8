"""Money that may serve CTE only is known by what purchases call it; what is not known is not restricted, and said."""

from datetime import date
from pathlib import Path

import pytest

from inventory.toml_file import DataFileProblems
from licenses.entitlement import Entitlement
from licenses.fund_file import load_funds
from licenses.metrics import Metric

OURS = load_funds()
HEAD = '[marks.m]\nsource = "a test"\nas_of = 2026-11-24\nverified = true\n'


def bought(funding: str, cte_only: bool | None = None) -> Entitlement:
    """A purchase from a fund."""
    return Entitlement("revit", "", Metric.DEVICE, 1, date(2026, 7, 1), funding=funding, cte_only=cte_only)


@pytest.mark.parametrize(
    ("funding", "cte_only"),
    [
        ("Perkins V", True),
        ("PERKINS 2026-27", True),
        ("Carl D. Perkins (label FY27)", True),
        ("01-3550-0-3800-1000-4300", True),
        ("K12 Strong Workforce Program, round 8", True),
        ("K-12 SWP", True),
        ("CTEIG", True),
        ("CTE Incentive Grant", True),
        ("Title I", False),
        ("Title I, Part A", False),
        ("Title IV-A", False),
        ("General Fund", False),
        ("general", False),
        ("Measure Q bond", False),
        ("CTEIG / general fund", True),
        ("Title II", None),
        ("CTE", None),
        ("Superperkins", None),
        ("somebody's purse", None),
        ("", None),
        ("---", None),
    ],
)
def test_a_fund_is_known_by_whole_words(funding: str, cte_only: bool | None) -> None:
    assert OURS.cte_only(funding) is cte_only


def test_a_purchase_gets_its_funds_rule_and_keeps_its_own() -> None:
    purchases = (bought("Perkins V"), bought("Perkins V", False), bought("Bond", True), bought("Bond"), bought("?!"))
    resolved = OURS.resolved(purchases)
    assert [one.cte_only for one in resolved] == [True, False, True, False, None]
    assert [one.funding for one in resolved] == [one.funding for one in purchases]
    assert OURS.resolved(resolved) == resolved


def test_fundings_that_no_rule_knows_are_named_once() -> None:
    purchases = (bought("Raffle"), bought("Raffle"), bought("Perkins"), bought(""), bought("Bingo", False))
    assert OURS.unknown(purchases) == ("Raffle",)


def test_a_district_has_its_own(tmp_path: Path) -> None:
    own = '[[funds]]\nid = "bond"\nname = "Measure O"\naliases = ["O"]\ncte_only = true\nmark = "m"\n'
    own += '[[funds]]\nid = "raffle"\nname = "Raffle"\ncte_only = false\nmark = "m"\n'
    (tmp_path / "own.toml").write_text(HEAD + own, encoding="utf-8")
    funds = load_funds(tmp_path)
    assert funds.cte_only("measure O") is True
    assert funds.cte_only("raffle") is False
    assert funds.cte_only("building fund") is None
    assert funds.cte_only("perkins") is True


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('id = "a"\nname = "A"\nmark = "m"\n', "funds[1].cte_only: is missing"),
        ('id = "a"\nname = "A"\ncte_only = "yes"\nmark = "m"\n', "is not true or false"),
        ('id = "a"\nname = "A"\ncte_only = true\n', "funds[1].mark: is missing"),
        ('id = "a"\nname = "A"\ncte_only = true\nmark = "m"\nalias = ["B"]\n', "did you mean aliases?"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(HEAD + "[[funds]]\n" + table, encoding="utf-8")
    with pytest.raises(DataFileProblems) as caught:
        load_funds(tmp_path)
    assert said in str(caught.value)


def test_ours_are_marked_and_say_no_alias_twice() -> None:
    assert all(fund.mark.source for fund in OURS.funds)
    said = [name.casefold() for fund in OURS.funds for name in {fund.name, *fund.aliases}]
    assert len(said) == len(set(said))
