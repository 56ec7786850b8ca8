"""Sets of devices by their ids: compressed bitmaps, a million in kilobytes. Pure."""

from pyroaring import FrozenBitMap as DeviceSet

__all__ = ["NO_DEVICES", "DeviceSet"]

NO_DEVICES = DeviceSet()
