"""What a use case refuses, and why."""

from __future__ import annotations

from hub.errors import ConfigError, HubError


class Refused(HubError):
    """A use case cannot be carried out as asked."""

    code = "refused-use"


class NoSuchHold(Refused):
    """No held message has this number."""

    code = "no-such-hold"


class HoldClosed(Refused):
    """The held message has gone on, or was dropped, meanwhile."""

    code = "hold-closed"


class WaitsForMore(Refused):
    """A person's word alone does not free it: something else is still missing."""

    code = "waits-for-more"


class NotCorrectable(Refused):
    """Only a record that a source sent can be corrected and sent again."""

    code = "not-correctable"


class NoCorrection(Refused):
    """No corrected record of this held message waits for approval."""

    code = "no-correction"


class CorrectionOpen(Refused):
    """Another corrected record of this held message waits for approval already."""

    code = "correction-open"


class CorrectionOwn(Refused):
    """Nobody approves a correction of their own."""

    code = "correction-own"


class ReasonNeeded(Refused):
    """A change without a reason."""

    code = "reason-needed"


class NoSuchIncident(Refused):
    """No open incident has this number."""

    code = "no-such-incident"


class NoSuchSystem(Refused):
    """No system of that name is configured."""

    code = "no-such-system"


class NotStopped(Refused):
    """The system is running: there is nothing to resume."""

    code = "system-not-stopped"


class NothingFound(Refused):
    """Nobody knows this number."""

    code = "nothing-found"


class FileThere(ConfigError):
    """`hub init` never overwrites."""

    code = "file-there"


class DatabaseUnreachable(ConfigError):
    """Facts: `database` (without its password), `what`."""

    code = "database-unreachable"


class ConnectorFailed(ConfigError):
    """A connector raised what is no error of ours, and so says nothing to a person. Facts: `system`, `what`."""

    code = "connector-failed"


class TablesUnknown(ConfigError):
    """The tables were made by a release that this one does not know. Fact: `database`."""

    code = "tables-unknown"


class ClockDiffers(ConfigError):
    """Facts: `database`, `seconds`, `most`."""

    code = "clock-differs"


class ChangeUnreadable(Refused):
    """A proposed change has not the form of one."""

    code = "change-unreadable"


class NoSuchFigure(Refused):
    """The scorecard has no figure of this name. Facts: `figure`, `known`."""

    code = "no-such-figure"


class FactorUnreadable(Refused):
    """No number greater than zero. Fact: `factor`."""

    code = "factor-unreadable"


class NotConverted(Refused):
    """There is no factor. Facts: `material`, `from_unit`, `to_unit`, `why`."""

    code = "not-converted"
