"""Founds the test company in an empty Tryton database; run by Tryton's own Python, never imported by the tests.

Usage: python found.py DATABASE CONFIG. What stands afterwards: modules, company, chart of accounts, no customer, no product.
"""

from __future__ import annotations

import sys

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, get_accounts
from trytond.modules.company.tests.tools import create_company
from trytond.modules.currency.tests.tools import get_currency


def found(database: str, settings: str) -> None:
    """The company 'Pump Works', in yuan, whose goods have one revenue account."""
    config.set_trytond(database, user="admin", config_file=settings)
    party = Model.get("party.party")(name="Pump Works")
    party.save()
    create_company(party=party, currency=get_currency("CNY"))
    create_chart()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_revenue = get_accounts()["revenue"]
    category.account_expense = get_accounts()["expense"]
    category.save()


if __name__ == "__main__":
    found(sys.argv[1], sys.argv[2])
