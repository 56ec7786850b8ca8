"""Linux: the battery, from /sys/class/power_supply."""

from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Battery, Hardware, Vitals

FOLDER = "sys/class/power_supply"
FIELDS = (
    "type",
    "scope",
    "present",
    "cycle_count",
    "energy_full",
    "energy_full_design",
    "charge_full",
    "charge_full_design",
)


class MainBattery(Probe[Tree]):
    """The first battery of the machine itself; mice and pens have batteries too, of the scope "Device"."""

    name = "battery"
    part = Part.HARDWARE
    feeds = ("battery",)
    question = Files(read=tuple(f"{FOLDER}/*/{field}" for field in FIELDS), names=(FOLDER,))

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` where the kernel knows no power supplies."""
        if FOLDER not in answer.names:
            raise QuestionFailed("the kernel shows no power supplies")
        for name in answer.below(FOLDER):
            value = {field: answer.text(f"{FOLDER}/{name}/{field}") for field in FIELDS}
            if value["type"] == "Battery" and value["scope"] != "Device" and value["present"] != "0":
                cycles = int(value["cycle_count"] or 0) or None  # 0 is what a battery says that does not count
                return Found(
                    hardware=Hardware(battery=True), vitals=Vitals(battery=Battery(health=health(value), cycles=cycles))
                )
        return Found(hardware=Hardware(battery=False))


def health(value: dict[str, str]) -> int | None:
    """What it still holds of what it was built to hold, in per cent; energy (Wh) where told, else charge (Ah)."""
    for unit in ("energy", "charge"):
        full, design = value[f"{unit}_full"], value[f"{unit}_full_design"]
        if full and design and int(design) > 0:
            return round(100 * int(full) / int(design))
    return None
