"""Five plain import names: they are ours in this environment, and nobody else's."""

import importlib.util
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["agents", "inventory", "licenses", "fleet", "cli"])
def test_a_name_belongs_to_labfleet_only(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin == str(ROOT / name / "__init__.py")
    owners = set(packages_distributions().get(name, ()))
    assert owners == {"labfleet"}, f"{owners - {'labfleet'}} is installed with a package of the same name"
