"""Linux: what the firmware says of the machine (sysfs): maker, model, serials, chassis."""

from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Hardware, Identity

FOLDER = "sys/class/dmi/id"
TREE = "sys/firmware/devicetree/base"
FIELDS = (
    "sys_vendor",
    "product_name",
    "product_version",
    "product_serial",
    "product_uuid",
    "board_vendor",
    "board_name",
    "board_serial",
    "chassis_type",
    "chassis_asset_tag",
)

# What makers leave in when they forget to fill in: no better than an empty field, so the board's name is taken.
# Serials are sent as they are, junk included: it is the server that weighs identity.
BLANKS = frozenset(
    {
        "",
        "default string",
        "not applicable",
        "not specified",
        "none",
        "o.e.m.",
        "oem",
        "system manufacturer",
        "system product name",
        "system version",
        "to be filled by o.e.m.",
        "undefined",
        "unknown",
    }
)

CHASSIS = {
    **dict.fromkeys((3, 4, 5, 6, 7, 15, 16), "desktop"),
    **dict.fromkeys((8, 9, 10, 14, 31), "laptop"),
    **dict.fromkeys((11, 30, 32), "tablet"),
    13: "all-in-one",
    **dict.fromkeys((17, 23, 25, 28, 29), "server"),
    **dict.fromkeys((34, 35, 36), "mini"),
}
"""SMBIOS 3.6, table 17 (system enclosure types) to our words; 1 and 2 say "other" and "unknown"."""


class DmiIdentity(Probe[Tree]):
    """The SMBIOS strings that the kernel shows; the serials to root only. ARM boards have a device tree instead."""

    name = "dmi"
    part = Part.IDENTITY
    feeds = ("serial", "board_serial", "system_uuid", "asset_tag", "maker", "model", "chassis")
    question = Files(
        read=(*(f"{FOLDER}/{field}" for field in FIELDS), f"{TREE}/model", f"{TREE}/serial-number"),
    )

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` where the machine shows neither SMBIOS nor a device tree."""
        value = {field: answer.text(f"{FOLDER}/{field}") for field in FIELDS}
        if not any(value.values()):
            return self._board(answer)
        refused = any(path.startswith(FOLDER) for path in answer.denied)
        return Found(
            identity=Identity(
                hostname="",
                serial=value["product_serial"],
                board_serial=value["board_serial"],
                system_uuid=value["product_uuid"].lower(),
                asset_tag=value["chassis_asset_tag"],
            ),
            hardware=Hardware(
                maker=filled(value["sys_vendor"]) or filled(value["board_vendor"]),
                model=model(value["sys_vendor"], value["product_name"], value["product_version"])
                or filled(value["board_name"]),
                chassis=CHASSIS.get(int(value["chassis_type"] or 0), ""),
            ),
            unread=("serial numbers: not permitted, they are shown to root only",) if refused else (),
        )

    def _board(self, answer: Tree) -> Found:
        name = answer.text(f"{TREE}/model")
        if not name:
            raise QuestionFailed("this machine shows no SMBIOS data and no device tree")
        return Found(
            identity=Identity(hostname="", serial=answer.text(f"{TREE}/serial-number")),
            hardware=Hardware(maker=name.split(" ", 1)[0], model=name),
        )


def filled(text: str) -> str:
    """A maker's text, or nothing where the maker wrote a placeholder."""
    return "" if text.lower() in BLANKS else text


def model(maker: str, product: str, version: str) -> str:
    """The name that people use: Lenovo writes it as the "version" and an order number ("20QDCTO1WW") as the name."""
    if maker.lower() == "lenovo" and " " in version:
        return version
    return filled(product)
