"""What holds for every file: one subject, a line that says what is in it, nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import all_files, files, name

LONGEST = 300
LONGER: dict[str, str] = {
    "hub/migrations/versions/r0001_first_tables.py": "a migration is one step, however many tables it makes",
}
"""Files that are longer, and why that reads better."""

PACKAGES = ("hub", "master_data", "connectors", "bench", "tests")
FOREIGN = re.compile(r"(?<![\w./-])/(?:work|home|root|Users)/\w|(?<![\w./])/tmp/\w|:(?:29092|55432)\b", re.ASCII)
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|index-url|repo1?\.maven|mirrors?\.|npmjs|docker\.io", re.IGNORECASE)
UNFINISHED = re.compile(r"#.*\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError")


def test_no_file_holds_two_subjects() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files(*PACKAGES, ending=".py")}
    long = {path for path, length in lengths.items() if length > LONGEST and not path.startswith("tests/")}
    assert long <= set(LONGER), "split what has two subjects, or say here why not"
    assert {path for path in LONGER if lengths.get(path, 0) > LONGEST} == set(LONGER), "an exception that is needed no more"


def test_every_module_says_what_is_in_it() -> None:
    silent = []
    for path in files(*PACKAGES, ending=".py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(name(path))
    assert not silent


@pytest.mark.parametrize("pattern", [FOREIGN, REGISTRIES], ids=["machine", "registries"])
def test_no_file_knows_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    assert not _found(pattern)


def test_nothing_is_left_unfinished() -> None:
    assert not _found(UNFINISHED)


def _found(pattern: re.Pattern[str]) -> list[str]:
    here = "tests/architecture/test_files.py"
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in all_files()
        if name(path) != here
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
