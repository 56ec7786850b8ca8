"""Which district a command is about: the home that was chosen, and its settings, read only when a verb needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:  # reading settings takes pydantic, and `labfleet --help` must not wait for it
    from fleet.settings import Settings


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stood before the noun: `labfleet --home DIR …`."""

    home: Path | None


def settings(context: typer.Context) -> Settings:
    """The settings of the district that this command line is about."""
    from fleet.settings import load

    chosen = context.obj
    return load(chosen.home if isinstance(chosen, Chosen) else None)
