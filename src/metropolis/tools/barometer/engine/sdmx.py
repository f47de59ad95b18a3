"""Writing a table as SDMX-CSV 2.0, which statistical offices exchange."""

import csv
import io
import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.table import Table

#: What a server says the text is.
MEDIA_TYPE = "application/vnd.sdmx.data+csv; version=2.0.0"
#: Agency, artefact and version: what SDMX's identifiers may hold.
_STRUCTURE = re.compile(r"[A-Za-z][\w\-.]*:[\w@$\-]+\(\d+(\.\d+){0,2}\)")
_KEY = ("STRUCTURE", "STRUCTURE_ID", "ACTION", "REF_AREA", "INDICATOR")


def sdmx_csv(
    table: Table,
    *,
    structure: str = "METROPOLIS:BAROMETER(1.0)",
    measured_in: Mapping[str, str] | None = None,
    year: int | None = None,
    imputed: NDArray[np.bool_] | None = None,
) -> str:
    """A table as SDMX-CSV 2.0: an observation a line, in full precision; `read_data` gives the same table.

    `structure` names the dataflow as AGENCY:ID(VERSION), `measured_in` the unit of measure of each column, `year` that
    of a table of one year. OBS_STATUS is A for a normal value, I where `imputed` (shape of the values) says so, O where
    there is none. SDMX-CSV Data Message 2.0 (SDMX 3.0); its code list CL_OBS_STATUS.

    >>> print(sdmx_csv(Table(("Lima",), ("beds",), np.array([[1.5]])), measured_in={"beds": "%"}, year=2024), end="")
    STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE
    dataflow,METROPOLIS:BAROMETER(1.0),I,Lima,beds,2024,1.5,A,%
    """
    if not _STRUCTURE.fullmatch(structure):
        raise InvalidInput(f"{structure!r} is not of the form AGENCY:ID(VERSION).", field="structure")
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    times: tuple[int | None, ...] = table.times or (year,) * len(table.units)
    period = ("TIME_PERIOD",) if table.times or year is not None else ()
    writer.writerow((*_KEY, *period, "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE"))
    measures = [(measured_in or {}).get(code, "") for code in table.columns]
    status = np.where(np.isnan(table.values), "O", "A" if imputed is None else np.where(imputed, "I", "A"))
    for unit, time, values, marks in zip(table.units, times, table.values.tolist(), status.tolist(), strict=True):
        when = (time,) if period else ()
        for code, value, mark, measure in zip(table.columns, values, marks, measures, strict=True):
            shown = "" if mark == "O" else repr(value)
            writer.writerow(("dataflow", structure, "I", unit, code, *when, shown, mark, measure))
    return told.getvalue()
