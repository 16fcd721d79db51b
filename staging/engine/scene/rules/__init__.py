"""What stands where, room type by room type."""
