"""What can be wrong with a message on the road, beyond what mapping and model find."""

from __future__ import annotations

from hub.errors import DataError


class UnreadableRecord(DataError):
    """The body could not be decoded."""

    code = "unreadable-record"


class OrganisationUnknown(DataError):
    """The system speaks of an organisation that its settings do not name."""

    code = "organisation-unknown"


class FieldNotOwned(DataError):
    """A system changed a field that another one owns."""

    code = "field-not-owned"


class EntityNotOwned(DataError):
    """A system speaks of an entity about which it has nothing to say."""

    code = "entity-not-owned"


class DeletedAtSource(DataError):
    """A record was deleted that other systems hold, and no mapping says what follows: facts system, entity, key, targets."""

    code = "deleted-at-source"


class MustNotReceive(DataError):
    """The document would carry something that the target must never see."""

    code = "must-not-receive"


class ChangeOutdated(DataError):
    """A change says that it was made from an older version than the last one: facts `base`, `last`."""

    code = "change-outdated"


class NotForeseen(DataError):
    """Our own code failed at this message: facts `what`, `error`."""

    code = "not-foreseen"


class CodeTooLong(DataError):
    """What stands where a code belongs is longer than any code: facts `system`, `field` (the kind), `length`, `value` (its beginning)."""

    code = "code-too-long"
