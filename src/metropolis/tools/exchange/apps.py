"""The card of the exchange tool."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.values import Listing, PersonalData, PublicKind
from metropolis.foundation.workspaces.values import Right, Role

#: Each kind with its title, the title of several, and what schema.org calls it.
KINDS = (
    ("need", _("Need"), _("Needs"), "Demand"),
    ("offer", _("Offer"), pgettext_lazy("several offers", "Offers"), "Offer"),
)
NEEDS = {
    "exchange.add_need": Right(Role.CONTRIBUTOR, _("Add a need or an offer")),
    "exchange.change_need": Right(Role.COORDINATOR, _("Change a need or an offer")),
    "exchange.publish_need": Right(Role.COORDINATOR, _("Choose who may see a need or an offer")),
    "exchange.delete_need": Right(Role.COORDINATOR, _("Delete a need or an offer")),
}


class ExchangeConfig(AppConfig):
    """A city asks, and finds what worked, who runs it and who can help."""

    name = "metropolis.tools.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.following.cards import FollowableKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.tools.exchange import operations, queries  # noqa: PLC0415
        from metropolis.tools.exchange.pages import listings  # noqa: PLC0415

        self.state = queries.index_state
        self.warm_up = queries.warm_up
        self.personal_data = (
            PersonalData("exchange.Need.author", _("Needs and offers you wrote"), forget=operations.forget_person),
            PersonalData(
                "exchange.SavedSearch.person", _("Searches you saved"), ("name", "query", "created_at", "updated_at")
            ),
        )
        self.cards = (
            ToolCard(
                slug="exchange",
                title=_("Exchange"),
                purpose=_("What cities want and can give, matched with everything the network knows."),
                needs=NEEDS,
                kinds=tuple(
                    RecordKind(
                        kind, title, plural, partial(queries.findable, kind), partial(queries.visible_keys, kind)
                    )
                    for kind, title, plural, _schema in KINDS
                ),
                panel=queries.panel,
            ),
        )
        self.followable_kinds = (
            FollowableKind("city", queries.described_cities),
            FollowableKind("topic", partial(queries.described_terms, "topic")),
            FollowableKind("theme", partial(queries.described_terms, "theme")),
            FollowableKind("search", queries.described_searches),
        )
        self.public_kinds = (
            *(
                PublicKind(
                    kind, "exchange:need", schema, partial(queries.findable, kind), partial(queries.addresses, kind)
                )
                for kind, _title, _plural, schema in KINDS
            ),
            PublicKind("city", "exchange:city", "City", queries.findable_cities, queries.city_addresses),
        )
        self.listings = (
            Listing("exchange:home", _("New in the network"), listings.newest, listings.points_found, {}),
            Listing("exchange:search", _("Search"), listings.found, listings.points_found, listings.OF_SEARCH),
            Listing("exchange:needs", _("Needs and offers"), listings.latest_needs, filters=listings.OF_NEEDS),
            Listing("exchange:city", _("City"), listings.of_city, listings.points_of_city, listings.OF_CITY),
        )
