"""What the district has, and where: places, devices, software, and the evidence behind each fact."""
