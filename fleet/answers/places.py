"""Which sites there are, found by what people call them."""

from difflib import get_close_matches

from sqlmodel import Session

from fleet.errors import FleetError
from inventory.snapshots import load_sites
from inventory.views import SiteView


class NoSuchSite(FleetError, LookupError):
    """The district has no such site."""

    code = "no-such-site"


def site_called(session: Session, code: str) -> SiteView:
    """The site with this code, in any case of letters; raises NoSuchSite with the nearest."""
    sites = {site.code.casefold(): site for site in load_sites(session).values()}
    site = sites.get(code.casefold())
    if site is None:
        close = [sites[key].code for key in get_close_matches(code.casefold(), sites, n=3, cutoff=0.5)]
        known = close or sorted(site.code for site in sites.values())[:5]
        hint = f"did you mean {', '.join(known)}?" if known else "`labfleet lab import FILE` reads the list of labs"
        raise NoSuchSite(f"no site '{code}'", hint=hint)
    return site
