"""State, once: each stateful model has one table of transitions, and each verb is one method (README.md)."""

from hubportal.workflow.models import Stateful, TransitionEvent, known_status, stateful_models
from hubportal.workflow.table import Step, Transition, TransitionError

__all__ = [
    "Stateful",
    "Step",
    "Transition",
    "TransitionError",
    "TransitionEvent",
    "known_status",
    "stateful_models",
]
