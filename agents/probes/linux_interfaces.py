"""Linux: network interfaces: psutil's addresses, sysfs's word on what each one is."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents.errors import QuestionFailed
from agents.probe import Call, Files, Found, Part, Probe, Several, Tree
from agents.report import Interface, InterfaceKind

FOLDER = "sys/class/net"
ETHERNET = 1  # ARPHRD_ETHER, as in /sys/class/net/*/type
NOTHING = "00:00:00:00:00:00"
Rows = Sequence[Mapping[str, Any]]


class Interfaces(Probe[tuple[Tree, Rows | None]]):
    """Interfaces with a hardware address or an address; link-local ones speak for nobody and are left out."""

    name = "interfaces"
    part = Part.INTERFACES
    feeds = ()
    question = Several(
        (
            Files(
                read=tuple(
                    f"{FOLDER}/*/{field}" for field in ("type", "uevent", "address", "bonding_slave/perm_hwaddr")
                ),
                links=(f"{FOLDER}/*",),
                names=(f"{FOLDER}/*/wireless", f"{FOLDER}/*/phy80211"),
            ),
            Call("interfaces"),
        )
    )

    def parse(self, answer: tuple[Tree, Rows | None]) -> Found:
        """Raises `QuestionFailed` when neither knows any: even a machine without a network has its loopback."""
        tree, rows = answer
        by_name = {str(row["name"]): row for row in rows or ()}
        found = [interface(tree, name, by_name.get(name, {})) for name in sorted({*by_name, *tree.below(FOLDER)})]
        if not found:
            raise QuestionFailed("no network interface is shown")
        kept = (one for one in found if one.name != "lo" and (one.addresses or one.kind is not InterfaceKind.VIRTUAL))
        return Found(interfaces=tuple(kept))


def interface(tree: Tree, name: str, row: Mapping[str, Any]) -> Interface:
    """One interface: the permanent address from the bond, then from the driver, else the one it wears."""
    macs = (
        tree.text(f"{FOLDER}/{name}/bonding_slave/perm_hwaddr"),
        str(row.get("permanent", "")),
        str(row.get("mac", "")),
        tree.text(f"{FOLDER}/{name}/address"),
    )
    mac = next((text.lower() for text in macs if text.strip("0:")), "")
    addresses = (str(address).split("%", 1)[0].lower() for address in row.get("addresses", ()))
    return Interface(
        name=name,
        mac=mac if len(mac) == len(NOTHING) else "",  # InfiniBand's and tunnels' addresses are of another length
        kind=kind(tree, name),
        addresses=tuple(sorted(a for a in addresses if not a.startswith(("fe80:", "169.254.", "127.")) and a != "::1")),
    )


def kind(tree: Tree, name: str) -> InterfaceKind:
    """What it is, by where its device hangs in the kernel's tree."""
    place = tree.links.get(f"{FOLDER}/{name}", "")
    if not place:
        return InterfaceKind.OTHER
    if "/virtual/" in place:
        return InterfaceKind.BLUETOOTH if name.startswith("bnep") else InterfaceKind.VIRTUAL
    if "/usb" in place:
        return InterfaceKind.USB  # before Wi-Fi: an adapter on USB wanders from machine to machine
    known = {f"{FOLDER}/{name}/wireless", f"{FOLDER}/{name}/phy80211"} & tree.names
    if known or "DEVTYPE=wlan" in tree.text(f"{FOLDER}/{name}/uevent"):
        return InterfaceKind.WIFI
    wired = tree.number(f"{FOLDER}/{name}/type") == ETHERNET
    return InterfaceKind.ETHERNET if wired else InterfaceKind.OTHER
