"""What the exchange of workbooks refuses, each with a code whose sentence is in `hub.texts.exchange`."""

from __future__ import annotations

from hub.errors import DataError


class FileEmpty(DataError):
    """facts file."""

    code = "file-empty"


class FileTooLarge(DataError):
    """facts file, what (bytes, unpacked bytes, parts, columns), size, limit."""

    code = "file-too-large"


class ZipBomb(DataError):
    """facts file, part, size, packed."""

    code = "zip-bomb"


class FileBroken(DataError):
    """facts file, what."""

    code = "file-broken"


class FileEncrypted(DataError):
    """facts file."""

    code = "file-encrypted"


class MacrosRefused(DataError):
    """facts file, part."""

    code = "macros-refused"


class FormUnknown(DataError):
    """Neither xlsx, xls nor csv: facts file, form."""

    code = "form-unknown"


class NotText(DataError):
    """A csv in no encoding that is read: facts file, row."""

    code = "file-not-text"


class TooManyRows(DataError):
    """facts file, limit."""

    code = "too-many-rows"


class HeaderMissing(DataError):
    """No sheet has a row of headers with the code: facts file, kind, wanted, rows."""

    code = "header-missing"


class HeaderTwice(DataError):
    """facts file, sheet, first, second, field."""

    code = "header-twice"


class SheetsAlike(DataError):
    """Several sheets have the header: facts file, sheets."""

    code = "sheets-alike"


class NoSuchSheet(DataError):
    """facts file, sheet, known."""

    code = "no-such-sheet"


class SystemUnknown(DataError):
    """A column of local codes names a system that is not connected: facts file, system, known."""

    code = "system-unknown"


class RowsRefused(DataError):
    """An import that is all or nothing has rows with errors: facts file, rows."""

    code = "rows-refused"


class NothingToImport(DataError):
    """facts file, rows."""

    code = "nothing-to-import"


class NoSuchImport(DataError):
    """facts number."""

    code = "no-such-import"


class ImportStands(DataError):
    """An import is not in the state that what is asked for needs: facts number, state, wanted."""

    code = "import-stands"


class FileChanged(DataError):
    """The file is not the one that was checked: facts file."""

    code = "file-changed"


class KeptChanged(DataError):
    """A row is not undone: facts kind, value, now."""

    code = "kept-changed"


class KeptLocal(DataError):
    """A row is not undone: facts kind, value, local."""

    code = "kept-local"


class KeptReferred(DataError):
    """A new code was made obsolete, not taken back: facts kind, value."""

    code = "kept-referred"
