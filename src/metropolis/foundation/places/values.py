"""What the codes in a city's context mean, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INCOME_GROUPS: dict[str, Promise] = {
    "low": _("Low income"),
    "lower_middle": _("Lower middle income"),
    "upper_middle": _("Upper middle income"),
    "high": _("High income"),
}

METROPOLITAN_FORMS: dict[str, Promise] = {
    "elected": _("A metropolitan body that is directly elected"),
    "joint": _("A joint body of the municipalities"),
    "single": _("One municipality for the whole area"),
    "higher": _("A regional or state government"),
    "none": _("No body for the whole area"),
}

CLIMATES: dict[str, Promise] = {
    "Af": _("Tropical, rain all year"),
    "Am": _("Tropical, monsoon"),
    "As": _("Tropical, dry summer"),
    "Aw": _("Tropical, dry winter"),
    "BSh": _("Hot steppe"),
    "BSk": _("Cold steppe"),
    "BWh": _("Hot desert"),
    "BWk": _("Cold desert"),
    "Cfa": _("Temperate, no dry season, hot summer"),
    "Cfb": _("Temperate, no dry season, warm summer"),
    "Cfc": _("Temperate, no dry season, cool summer"),
    "Csa": _("Temperate, dry and hot summer"),
    "Csb": _("Temperate, dry and warm summer"),
    "Csc": _("Temperate, dry and cool summer"),
    "Cwa": _("Temperate, dry winter, hot summer"),
    "Cwb": _("Temperate, dry winter, warm summer"),
    "Cwc": _("Temperate, dry winter, cool summer"),
    "Dfa": _("Cold winter, no dry season, hot summer"),
    "Dfb": _("Cold winter, no dry season, warm summer"),
    "Dfc": _("Cold winter, no dry season, cool summer"),
    "Dfd": _("Severe winter, no dry season"),
    "Dsa": _("Cold winter, dry and hot summer"),
    "Dsb": _("Cold winter, dry and warm summer"),
    "Dsc": _("Cold winter, dry and cool summer"),
    "Dsd": _("Severe winter, dry summer"),
    "Dwa": _("Cold and dry winter, hot summer"),
    "Dwb": _("Cold and dry winter, warm summer"),
    "Dwc": _("Cold and dry winter, cool summer"),
    "Dwd": _("Severe and dry winter"),
    "EF": _("Ice"),
    "ET": _("Tundra"),
}
