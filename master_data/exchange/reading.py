"""A file of any form → its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from master_data.exchange.csv_reading import read_csv
from master_data.exchange.dangers import form_of
from master_data.exchange.limits import LIMITS, Limits
from master_data.exchange.tabular import Content, Form
from master_data.exchange.xls_reading import read_xls
from master_data.exchange.xlsx_reading import read_xlsx

READERS: Mapping[Form, Callable[[Path, Limits], Content]] = {"xlsx": read_xlsx, "xls": read_xls, "csv": read_csv}


def read_file(path: Path, limits: Limits = LIMITS) -> Content:
    """By what the file is, whatever its name says. Raises what `form_of` and the readers refuse."""
    return READERS[form_of(path, limits)](path, limits)
