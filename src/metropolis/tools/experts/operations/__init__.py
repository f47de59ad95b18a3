"""Changing profiles: what they say, what is shared, what is validated, and asking an expert."""

from metropolis.tools.experts.operations.consent import give_consent, withdraw_consent
from metropolis.tools.experts.operations.profiles import (
    add_expert,
    change_expert,
    delete_expert,
    forget_person,
    set_expert_visibility,
)
from metropolis.tools.experts.operations.requests import ask_expert
from metropolis.tools.experts.operations.validation import validate_topic, withdraw_validation

__all__ = [
    "add_expert",
    "ask_expert",
    "change_expert",
    "delete_expert",
    "forget_person",
    "give_consent",
    "set_expert_visibility",
    "validate_topic",
    "withdraw_consent",
    "withdraw_validation",
]
