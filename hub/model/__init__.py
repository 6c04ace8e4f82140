"""The canonical model: every entity that travels through the hub, its key, its lane, its states and its owner.

`ENTITIES` lists them; `entity(name)` finds one by the name used in topics, mappings and routes; `decode` and `encode` are
JSON; `partial(cls)` is what a source may say that does not own the whole.
"""

from hub.model.annotations import code_fields, field_paths, quantities, reference_fields
from hub.model.codec import decode, encode
from hub.model.common import DemandLink, Entity, IssueMethod, Money, Nature, Quantity, Row, Words
from hub.model.entities import AGGREGATES, ENTITIES, UnknownEntity, entity
from hub.model.findings import Finding, ModelViolated
from hub.model.partial import partial

__all__ = [
    "AGGREGATES", "ENTITIES", "DemandLink", "Entity", "Finding", "IssueMethod", "ModelViolated", "Money", "Nature", "Quantity", "Row",
    "UnknownEntity", "Words", "code_fields", "decode", "encode", "entity", "field_paths", "partial", "quantities", "reference_fields",
]  # fmt: skip
