"""The fleet that tasks need, at the least cost: a packing of container instances with a proven lower bound."""
