"""What became of creations whose answer a killed run never heard: how AWS is asked for them, and what to make of it."""
