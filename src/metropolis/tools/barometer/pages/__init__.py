"""The pages of barometers."""

from metropolis.tools.barometer.pages.commenting import answer, comments
from metropolis.tools.barometer.pages.comparing import compare
from metropolis.tools.barometer.pages.data import data
from metropolis.tools.barometer.pages.downloads import download
from metropolis.tools.barometer.pages.drafting import (
    delete_edition,
    make_breaks,
    make_edition,
    make_method,
    make_recipe,
    make_text,
    publish,
    set_state,
    undo,
)
from metropolis.tools.barometer.pages.exploring import framework, reweighed, sensitivity
from metropolis.tools.barometer.pages.making import add, change, delete, make, set_visibility
from metropolis.tools.barometer.pages.method import method
from metropolis.tools.barometer.pages.printing import report
from metropolis.tools.barometer.pages.profile import unit
from metropolis.tools.barometer.pages.questionnaire import questionnaire, xlsform
from metropolis.tools.barometer.pages.reading import barometer, barometers, edition
from metropolis.tools.barometer.pages.translating import translate
from metropolis.tools.barometer.pages.uploading import (
    make_cities,
    make_report,
    make_survey,
    make_tables,
    report_file,
    table_template,
)

__all__ = [
    "add",
    "answer",
    "barometer",
    "barometers",
    "change",
    "comments",
    "compare",
    "data",
    "delete",
    "delete_edition",
    "download",
    "edition",
    "framework",
    "make",
    "make_breaks",
    "make_cities",
    "make_edition",
    "make_method",
    "make_recipe",
    "make_report",
    "make_survey",
    "make_tables",
    "make_text",
    "method",
    "publish",
    "questionnaire",
    "report",
    "report_file",
    "reweighed",
    "sensitivity",
    "set_state",
    "set_visibility",
    "table_template",
    "translate",
    "undo",
    "unit",
    "xlsform",
]
