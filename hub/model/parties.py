"""Organisations, people by code only, and customers: what everybody may know of them, and the profile that only some may."""

from __future__ import annotations

from enum import StrEnum

from hub.model.common import Entity, Money, Row
from hub.model.types import (
    CurrencyCode,
    CustomerCode,
    DepartmentCode,
    Name,
    Number,
    PersonCode,
    Remark,
    SettlementCode,
    Time,
)


class OrganisationState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class Organisation(Entity):
    """A factory or legal entity. Its key is its code twice: `P1/P1`."""

    entity = "organisation"
    aggregate = "routing"
    owner = "hub"
    identity = ("organisation",)

    name: Name
    name_en: Name | None = None
    state: OrganisationState
    currency: CurrencyCode | None = None
    time_zone: Name | None = None


class PersonState(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


class Person(Entity):
    """A worker as the loop knows one: a code. Names, contracts, pay and attendance never enter (B36)."""

    entity = "person"
    aggregate = "routing"
    owner = "hr"
    identity = ("code",)

    code: PersonCode
    state: PersonState
    department: DepartmentCode | None = None
    skills: tuple[Name, ...] = ()


class CustomerState(StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    BLOCKED = "blocked"
    RETIRED = "retired"
    MERGED = "merged"


class CustomerType(StrEnum):
    CN_ORGANISATION = "cn_organisation"
    CN_PERSON = "cn_person"
    FOREIGN = "foreign"
    INTERNAL = "internal"


class Customer(Entity):
    """A customer without anything commercial or personal. `uscc` is the 统一社会信用代码, an alias and never the key."""

    entity = "customer"
    aggregate = "customer"
    owner = "crm"
    identity = ("code",)

    code: CustomerCode
    name: Name
    short_name: Name | None = None
    name_en: Name | None = None
    state: CustomerState
    type: CustomerType = CustomerType.CN_ORGANISATION
    country: Name | None = None
    uscc: Name | None = None
    merged_into: CustomerCode | None = None
    changed_at: Time | None = None


class Contact(Row):
    """A person at the customer's."""

    identity = ("name",)

    name: Name
    position: Name | None = None
    phone: Name | None = None
    email: Name | None = None


class CustomerProfile(Entity):
    """The commercial and personal side of a customer; kept from the shop floor. Key: the customer's code."""

    entity = "customer_profile"
    aggregate = "customer_profile"
    commercial = True
    owner = "crm"
    identity = ("customer",)

    customer: CustomerCode
    address: Remark | None = None
    phone: Name | None = None
    contacts: tuple[Contact, ...] = ()
    tax_number: Name | None = None
    credit_limit: Money | None = None
    settlement: SettlementCode | None = None
    tax_rate: Number | None = None
    salesperson: PersonCode | None = None
    remark: Remark | None = None
