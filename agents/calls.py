"""The questions that psutil and the standard library answer alike on every platform, as plain values."""

import contextlib
import os
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any

import psutil

LOCAL = frozenset(
    {
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "zfs",
        "f2fs",
        "jfs",
        "reiserfs",
        "bcachefs",
        "vfat",
        "exfat",
        "msdos",
        "ntfs",
        "ntfs3",
        "fuseblk",
        "overlay",
        "apfs",
        "hfs",
    }
)
"""File systems that are on the machine itself: only these are asked for their size, for a dead server's would hang."""

ETHTOOL = 0x8946  # SIOCETHTOOL
PERMANENT_ADDRESS = 0x20  # ETHTOOL_GPERMADDR


def hostname() -> str:
    """The machine's own name, without a domain."""
    return socket.gethostname().split(".", 1)[0]


def boot_time() -> float:
    """When the machine started, in seconds since 1970."""
    return psutil.boot_time()


def memory() -> int:
    """Memory that the operating system sees, in bytes."""
    return int(psutil.virtual_memory().total)


def interfaces() -> tuple[Mapping[str, Any], ...]:
    """Each network interface with its addresses and, where the system tells it, its permanent hardware address."""
    rows = []
    for name, addresses in psutil.net_if_addrs().items():
        row: dict[str, Any] = {"name": name, "mac": "", "permanent": permanent_address(name), "addresses": []}
        for address in addresses:
            if address.family == psutil.AF_LINK:
                row["mac"] = address.address
            elif address.family in {socket.AF_INET, socket.AF_INET6}:
                row["addresses"].append(address.address)
        rows.append(row)
    return tuple(rows)


def permanent_address(name: str) -> str:
    """The address that the maker gave, for an interface that wears another now; empty where not told. Linux only."""
    try:
        from fcntl import ioctl
    except ImportError:
        return ""
    import array

    answer = array.array("B", struct.pack("II32s", PERMANENT_ADDRESS, 32, b""))
    request = struct.pack("16sP", name.encode()[:15], answer.buffer_info()[0])
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        ioctl(handle.fileno(), ETHTOOL, request)
        return bytes(answer[8:14]).hex(":")
    return ""


def volumes() -> tuple[Mapping[str, Any], ...]:
    """Each mounted local file system: device, mount, type, and size and free in bytes (`None` where not permitted)."""
    rows = []
    for part in psutil.disk_partitions(all=True):
        local = part.fstype.lower() in LOCAL if os.name == "posix" else "fixed" in part.opts
        if not local:
            continue
        row: dict[str, Any] = {"device": part.device, "mount": part.mountpoint, "type": part.fstype}
        try:
            usage = psutil.disk_usage(part.mountpoint)
        except OSError:
            row |= {"size": None, "free": None}
        else:
            row |= {"size": int(usage.total), "free": int(usage.free)}
        rows.append(row)
    return tuple(rows)


def kernel() -> Mapping[str, str]:
    """The kernel's release and the processor architecture it was built for."""
    names = os.uname()
    return {"release": names.release, "architecture": names.machine}


def language() -> str:
    """The language that the environment asks for, as in `en_US.UTF-8`."""
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")


CALLS: Mapping[str, Callable[[], Any]] = {
    "hostname": hostname,
    "boot_time": boot_time,
    "memory": memory,
    "interfaces": interfaces,
    "volumes": volumes,
    "kernel": kernel,
    "language": language,
}
