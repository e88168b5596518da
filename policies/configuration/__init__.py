"""Enforcement presets, and the merging of a preset with a team's files: `python -m policies.configuration --help`.

The pack itself needs none of it: the engine reads the one file that comes of it.
"""
