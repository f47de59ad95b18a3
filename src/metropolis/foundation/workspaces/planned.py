"""The tools that initiatives have asked for and that are still to be built: only their words."""

from django.utils.translation import gettext_lazy as _

from metropolis.foundation.workspaces.cards import ToolCard

PLANNED = (
    ToolCard("fieldwork", _("Fieldwork"), _("Collect information with residents, from cheap phones and offline.")),
    ToolCard("map", _("Map"), _("Places, areas and networks of the initiative, with indicators over time.")),
    ToolCard("actions", _("Actions"), _("Strategies and actions by city and field, with owners, costs and readings.")),
    ToolCard("courses", _("Courses"), _("A catalogue of training with seats, enrolment, attendance and certificates.")),
    ToolCard("calls", _("Calls"), _("Open calls with guidelines, proposals, review and award.")),
    ToolCard("fund", _("Fund"), _("Pooled resources: commitments, a ledger and decisions.")),
    ToolCard("deliberation", _("Deliberation"), _("Statements, votes and consensus, at the scale of a city.")),
    ToolCard("committee", _("Committee"), _("Members, meetings, minutes, decisions and tasks.")),
    ToolCard("programme", _("Programme"), _("Events, workshops and activities.")),
    ToolCard("registry", _("Registry"), _("Associations, clubs, entrepreneurs and their projects.")),
    ToolCard("finance", _("Financing"), _("Instruments compared side by side for a project.")),
    ToolCard("guide", _("Guide"), _("Practices tested on a site and refined from the findings.")),
    ToolCard("greenways", _("Green ways"), _("Plan a network of green ways and follow what is built.")),
    ToolCard("transfers", _("Transfers"), _("Who adopted what from whom, confirmed by both cities.")),
)
