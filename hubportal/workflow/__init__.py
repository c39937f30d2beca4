"""State, once: each stateful model has one table of transitions, and each verb is one method.

`table` says what a transition is, `models` what a stateful model and its events are.
"""
