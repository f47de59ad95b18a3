"""The addresses of barometers."""

from django.urls import path

from metropolis.tools.barometer import pages

app_name = "barometer"
# Slugs may hold letters of any script, which Django's slug converter does not take; the code of a unit whatever its
# makers call it by, such as "Bergen/NO".
urlpatterns = [
    path("", pages.barometers, name="barometers"),
    path("add/", pages.add, name="add"),
    path("questionnaire/", pages.questionnaire, name="questionnaire"),
    path("questionnaire/xlsform/", pages.xlsform, name="xlsform"),
    path("<str:slug>/make/", pages.make, name="make"),
    path("<str:slug>/make/change/", pages.change, name="change"),
    path("<str:slug>/make/translate/", pages.translate, name="translate"),
    path("<str:slug>/make/visibility/", pages.set_visibility, name="set_visibility"),
    path("<str:slug>/make/delete/", pages.delete, name="delete"),
    path("<str:slug>/", pages.barometer, name="barometer"),
    path("<str:slug>/<slug:label>/", pages.edition, name="edition"),
    path("<str:slug>/<slug:label>/make/", pages.make_edition, name="make_edition"),
    path("<str:slug>/<slug:label>/make/tables/", pages.make_tables, name="make_tables"),
    path("<str:slug>/<slug:label>/make/tables/<slug:name>.csv", pages.table_template, name="table_template"),
    path("<str:slug>/<slug:label>/make/report/", pages.make_report, name="make_report"),
    path("<str:slug>/<slug:label>/make/report/<slug:name>.csv", pages.report_file, name="report_file"),
    path("<str:slug>/<slug:label>/make/cities/", pages.make_cities, name="make_cities"),
    path("<str:slug>/<slug:label>/make/method/", pages.make_method, name="make_method"),
    path("<str:slug>/<slug:label>/make/method/recipe/", pages.make_recipe, name="make_recipe"),
    path("<str:slug>/<slug:label>/make/method/breaks/", pages.make_breaks, name="make_breaks"),
    path("<str:slug>/<slug:label>/make/survey/", pages.make_survey, name="make_survey"),
    path("<str:slug>/<slug:label>/make/text/", pages.make_text, name="make_text"),
    path("<str:slug>/<slug:label>/make/undo/", pages.undo, name="undo"),
    path("<str:slug>/<slug:label>/make/state/", pages.set_state, name="set_state"),
    path("<str:slug>/<slug:label>/make/publish/", pages.publish, name="publish"),
    path("<str:slug>/<slug:label>/make/delete/", pages.delete_edition, name="delete_edition"),
    path("<str:slug>/<slug:label>/comments/", pages.comments, name="comments"),
    path("<str:slug>/<slug:label>/comments/<int:id>/answer/", pages.answer, name="answer"),
    path("<str:slug>/<slug:label>/compare/", pages.compare, name="compare"),
    path("<str:slug>/<slug:label>/cities/<path:unit>/", pages.unit, name="unit"),
    path("<str:slug>/<slug:label>/cities/<path:unit>/report.pdf", pages.report, name="report"),
    path("<str:slug>/<slug:label>/framework/", pages.framework, name="framework"),
    path("<str:slug>/<slug:label>/framework/ranking/", pages.reweighed, name="reweighed"),
    path("<str:slug>/<slug:label>/sensitivity/", pages.sensitivity, name="sensitivity"),
    path("<str:slug>/<slug:label>/method/", pages.method, name="method"),
    path("<str:slug>/<slug:label>/data/", pages.data, name="data"),
    path("<str:slug>/<slug:label>/download/<str:name>", pages.download, name="download"),
]
