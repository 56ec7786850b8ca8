"""◇ EDID, the 128 bytes in which a display says what it is: maker, model, preferred mode, size."""

import math
from collections.abc import Iterator

from agents.report import Display

HEADER = b"\x00\xff\xff\xff\xff\xff\xff\x00"
NAME, TEXT = 0xFC, 0xFE

# The makers found in school labs, by their three-letter PNP id (UEFI Forum's list; own knowledge). Others keep the id.
MAKERS = {
    "AAC": "AcerView",
    "ACI": "Asus",
    "ACR": "Acer",
    "APP": "Apple",
    "AUO": "AU Optronics",
    "AUS": "Asus",
    "BNQ": "BenQ",
    "BOE": "BOE",
    "CMN": "Chimei Innolux",
    "CMO": "Chi Mei",
    "DEL": "Dell",
    "ELO": "Elo",
    "ENC": "Eizo",
    "EPI": "Envision",
    "GSM": "LG",
    "HPN": "HP",
    "HWP": "HP",
    "IVM": "Iiyama",
    "LEN": "Lenovo",
    "LGD": "LG Display",
    "MSI": "MSI",
    "NEC": "NEC",
    "PHL": "Philips",
    "SAM": "Samsung",
    "SDC": "Samsung Display",
    "SEC": "Seiko Epson",
    "SHP": "Sharp",
    "SNY": "Sony",
    "VIZ": "Vizio",
    "VSC": "ViewSonic",
    "WAC": "Wacom",
}


def read_edid(blob: bytes) -> Display:
    """The display that this EDID describes; raises `ValueError` on a cut, foreign or damaged one."""
    if len(blob) < 128:
        raise ValueError(f"EDID of {len(blob)} bytes, 128 expected")
    block = blob[:128]
    if block[:8] != HEADER:
        raise ValueError("not an EDID: its header is wrong")
    if sum(block) % 256:
        raise ValueError("EDID with a wrong checksum")
    pnp = _maker(block)
    width, height, size = _preferred(block)
    return Display(
        maker=MAKERS.get(pnp, pnp),
        model=_model(block) or f"{pnp} {int.from_bytes(block[10:12], 'little'):04x}",
        width=width,
        height=height,
        diagonal=_diagonal(*_size(size, (block[21] * 10, block[22] * 10))),
    )


def _maker(block: bytes) -> str:
    """Three letters of five bits each, `A` is 1."""
    packed = int.from_bytes(block[8:10], "big")
    return "".join(chr(64 + (packed >> shift & 31)) for shift in (10, 5, 0))


def _descriptors(block: bytes) -> Iterator[bytes]:
    for start in range(54, 126, 18):
        yield block[start : start + 18]


def _texts(block: bytes, tag: int) -> Iterator[str]:
    for part in _descriptors(block):
        if part[:3] == b"\x00\x00\x00" and part[3] == tag:
            text = part[5:].split(b"\n", 1)[0].decode("ascii", errors="replace").strip(" \0")
            if text and text.isprintable() and text.isascii():  # panels put tables of voltages where a text belongs
                yield text


def _model(block: bytes) -> str:
    """The name, which a few makers spread over two descriptors; panels of laptops have none, their last text is it."""
    return " ".join(_texts(block, NAME)) or (list(_texts(block, TEXT)) or [""])[-1]


def _preferred(block: bytes) -> tuple[int | None, int | None, tuple[int, int]]:
    """Pixels and image size (mm) of the first detailed timing, which is the preferred one; old tubes have none."""
    part = block[54:72]
    if part[:2] == b"\x00\x00":
        return None, None, (0, 0)
    width = part[2] | (part[4] & 0xF0) << 4
    height = part[5] | (part[7] & 0xF0) << 4
    if part[17] & 0x80:  # interlaced: the lines of one field only are counted
        height *= 2
    return width, height, (part[12] | (part[14] & 0xF0) << 4, part[13] | (part[14] & 0x0F) << 8)


def _size(exact: tuple[int, int], rough: tuple[int, int]) -> tuple[int, int]:
    """The image size in mm. Some makers write an aspect (16:9, 160:90) where the millimetres belong; then the
    whole centimetres of the base block are nearer, and where both are missing (projectors) nothing is known."""
    if min(exact) >= 50 and (not min(rough) or all(abs(a - b) <= 15 for a, b in zip(exact, rough, strict=True))):
        return exact
    return rough if min(rough) else (0, 0)


def _diagonal(width: int, height: int) -> int | None:
    """Tenths of an inch."""
    return round(math.hypot(width, height) / 25.4 * 10) or None
