"""Who may read what an expert has agreed to share."""

from typing import Literal

#: Somebody without an account; a member of the network; the expert and those who answer for the profile.
Reader = Literal["visitor", "member", "insider"]

_AUDIENCES: dict[Reader, tuple[str, ...]] = {"visitor": ("public",), "member": ("members", "public")}


def audiences(reader: Reader) -> tuple[str, ...]:
    """The audiences a reader belongs to, as a consent names them."""
    return _AUDIENCES.get(reader, ("members", "public"))


def may_read(audience: str | None, reader: Reader) -> bool:
    """Whether a reader may read a field shared with `audience`; None, when nothing was agreed to, keeps it private.

    >>> [may_read(audience, "member") for audience in (None, "members", "public")]
    [False, True, True]
    >>> [may_read(None, reader) for reader in ("visitor", "member", "insider")]
    [False, False, True]
    """
    return reader == "insider" or audience in audiences(reader)
