"""An edition with all that was computed of it, as one viewer may read it."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.workspaces.access import Workspace
from metropolis.tools.barometer.engine.figures import Figures, YearFigures
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.computed import figures_of, index_of, material_of
from metropolis.tools.barometer.queries.wording import ORIGINAL, Wording


@dataclass(frozen=True)
class OpenEdition:
    """An edition as one viewer may read it, in the year wanted (the last one if in none), in the words of `wording`."""

    edition: Edition
    workspace: Workspace
    wanted_year: int | None
    wording: Wording = ORIGINAL

    @cached_property
    def material(self) -> Material:
        """What the edition is made of."""
        return material_of(self.edition)

    @cached_property
    def framework(self) -> Framework:
        """The tree of nodes, with the weights as given."""
        _data, framework = self.material.parts()
        return self.wording.framework(framework)

    @cached_property
    def used_framework(self) -> Framework:
        """The tree with the weights the edition was computed with, which a step of its recipe may have set."""
        return self.wording.framework(index_of(self.edition).framework)

    @cached_property
    def figures(self) -> Figures:
        """What was computed; `NotFound` says what is missing, for pages that show nothing else."""
        found = figures_of(self.edition)
        if found is None:
            raise NotFound(self.edition.problem or _("This edition has no figures yet."), field="edition")
        return found

    @property
    def shown(self) -> YearFigures:
        """The figures of the year asked for."""
        return self.figures.of_year(self.wanted_year)

    @property
    def may_make(self) -> bool:
        """Whether the viewer is one of its makers."""
        return self.workspace.allows("barometer.change_edition", author=self.edition.barometer.author)
