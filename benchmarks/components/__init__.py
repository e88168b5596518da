"""What the components cost beside the same resources registered directly."""
