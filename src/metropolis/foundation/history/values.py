"""What the deeds of the history are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

#: What was done, by an operation's name or by its first word.
_DEEDS: Mapping[str, Promise] = {
    "accept": gettext_lazy("Accepted"),
    "add": gettext_lazy("Added"),
    "answer": gettext_lazy("Answered"),
    "answer_comment": gettext_lazy("A comment answered"),
    "approve": pgettext_lazy("a request", "Approved"),
    "ask": gettext_lazy("Asked"),
    "begin": pgettext_lazy("edition", "Begun"),
    "change": gettext_lazy("Changed"),
    "close": gettext_lazy("Ended"),
    "close_account": gettext_lazy("Deleted"),
    "comment": gettext_lazy("Commented on"),
    "confirm": gettext_lazy("Confirmed"),
    "connect": gettext_lazy("Added"),
    "decline": pgettext_lazy("a request", "Declined"),
    "delete": gettext_lazy("Deleted"),
    "discard": gettext_lazy("Removed"),
    "dismiss": pgettext_lazy("reported problem", "Dismissed"),
    "end": gettext_lazy("Ended"),
    "export": gettext_lazy("Data taken along"),
    "give": gettext_lazy("Given"),
    "give_up_domain": gettext_lazy("Removed"),
    "import": gettext_lazy("Imported"),
    "invite": gettext_lazy("Invited"),
    "join": gettext_lazy("A member joined"),
    "keep": gettext_lazy("Kept"),
    "leave": gettext_lazy("A member left"),
    "lose": gettext_lazy("Removed"),
    "make": gettext_lazy("Changed"),
    "open": gettext_lazy("Opened"),
    "publish": gettext_lazy("Published"),
    "register": gettext_lazy("Added"),
    "remove": gettext_lazy("A member left"),
    "remove_authenticator_app": gettext_lazy("Removed"),
    "remove_passkey": gettext_lazy("Removed"),
    "reopen": gettext_lazy("Changed"),
    "report": gettext_lazy("Reported"),
    "resend": gettext_lazy("Invited"),
    "resolve": pgettext_lazy("reported problem", "Resolved"),
    "retry": gettext_lazy("Tried again"),
    "review": gettext_lazy("Reviewed"),
    "revise": gettext_lazy("Changed"),
    "revoke": gettext_lazy("Withdrawn"),
    "save": gettext_lazy("Added"),
    "set": gettext_lazy("Settings changed"),
    "settle": pgettext_lazy("reported problem", "Settled"),
    "sign": gettext_lazy("Signed in"),
    "start": gettext_lazy("Started"),
    "stop": gettext_lazy("Stopped"),
    "suggest": gettext_lazy("Suggested"),
    "switch": gettext_lazy("Tools changed"),
    "translate": gettext_lazy("Translated"),
    "undo": gettext_lazy("The last change undone"),
    "validate": gettext_lazy("Confirmed"),
    "verify": gettext_lazy("Confirmed"),
    "void": gettext_lazy("Removed"),
    "withdraw": gettext_lazy("Withdrawn"),
    "write": gettext_lazy("Written"),
}


def deed_name(verb: str) -> str:
    """What a deed is called in the reader's language; the verb itself if it has no name.

    >>> deed_name("sign_in"), deed_name("change_need")
    ('Signed in', 'Changed')
    """
    return str(_DEEDS.get(verb) or _DEEDS.get(verb.partition("_")[0]) or verb)
