"""Values that identify no machine, and real ones that look odd but do."""

import pytest

from agents.report import Hardware, Identity, Interface, InterfaceKind
from inventory.identifiers import Identifier, Kind, identifiers


@pytest.mark.parametrize(
    "serial",
    [
        "To be filled by O.E.M.",
        "TO BE FILLED BY O.E.M",
        "Default string",
        "default_string",
        "System Serial Number",
        "SystemSerialNumb",
        "None",
        "none",
        "0",
        "00000000",
        "0000000000000000",
        "123456789",
        "1234567890",
        "0123456789",
        "12345678",
        "INVALID",
        "Not Specified",
        "Not Available",
        "N/A",
        "NA",
        "n/a",
        "Chassis Serial Number",
        "Base Board Serial Number",
        "SYS-1234567890",
        "MB-1234567890",
        "SN-12345",
        "OEM_Serial",
        "XXXXXXX",
        "xxxxxxxxxxx",
        "NNNNNNN",
        "SerNum00",
        "SerNum7",
        "TBD by ODM",
        "OEM Define 3",
        "Empty",
        "unknow",
        "Unknown",
        "Not Supported by CPU",
        "llcotaoi natlb esie",
        "1.0",
        "12",
        "FFFF",
        "-",
        "......",
        "System manufacturer",
        "(null string)",
        "EVAL",
        "101010",
        "9876543210",
        "No Asset Information",
        "AssetTagNum0",
        "Asset-1234567890",
        "Default string Default string",
    ],
)
def test_junk_says_nothing(serial: str) -> None:
    assert identifiers(Identity("", serial, serial, asset_tag=serial)) == frozenset()


@pytest.mark.parametrize(
    "serial",
    [
        "LR9NKZ7",
        "D8XD62J",
        "CZJ1280RQ2",
        "7PPDY12",
        "3FHW8Z1",
        "1634NM1100",
        "CNF01207X6",
        "KDXPC16",
        "HD2J77",
        "C02XK1ABJGH5",
        "PF2KQX7T",
        "5CG1234XYZ",
        "VMware-56 4d db dd 11 e3 8d 66-84 9e 15",
        "3135-4298-3414-7021-8716-7514-85",
        ".7PPDY12.CN7161561F0D94.",
        "MS1C93BB0H00980",
        "NA1234567",
        "SN3012K8",
        "MP1XB2C4",
    ],
)
def test_real_serials_speak(serial: str) -> None:
    (found,) = identifiers(Identity("", serial))
    assert found.kind is Kind.SERIAL


@pytest.mark.parametrize(
    "uuid",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "{01010101-0101-0101-0101-010101010101}",
        "6AB5B300-538D-1014-9FB5-B0684D007B53",
        "4C4C4544-0000-2010-8020-80C04F202020",
        "2",
        "Not Settable",
    ],
)
def test_a_makers_default_uuid_says_nothing(uuid: str) -> None:
    assert identifiers(Identity("", system_uuid=uuid)) == frozenset()


def test_a_uuid_is_one_in_both_byte_orders() -> None:
    spellings = ("4C4C4544-0050-5010-8044-B7C04F593132", "{44454c4c-5000-1050-8044-b7c04f593132}")
    assert len({identifiers(Identity("", system_uuid=uuid)) for uuid in spellings}) == 1


def test_values_have_one_form() -> None:
    (serial,) = identifiers(Identity("", " 5cg 1234xyz\x00"))
    assert serial == Identifier(Kind.SERIAL, "5cg1234xyz")
    macs = ("A4-BB-6D-10-20-30", "a4:bb:6d:10:20:30", "a4bb.6d10.2030")
    cards = [Interface("", mac, InterfaceKind.ETHERNET) for mac in macs]
    assert identifiers(Identity(""), cards) == {Identifier(Kind.MAC, "a4:bb:6d:10:20:30")}
    assert identifiers(Identity("B12-07.lab.example.")) == identifiers(Identity("b12-07"))


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "raspberrypi", "MINWINPC", "minint-4f8k2", "7"])
def test_names_that_systems_give_themselves_say_nothing(name: str) -> None:
    assert identifiers(Identity(name)) == frozenset()


@pytest.mark.parametrize("mac", ["00:15:5d:01:02:03", "52:54:00:01:02:03", "08:00:27:01:02:03"])
def test_a_hypervisors_address_speaks_for_its_guest_only(mac: str) -> None:
    card = [Interface("eth0", mac, InterfaceKind.ETHERNET)]
    assert identifiers(Identity(""), card, Hardware(virtual=True))
    assert not identifiers(Identity(""), card, Hardware(virtual=False))


@pytest.mark.parametrize("mac", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "", "a4:bb", "zz"])
def test_no_address_says_nothing(mac: str) -> None:
    assert not identifiers(Identity(""), [Interface("eth0", mac, InterfaceKind.ETHERNET)])
