"""The people at the ERP, at their own screens: master data, releasing a production, shipping. They use Tryton's API as a client would."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import httpx

from tests.e2e.tryton.server import DATABASE, PASSWORD, USER, Tryton


class Office:
    """Speaks to the server by itself, not by the connector: what it reads are Tryton's own books."""

    def __init__(self, tryton: Tryton) -> None:
        self._http = httpx.Client(timeout=60)
        self._url = f"{tryton.url}/{DATABASE}/rpc/"
        self._headers: dict[str, str] = {}
        user, session, _ = self._call("common.db.login", USER, {"password": PASSWORD}, "en")
        self._headers = {"Authorization": "Session " + base64.b64encode(f"{USER}:{user}:{session}".encode()).decode()}
        self._context = self._call("model.res.user.get_preferences", True, {})

    def close(self) -> None:
        self._http.close()

    def do(self, model: str, method: str, *parameters: Any) -> Any:
        """A call with the user's context."""
        return self._call(f"model.{model}.{method}", *parameters, self._context)

    def read(self, model: str, *fields: str, **where: Any) -> list[dict[str, Any]]:
        """Records by equal fields (`party__code` for `party.code`), in order of id."""
        domain = [[name.replace("__", "."), "=", value] for name, value in where.items()]
        found: list[dict[str, Any]] = self.do(model, "search_read", domain, 0, None, [["id", "ASC"]], list(fields))
        return found

    def press(self, model: str, id: int, *buttons: str) -> None:
        """Buttons, one after the other."""
        for button in buttons:
            self.do(model, button, [id])

    def product(self, code: str, name: str, **template: Any) -> int:
        """A product; its id."""
        (category,) = self.do("product.category", "search", [["accounting", "=", True]], 0, None, None)
        values = {
            "name": name, "code": code, "default_uom": self.unit(), "type": "goods", "list_price": decimal("100"),
            "account_category": category, "products": [["create", [{"cost_price": decimal("50")}]]], **template,
        }  # fmt: skip
        self.do("product.template", "create", [values])
        return int(self.read("product.product", code=code)[0]["id"])

    def made_on_order(self, code: str, name: str) -> int:
        """A product that Tryton makes for each sale of it."""
        return self.product(code, name, producible=True, salable=True, sale_uom=self.unit(), supply_on_sale="always")

    def bom(self, name: str, product: int, components: dict[int, float]) -> int:
        """A bill of material, and the product's link to it."""
        rows = [{"product": component, "quantity": quantity, "unit": self.unit()} for component, quantity in components.items()]
        output = {"product": product, "quantity": 1, "unit": self.unit()}
        values = {"name": name, "inputs": [["create", rows]], "outputs": [["create", [output]]]}
        (bom,) = self.do("production.bom", "create", [values])
        self.do("product.product", "write", [product], {"boms": [["create", [{"bom": bom}]]]})
        return int(bom)

    def unit(self) -> int:
        """The unit 'u'."""
        return int(self.read("product.uom", symbol="u")[0]["id"])

    def release(self, production: int) -> None:
        """The planner accepts what a sale asked for; now it has a number."""
        self.press("production", production, "draft", "wait")

    def _call(self, method: str, *parameters: Any) -> Any:
        answer = self._http.post(self._url, json={"id": 1, "method": method, "params": list(parameters)}, headers=self._headers)
        answer.raise_for_status()
        body = answer.json()
        assert "error" not in body, (method, body["error"])
        return body["result"]


def decimal(value: str) -> dict[str, str]:
    """A money value as Tryton takes it."""
    return {"__class__": "Decimal", "decimal": str(Decimal(value))}
