"""What money may be used for: funds that may serve pathways of Career Technical Education only. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from licenses.entitlement import Entitlement
from licenses.marks import Mark

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Fund:
    """One source of money; `aliases` are what purchase orders call it, resource codes included.

    `cte_only`: what it paid may serve labs of CTE pathways only. `notes` are its other restrictions, for people.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    cte_only: bool
    mark: Mark
    notes: str = ""


class Funds:
    """The funds, found in what a purchase says of its funding."""

    def __init__(self, funds: Iterable[Fund]) -> None:
        self.funds = tuple(funds)
        self._spoken = [
            (words, fund)
            for fund in self.funds
            for said in (fund.id, fund.name, *fund.aliases)
            if (words := _words(said))
        ]

    def named(self, funding: str) -> tuple[Fund, ...]:
        """The funds that a text names by whole words: "Perkins V 2026-27" is Perkins V, "Title IV" is not Title I."""
        said = _words(funding)
        return tuple(dict.fromkeys(fund for words, fund in self._spoken if _within(words, said)))

    def cte_only(self, funding: str) -> bool | None:
        """Whether the money may serve CTE only; `None` where no fund is known by the text.

        Where several funds paid, the strictest rule holds for all of it (CDE, equipment handbook).
        """
        named = self.named(funding)
        return any(fund.cte_only for fund in named) if named else None

    def resolved(self, entitlements: Iterable[Entitlement]) -> tuple[Entitlement, ...]:
        """The same with `cte_only` by the fund's rule, where the purchase does not say it itself."""
        return tuple(
            replace(one, cte_only=self.cte_only(one.funding)) if one.cte_only is None and one.funding else one
            for one in entitlements
        )

    def unknown(self, entitlements: Iterable[Entitlement]) -> tuple[str, ...]:
        """The fundings on record that name no fund that is known: nothing restricts them, which may be wrong."""
        said = {one.funding for one in entitlements if one.cte_only is None and one.funding.strip()}
        return tuple(sorted(funding for funding in said if not self.named(funding)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _within(words: Sequence[str], text: Sequence[str]) -> bool:
    size = len(words)
    return any(tuple(text[start : start + size]) == words for start in range(len(text) - size + 1))
