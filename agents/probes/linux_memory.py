"""Linux: the installed memory as the kernel knows it, where dmidecode does not say it by modules."""

from agents.probe import Call, Files, Found, Part, Probe, Tree
from agents.report import Hardware

BLOCKS = "sys/devices/system/memory"


class MemoryBlocks(Probe[Tree]):
    """Memory blocks that are online: what is installed to within one block, the firmware's own share included.

    A lower bound of truth: graphics memory taken before the kernel starts is not in it. 32-bit and many ARM kernels
    keep no blocks; then this says nothing and `MemoryTotal` does.
    """

    name = "memory-blocks"
    part = Part.HARDWARE
    feeds = ("memory",)
    question = Files(read=(f"{BLOCKS}/block_size_bytes", f"{BLOCKS}/memory*/online"))

    def parse(self, answer: Tree) -> Found:
        """The block size is hexadecimal without a mark."""
        size = answer.text(f"{BLOCKS}/block_size_bytes")
        online = sum(answer.text(path) == "1" for path in answer.files if path.endswith("/online"))
        return Found(hardware=Hardware(memory=int(size, 16) * online or None)) if size else Found()


class MemoryTotal(Probe[int]):
    """MemTotal, what is left after firmware and kernel: some per cent below what is installed. The last resort."""

    name = "memory-total"
    part = Part.HARDWARE
    feeds = ("memory",)
    question = Call("memory")

    def parse(self, answer: int) -> Found:
        """Bytes."""
        return Found(hardware=Hardware(memory=answer))
