"""Every probe of the agent, in the order in which their answers count: the first that knows a field decides it."""

from typing import Any

from agents.probe import Probe
from agents.probes.everywhere import BootTime, Hostname, Volumes
from agents.probes.linux_appimage import AppImages
from agents.probes.linux_battery import MainBattery
from agents.probes.linux_cpu import CpuInfo
from agents.probes.linux_desktop import DesktopEntries
from agents.probes.linux_disks import Disks
from agents.probes.linux_displays import Displays
from agents.probes.linux_dmi import DmiIdentity
from agents.probes.linux_dmidecode import DmidecodeTables
from agents.probes.linux_dpkg import DpkgPackages
from agents.probes.linux_flatpak import Flatpaks
from agents.probes.linux_gpus import Gpus
from agents.probes.linux_interfaces import Interfaces
from agents.probes.linux_memory import MemoryBlocks, MemoryTotal
from agents.probes.linux_rpm import RpmPackages
from agents.probes.linux_security import Firmware, Tpm
from agents.probes.linux_snap import Snaps
from agents.probes.linux_system import MachineId, OsRelease
from agents.probes.linux_virtual import Virtual
from agents.probes.windows_uninstall import UninstallKeys

PROBES: tuple[Probe[Any], ...] = (
    Hostname(),
    MachineId(),
    Virtual(),  # before the firmware's word on the chassis, which hypervisors fill in at will
    DmiIdentity(),
    DmidecodeTables(),
    OsRelease(),
    CpuInfo(),
    MemoryBlocks(),  # after dmidecode, which counts the modules
    MemoryTotal(),
    Gpus(),
    Disks(),
    Displays(),
    MainBattery(),
    Tpm(),
    Firmware(),
    Interfaces(),
    Volumes(),
    BootTime(),
    DpkgPackages(),
    RpmPackages(),
    Flatpaks(),
    Snaps(),
    AppImages(),
    DesktopEntries(),
    UninstallKeys(),
)
