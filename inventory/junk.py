"""Values that makers, tools and adapters state on thousands of machines: they identify none of them.

Sources: GLPI's shipped black lists (serials, UUIDs, MACs), the dmidecode dumps of FusionInventory and GLPI Agent's
test resources, and own knowledge of VPN clients' and cheap adapters' fixed addresses. Text is compared in lower
case, letters and digits only, so that "To be filled by O.E.M." and "TO_BE_FILLED BY OEM" are one.
"""

import re
from functools import lru_cache

_TEXTS_LISTED = """
    00000000 0123456789abcdef 1234abcd 1234567890abcdef 123456789abcdef a1234567 abc123 abcd1234 aaaaaa allseries
    asset assettag assettagnum backplane baseboard baseboardassettag baseboardserialnumber blank boardserialnumber
    bssn cannotberead chassis chassisassettag chassisserialnumber chassisserialno computer customer default
    defaultstring defaultvalue desktop deprecated dummy empty enterserialnumber error eval evaluation
    fillbyoem filledbyoem generic iatpass insertserial intel intelcorporation invalid invalidserial laptop mbserial
    mainboardserialnumber na nil no noassetinformation noassettag nodata none noserial noserialnumber notapplicable
    notavailable notdefined notfilled notfound notinitialized notpresent notprogrammed notsettable notset
    notspecified notsupported notsupportedbycpu ns null nullstring nul o oem oemserial oemserialnumber
    placeholder pleasechangeme productname reserved sample serial serialno serialnum serialnumber sernum
    serialnumberxxxxxx serialxxxxxx sn sncannotread standard string svcnumber system systemmanufacturer systemname
    systemproductname systemsernum systemserial systemserialnumb systemserialnumber systemserialno systemversion
    tba tbd tbdbyodm tbdbyoem tempserial test testserial tobedefined tobedefinedbyoem tobefilled tobefilledby
    tobefilledbyoem tobefilledbyoemtobefilledbyoem tulipcomputers unassigned unavailable undefined unknow unknown
    unspecified unused virtualdisk void xserial xxxxxx yourserialnumber
    123456789012 1234567890123456 12345678901234567 sn123456fvgv3i0b8o5n6n7k
    llcotaoinatlbesie
    """

_TEXTS = frozenset(_TEXTS_LISTED.split())
_SHAPES = re.compile(
    r"""
    (.)\1*                                                    # one character over and over
    | [01]+                                                   # GLPI's /^(0|1)+$/
    | (sys|mb|sn|cs|bs|mba|asset|serial|chassis|tag|oem|default|system|board|base)?
      (0?1234?5?6?7?8?9?[0]?0*|9876543210?|87654321|0123456789.*|1234567890.*)
    | (oemdefine|assettagnum|sernum|serialnumber|serial|assettag|slot|dimm\w\dassettag)\d{0,2}
    | (tobefilled|defaultstring|filledby|notspecified|notavailable).*
    | x{4,}.*
    """,
    re.VERBOSE,
)
_NOT_TEXT = re.compile(r"[^0-9a-z]")
_VERSION = re.compile(r"\d\.\d(\.\d)?")  # a firmware's version in the serial's place


def _by_both_orders(*uuids: str) -> frozenset[str]:
    """UUIDs as digits, in both byte orders that tools print."""
    digits = [uuid.replace("-", "") for uuid in uuids]
    swapped = [d[6:8] + d[4:6] + d[2:4] + d[:2] + d[10:12] + d[8:10] + d[14:16] + d[12:14] + d[16:] for d in digits]
    return frozenset(digits + swapped)


_UUIDS = _by_both_orders(
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "00010203-0405-0607-0809-0a0b0c0d0e0f",
    "6ab5b300-538d-1014-9fb5-b0684d007b53",
    "12345678-1234-5678-90ab-cddeefaabbcc",
    "12345678-1234-1234-1234-123456789abc",
    "11111111-2222-3333-4444-555555555555",
    "deadbeef-dead-beef-dead-beefdeadbeef",
    "4c4c4544-0000-2010-8020-80c04f202020",  # Dell boards without a service tag
    "4c4c4544-0020-2010-8020-a0c04f202020",
)

_HOSTNAMES_LISTED = """
    (none) android archlinux computer debian desktop fedora guest host imac kali laptop linux linuxmint localhost
    mac macbook macbook-air macbook-pro mac-mini macmini new-host none office pc raspberrypi student teacher ubuntu
    unknown user user-pc win10 win11 windows workstation
    """
_HOSTNAMES = frozenset(_HOSTNAMES_LISTED.split())
_HOSTNAME_SHAPES = re.compile(r"minint-.*|minwinpc|(\d+)|.")

# Beginnings of addresses; a full address is the longest beginning.
_MACS = (
    "00:00:00:00",
    "00:05:9a:3c:7",  # Cisco AnyConnect's adapter, the same on every machine
    "00:09:0f:aa:00:01",  # FortiClient
    "00:09:0f:fe:00:01",
    "00:0b:ca:fe:00:00",
    "00:11:22:33:44:55",
    "00:50:56:c0:00:",  # VMware's vmnet adapters on the host
    "00:53:45:00:00:00",  # Windows' PPP adapter
    "00:a0:c6:00:00:00",  # Qualcomm modems without an address
    "00:e0:4c:36:0",  # cheap Realtek adapters share these
    "00:e0:4c:53:44:58",
    "00:e0:4c:68:0",
    "00:ff:",  # TAP adapters of VPN clients
    "20:41:53:59:4e:ff",  # Windows' asynchronous adapter, "RAS" and others as text
    "24:b6:20:52:41:53",
    "44:45:53:54:42:00",
    "44:45:53:54:4f:53",
    "50:50:54:50:30:30",
    "ff:ff:ff",
)
HYPERVISOR_MACS = (
    "00:05:69",
    "00:0c:29",
    "00:15:5d",
    "00:16:3e",
    "00:1c:14",
    "00:1c:42",
    "00:50:56",
    "08:00:27",
    "52:54:00",
)
"""Beginnings of the addresses that hypervisors give: a guest's own, an accident on a physical machine."""


@lru_cache(maxsize=65_536)
def junk_text(value: str, *, short: int = 3) -> bool:
    """Whether a serial, tag or id says nothing; `short` is the greatest length that is too short to be one."""
    text = _NOT_TEXT.sub("", value.casefold())
    return (
        len(text) <= short
        or text in _TEXTS
        or _SHAPES.fullmatch(text) is not None
        or _VERSION.fullmatch(value) is not None
    )


@lru_cache(maxsize=65_536)
def junk_uuid(digits: str) -> bool:
    """Whether a UUID (32 digits, lower case) is a maker's default: listed, or made of one or two bytes only."""
    pairs = {digits[at : at + 2] for at in range(0, len(digits), 2)}
    return digits in _UUIDS or len(pairs) <= 2


@lru_cache(maxsize=65_536)
def junk_hostname(name: str) -> bool:
    """Whether a short host name is one that systems give themselves."""
    return name in _HOSTNAMES or _HOSTNAME_SHAPES.fullmatch(name) is not None


@lru_cache(maxsize=65_536)
def junk_mac(mac: str, *, virtual: bool) -> bool:
    """Whether an address (pairs with colons) is shared, random or, on a physical machine, a hypervisor's."""
    first = int(mac[:2], 16)
    if mac.startswith(_MACS) or first & 1:  # the low bit marks a group's address, which no adapter has
        return True
    if mac.startswith(HYPERVISOR_MACS):
        return not virtual
    return bool(first & 2)  # administered locally: random Wi-Fi addresses, tunnels, bridges
