"""What the customers are going to order, and how each order's story goes on: decided beforehand from the seed alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.demo.factory import catalogue
from hub.demo.factory.clock import Dice

STORIES = {
    # story: how many of twenty orders
    "plain": 5,
    "more": 2,              # quantity raised after release
    "fewer": 1,             # quantity lowered
    "later": 1,             # another date
    "add_line": 1,
    "drop_line": 1,
    "cancel_early": 1,
    "cancel_late": 1,
    "rush": 1,              # 插单
    "wrong_unit": 1,        # typing errors from here on
    "price_off": 1,
    "full_width": 1,
    "foreign_state": 1,
    "unknown_product": 1,   # a code that the dictionary has not heard of
    "test_record": 1,       # a trial entry beside the order, which is no order
}
NEW_CUSTOMER_EVERY = 9


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line as the customer has it in mind; prices with tax."""

    line: int
    product: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order as the customer has it in mind. `days`: how soon they want it. Shared codes."""

    at: int
    organisation: str
    customer: str
    story: str
    days: int
    lines: tuple[PlannedLine, ...]

    @property
    def number(self) -> str:
        return f"SO-{self.at:05d}"


def plan_orders(count: int, dice: Dice) -> list[PlannedOrder]:
    """`count` orders in the order of placing. Every deck of twenty holds every story."""
    return [plan_order(at, _story(at, dice), dice) for at in range(1, count + 1)]


def _story(at: int, dice: Dice) -> str:
    deck = [story for story, share in STORIES.items() for _ in range(share)]
    dice.about("deck", (at - 1) // len(deck)).shuffle(deck)
    return deck[(at - 1) % len(deck)]


def plan_order(at: int, story: str, dice: Dice) -> PlannedOrder:
    """One order with its story."""
    chance = dice.about("order", at)
    products = chance.sample(_ordinary(), chance.choices((1, 2, 3, 4), (10, 5, 2, 1))[0])
    if story == "unknown_product":
        products[0] = f"FG-{catalogue.UNKNOWN_PRODUCT}"
    if story in ("drop_line", "more") and len(products) == 1:
        products.append(next(product for product in _ordinary() if product not in products))
    lines = tuple(
        PlannedLine(10 * line, product, chance.randint(3, 12), _price(product, chance.random())) for line, product in enumerate(products, 1)
    )
    return PlannedOrder(at, chance.choices(("P1", "P2"), (2, 1))[0], _customer(at, dice), story, chance.randint(5, 15), lines)


def _ordinary() -> list[str]:
    return [product for product in catalogue.products() if catalogue.UNKNOWN_PRODUCT not in product]


def _price(product: str, chance: float) -> Decimal:
    """List price, or a little less."""
    return (catalogue.price(product) * (1 - Decimal(int(chance * 3)) / 50)).quantize(Decimal("0.01"))


def _customer(at: int, dice: Dice) -> str:
    new = list(catalogue.NEW_CUSTOMERS)
    if at % NEW_CUSTOMER_EVERY == 4:
        return new[(at // NEW_CUSTOMER_EVERY) % len(new)]
    return dice.about("customer", at).choice(list(catalogue.CUSTOMERS))
