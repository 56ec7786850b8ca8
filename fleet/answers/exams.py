"""An exam, found by the id of its certification, and the pathway that leads to it."""

from collections.abc import Mapping
from difflib import get_close_matches

from fleet.errors import FleetError
from licenses.pathway import Pathway


class NoSuchExam(FleetError, LookupError):
    """No pathway has such a certification."""

    code = "no-such-exam"


def pathway_of_exam(exam: str, pathways: Mapping[str, Pathway], code: str | None = None) -> str:
    """The code of the pathway that leads to an exam, the one that is named if it does; raises NoSuchExam."""
    leading = {one.id: each for each, pathway in pathways.items() for one in pathway.certifications}
    if code is not None and pathways[code].leads_to(exam):
        return code
    if code is None and exam in leading:
        return leading[exam]
    near = " or ".join(get_close_matches(exam.casefold(), leading, n=3, cutoff=0.5))
    meant = f"did you mean {near}? " if near and exam not in leading else ""
    where = "any pathway" if code is None else f"pathway {code}"
    raise NoSuchExam(f"no exam '{exam}' in {where}", hint=f"{meant}`labfleet pathway show CODE` names them")
