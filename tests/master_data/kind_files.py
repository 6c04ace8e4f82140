"""Kinds for tests, written as a plant would write them."""

from __future__ import annotations

from pathlib import Path

from master_data.kind import Kind, read_kinds

PART = """kind: part
label: {zh: 零件, en: Part}
owner: erp
code:
  segments:
    - {type: class}
    - {type: text, text: "-"}
    - {type: date, format: YYMM}
    - {type: number, width: 3, start: 10}
    - {type: attribute, attribute: control, values: {none: N, lot: L, serial: S}}
    - {type: check, method: luhn36}
  alphabet: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
  max_length: 14
attributes:
  - {name: class, type: class, mandatory: true, zh: 分类, en: Class}
  - {name: control, type: choice, values: [none, lot, serial], mandatory: true, zh: 管理方式, en: Control}
classes:
  - {code: "01", zh: 原材料, en: Raw, classes: [{code: "0101", zh: 棒材, en: Bar}, {code: "0102", zh: 板材, en: Plate}]}
  - {code: "02", zh: 外购件, en: Bought}
"""
FAULT = """kind: fault
label: {zh: 故障代码, en: Fault code}
owner: eam
code:
  segments: [{type: text, text: E}, {type: number, width: 2}]
"""


def write(folder: Path, text: str, name: str) -> Path:
    """The folder, with the file in it."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def make_kind(folder: Path, text: str) -> Kind:
    """The kind of a file."""
    name = text.split("kind: ", 1)[1].split("\n", 1)[0]
    return read_kinds(write(folder, text, f"{name}.yaml"))[name]
