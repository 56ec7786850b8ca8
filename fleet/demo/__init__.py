"""The demonstration: an invented district that goes in through the same doors as a real one."""
