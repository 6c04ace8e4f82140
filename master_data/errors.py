"""What the dictionary refuses, each with a code whose sentence is in `hub.texts.master_data`."""

from __future__ import annotations

from hub.errors import ConfigError, DataError


class DictionaryFileInvalid(ConfigError):
    """A file of kinds or seeds is wrong: facts file, line, path, what, remedy."""

    code = "dictionary-file-invalid"


class UnknownKind(DataError):
    """facts kind, known."""

    code = "unknown-kind"


class NoSuchCode(DataError):
    """facts kind, value."""

    code = "no-such-code"


class CodeTaken(DataError):
    """facts kind, value, there."""

    code = "code-taken"


class CodeObsolete(DataError):
    """facts kind, value."""

    code = "code-obsolete"


class CodeRuleBroken(DataError):
    """facts kind, value, rule."""

    code = "code-rule-broken"


class NameRuleBroken(DataError):
    """facts kind, value, rule."""

    code = "name-rule-broken"


class AttributeMissing(DataError):
    """facts kind, value, attribute."""

    code = "attribute-missing"


class AttributeWrong(DataError):
    """facts kind, attribute, value, expected."""

    code = "attribute-wrong"


class StatusChangeNotAllowed(DataError):
    """facts kind, value, before, after."""

    code = "status-change-not-allowed"


class ChangedMeanwhile(DataError):
    """facts kind, value, seen, now."""

    code = "changed-meanwhile"


class CrossReferenceCollision(DataError):
    """facts kind, system, organisation, local, there, wanted."""

    code = "cross-reference-collision"


class NoSuchCrossReference(DataError):
    """facts kind, system, organisation, local."""

    code = "no-such-cross-reference"


class ConversionCollision(DataError):
    """facts material, from_unit, to_unit, there, wanted."""

    code = "conversion-collision"


class DualUnitNotConverted(DataError):
    """facts material, from_unit, to_unit."""

    code = "dual-unit-not-converted"


class FactorWrong(DataError):
    """facts from_unit, to_unit, value."""

    code = "factor-wrong"


class FractionOfCount(DataError):
    """facts value, unit, material."""

    code = "fraction-of-count"


class PersonMissing(DataError):
    """A proposal or decision without a name."""

    code = "person-missing"


class ReasonMissing(DataError):
    """A refusal without a reason."""

    code = "reason-missing"


class NoSuchProposal(DataError):
    """facts proposal."""

    code = "no-such-proposal"


class ProposalClosed(DataError):
    """facts proposal, state, by."""

    code = "proposal-closed"


class SamePerson(DataError):
    """facts proposal, by."""

    code = "same-person"


class NoSuchUnknownCode(DataError):
    """facts unknown."""

    code = "no-such-unknown-code"


class AlreadyAnswered(DataError):
    """facts local, system, state, by."""

    code = "already-answered"


class KindInvalid(DictionaryFileInvalid):
    """facts file, line, path, what, what_en, remedy, remedy_en."""

    code = "kind-invalid"


class CodeSegmentWrong(CodeRuleBroken):
    """facts kind, value, segment (counted from 1), found, expected, expected_en."""

    code = "code-segment-wrong"


class CodeLengthWrong(CodeRuleBroken):
    """facts kind, value, length, wanted."""

    code = "code-length-wrong"


class CodeCharacterWrong(CodeRuleBroken):
    """facts kind, value, character, place (counted from 1), alphabet."""

    code = "code-character-wrong"


class NameSegmentWrong(NameRuleBroken):
    """facts kind, value, segment, segment_en, found, expected, expected_en."""

    code = "name-segment-wrong"


class NamePartsWrong(NameRuleBroken):
    """facts kind, value, parts, parts_en, separator."""

    code = "name-parts-wrong"


class ClassTooBroad(DataError):
    """facts kind, attribute, value, level."""

    code = "class-too-broad"


class CodeTextMissing(DataError):
    """facts kind, attribute, value."""

    code = "code-text-missing"


class NoCodeSeries(DataError):
    """facts kind."""

    code = "no-code-series"


class CodeSeriesFull(DataError):
    """facts kind, series, last."""

    code = "code-series-full"
