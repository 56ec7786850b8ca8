"""Everything that a district's machines and licences are held against: our data files, with its own over them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fleet.lifecycle_file import load_lifecycle
from fleet.question import Rules
from fleet.settings import Settings
from inventory.titles import Catalog, load_catalog
from licenses.entitlement import Entitlement
from licenses.fund import Funds
from licenses.fund_file import load_funds
from licenses.pathway_file import load_pathways
from licenses.rights import Rights
from licenses.section import Section
from licenses.suite import Suite
from licenses.suite_file import load_suites
from licenses.version_rights import VersionRights
from licenses.version_rights_file import load_version_rights


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The catalog, the suites, what vendors and funds allow, and the rules for stations."""

    catalog: Catalog
    suites: tuple[Suite, ...]
    rules: Rules
    versions: VersionRights
    funds: Funds

    @property
    def free(self) -> frozenset[str]:
        """The titles that nobody has to buy."""
        return frozenset(title.id for title in self.catalog.titles if title.free)

    def is_free(self, title: str, edition: str) -> bool:
        """Whether nobody has to buy an install of this edition."""
        known = self.catalog.by_id.get(title)
        return known is not None and known.is_free(edition)

    @property
    def paid(self) -> frozenset[str]:
        """The titles of which the catalog says how they are sold; of the others nobody knows whether they must be."""
        unsaid = {"", "free"}
        return frozenset(one.id for one in self.catalog.titles if not one.free and one.metric not in unsaid)

    def rights(self, bought: Iterable[Entitlement], *, on: date, sections: Sequence[Section] = ()) -> Rights:
        """What a district may run on a day."""
        return Rights(bought, self.suites, self.free, on=on, sections=sections)


def load_rulebook(settings: Settings) -> Rulebook:
    """Reads all the files; raises what their readers raise, each problem with its file and field."""
    catalog = load_catalog(settings.overrides("catalog"))
    suites = load_suites(settings.overrides("suites"), titles=catalog.by_id)
    pathways = load_pathways(settings.overrides("pathways"), titles=catalog.by_id)
    rules = Rules(
        pathways={pathway.code: pathway for pathway in pathways},
        names={title.id: title.name for title in catalog.titles} | {suite.id: suite.name for suite in suites},
        lifecycle=load_lifecycle(settings.overrides("lifecycle")),
        stale_after=settings.stale_after,
        shelf_life=settings.shelf_life,
    )
    versions = load_version_rights(
        settings.overrides("version_rights"), titles=catalog.by_id, suites=[suite.id for suite in suites]
    )
    return Rulebook(catalog, suites, rules, versions, load_funds(settings.overrides("funds")))
