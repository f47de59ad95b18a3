"""Answering the human check in tests, also of other rooms: they know the secret key."""

import re

from metropolis.foundation.human_check.values import Challenge


def right_reply() -> dict[str, str]:
    """The fields of a form that answer a fresh challenge rightly."""
    challenge = Challenge.new()
    return {"human_check_token": challenge.token, "human_check": challenge.answer}


def token_in(page: str) -> str:
    """The token of the challenge that a page shows."""
    found = re.search(r'name="human_check_token" value="([^"]+)"', page)
    assert found, "the page shows no human check"
    return found[1]


def answer_to(page: str) -> str:
    """The answer to the challenge that a page shows."""
    return Challenge.of(token_in(page)).answer
