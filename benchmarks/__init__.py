"""Measurements of what a user feels, each against a goal.

``python -m benchmarks`` runs them all, ``python -m benchmarks start`` those that are named. Each writes its figures to
``benchmarks/results/NAME.json``; the README.md here says what they mean. They are no tests: a busy machine is no fault.
"""
