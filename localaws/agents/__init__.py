"""The parts that agents, service scheduler and managed scaling play on AWS: instances join, tasks are placed and run.

moto keeps the objects; here they follow from one another. After each call that changes something, `settle` brings
instances, tasks, targets, groups and counts to where AWS would have them in the end: no threads, no timers, and the
same calls give the same placement. What fits where is decided by `ecs_model`, as in every other part.
"""
