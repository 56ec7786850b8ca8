"""Everything that a district's machines and licences are held against: our data files, with its own over them."""

from dataclasses import dataclass

from fleet.lifecycle_file import load_lifecycle
from fleet.question import Rules
from fleet.settings import Settings
from inventory.titles import Catalog, load_catalog
from licenses.pathway_file import load_pathways
from licenses.suite import Suite
from licenses.suite_file import load_suites


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The catalog, the suites, and the rules for stations."""

    catalog: Catalog
    suites: tuple[Suite, ...]
    rules: Rules


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
    return Rulebook(catalog, suites, rules)
