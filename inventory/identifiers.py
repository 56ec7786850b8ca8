"""What speaks for a device being one machine and no other: normalised, junk and travelling adapters left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agents.report import Hardware, Identity, Interface, InterfaceKind
from inventory.junk import junk_hostname, junk_mac, junk_text, junk_uuid

_NOT_IN_A_SERIAL = re.compile(r"[\s\x00-\x1f\x7f]+")
_NOT_IN_A_MAC = re.compile(r"[^0-9a-f]")


class Kind(StrEnum):
    """The kinds of identifier, from what speaks loudest to what alone says nothing."""

    SERIAL = "serial"
    UUID = "uuid"
    BOARD_SERIAL = "board_serial"
    DISK = "disk"
    MAC = "mac"
    ASSET_TAG = "asset_tag"
    SYSTEM = "system"
    HOSTNAME = "hostname"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier, in its one normal form."""

    kind: Kind
    value: str


def identifiers(
    identity: Identity, interfaces: Sequence[Interface] = (), hardware: Hardware | None = None
) -> frozenset[Identifier]:
    """The identifiers that say something; only built-in network interfaces speak, never docks, adapters or tunnels."""
    virtual = bool(hardware and (hardware.virtual or hardware.chassis == "virtual"))
    return frozenset(found for found, junk in _stated(identity, interfaces, virtual) if not junk)


def ignored(
    identity: Identity, interfaces: Sequence[Interface] = (), hardware: Hardware | None = None
) -> tuple[Identifier, ...]:
    """What the machine stated but weighs nothing ("To be filled by O.E.M."), for the explanation of a verdict."""
    virtual = bool(hardware and (hardware.virtual or hardware.chassis == "virtual"))
    return tuple(sorted({found for found, junk in _stated(identity, interfaces, virtual) if junk}))


def _stated(identity: Identity, interfaces: Sequence[Interface], virtual: bool) -> Iterator[tuple[Identifier, bool]]:
    """Everything that the machine stated, and whether it is junk."""
    texts = (
        (Kind.SERIAL, identity.serial),
        (Kind.BOARD_SERIAL, identity.board_serial),
        (Kind.ASSET_TAG, identity.asset_tag),
        *((Kind.DISK, serial) for serial in identity.disk_serials),
    )
    for kind, text in texts:
        value = _NOT_IN_A_SERIAL.sub("", text).casefold()
        if value:
            yield Identifier(kind, value), junk_text(value, short=2 if kind is Kind.ASSET_TAG else 3)
    if value := _uuid(identity.system_uuid):
        yield Identifier(Kind.UUID, value), junk_uuid(value)
    if value := identity.system_id.strip().casefold():
        yield Identifier(Kind.SYSTEM, value), len(value) < 8  # a digest: never junk by its shape
    if value := identity.hostname.strip().casefold().split(".")[0]:
        yield Identifier(Kind.HOSTNAME, value), junk_hostname(value)
    for interface in interfaces:
        if value := _mac(interface.mac):
            built_in = interface.kind in (InterfaceKind.ETHERNET, InterfaceKind.WIFI)
            yield Identifier(Kind.MAC, value), not built_in or junk_mac(value, virtual=virtual)


def _mac(text: str) -> str:
    """Twelve hexadecimal digits as pairs with colons; empty for anything else (FireWire, InfiniBand)."""
    digits = _NOT_IN_A_MAC.sub("", text.casefold())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2)) if len(digits) == 12 else ""


def _uuid(text: str) -> str:
    """The UUID as 32 digits, the same whichever byte order the asking tool chose.

    SMBIOS before 2.6 did not say how its first three fields are ordered, so that Windows and Linux tools on one
    machine state two spellings of one UUID; the smaller of both is the normal one.
    """
    digits = _NOT_IN_A_MAC.sub("", text.casefold())
    if len(digits) != 32:
        return ""
    swapped = bytes.fromhex(digits)
    swapped = swapped[3::-1] + swapped[5:3:-1] + swapped[7:5:-1] + swapped[8:]
    return min(digits, swapped.hex())
