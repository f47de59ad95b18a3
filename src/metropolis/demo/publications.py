"""The publications of the network: no more is said of them than is known, so their licence stays unknown."""

from metropolis.demo.files import read
from metropolis.demo.initiatives import NETWORK
from metropolis.demo.people import Accounts
from metropolis.foundation.documents.operations import add_publication, set_publication_visibility
from metropolis.foundation.documents.values import PublicationInput
from metropolis.foundation.records.values import Visibility


class PublicationRow(PublicationInput):
    """A row of `publications.json`."""

    slug: str


def publication_rows() -> list[PublicationRow]:
    """Every publication of the demonstration."""
    return [PublicationRow.model_validate(row) for row in read("publications.json")]


def load_publication(row: PublicationRow, accounts: Accounts) -> None:
    """Add a publication and publish it, as the secretariat."""
    actor = accounts.secretariat
    content = PublicationInput.model_validate(row.model_dump(exclude={"slug"}))
    add_publication(initiative=NETWORK, actor=actor, content=content, slug=row.slug)
    set_publication_visibility(slug=row.slug, actor=actor, visibility=Visibility.PUBLIC)
