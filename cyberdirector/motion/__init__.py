"""Clips as such: operators, measures, retargeting and the library of moves."""
