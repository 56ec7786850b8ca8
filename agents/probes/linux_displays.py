"""Linux: attached displays, from the EDID that each connector read."""

from agents.edid import read_edid
from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Hardware

FOLDER = "sys/class/drm"


class Displays(Probe[Tree]):
    """Displays in the order of their connectors; a display that is off at the switch is not seen."""

    name = "displays"
    part = Part.HARDWARE
    feeds = ("displays",)
    question = Files(read=(f"{FOLDER}/*/edid",), names=(FOLDER,))

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` where the kernel drives no display at all, which it does not on a server either."""
        if FOLDER not in answer.names:
            raise QuestionFailed("the kernel drives no graphics adapter, so it has seen no displays")
        displays, unread = [], []
        for path, blob in sorted(answer.files.items()):
            if not blob:
                continue  # nothing is attached
            try:
                displays.append(read_edid(blob))
            except ValueError as problem:
                unread.append(f"{path.split('/')[-2]}: {problem}")
        return Found(hardware=Hardware(displays=tuple(displays)), unread=tuple(unread))
