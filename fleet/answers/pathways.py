"""Which pathways the district teaches, and what each of them asks, with the marks that its rules bear."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.answers.labs import pathway_called
from fleet.settings import Settings
from inventory.titles import load_catalog
from licenses.marks import Mark
from licenses.pathway import Pathway
from licenses.pathway_file import load_pathways


@dataclass(frozen=True, slots=True)
class PathwayAnswer:
    """One pathway, the names of the titles that it mentions, and what it takes to say which of its rules are old."""

    pathway: Pathway
    names: Mapping[str, str]
    on: date
    shelf_life: timedelta

    def stale(self, mark: Mark) -> bool:
        """Whether a rule with this mark is too old on the day that was asked for."""
        return mark.stale(self.on, self.shelf_life)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark of the pathway once, in the order of its rules."""
        one = self.pathway
        parts = [exam.mark for exam in one.certifications] + [need.mark for need in one.needs]
        parts += [one.floor.mark, one.preferred.mark, *(quota.mark for quota in one.quotas)]
        return tuple(dict.fromkeys([one.mark, *parts]))


def list_pathways(settings: Settings, *, on: date) -> tuple[PathwayAnswer, ...]:
    """Every pathway by code: ours, and the district's own."""
    catalog = load_catalog(settings.overrides("catalog"))
    pathways = load_pathways(settings.overrides("pathways"), titles=catalog.by_id)
    names = {id_: title.name for id_, title in catalog.by_id.items()}
    return tuple(PathwayAnswer(pathway, names, on, settings.shelf_life) for pathway in pathways)


def show_pathway(settings: Settings, said: str, *, on: date) -> PathwayAnswer:
    """One pathway by code or name; raises NoSuchPathway."""
    answers = {answer.pathway.code: answer for answer in list_pathways(settings, on=on)}
    return answers[pathway_called({code: one.pathway for code, one in answers.items()}, said).code]
