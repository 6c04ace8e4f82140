"""The signature vector of the official SDK."""

from __future__ import annotations

from connectors.kingdee.signing import client_secret, signed_headers

APP_ID = "243222_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
PATH = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc"


def test_the_headers_are_those_of_the_official_sdk() -> None:
    headers = signed_headers(
        PATH, app_id=APP_ID, app_secret="0123456789abcdef0123456789abcdef", app_data="62eb2f3d5f7a4c,integration,2052,100", now_s=1700000000
    )
    assert headers == {
        "X-Api-ClientID": "243222",
        "X-Api-Auth-Version": "2.0",
        "x-api-timestamp": "1700000000",
        "x-api-nonce": "1700000000",
        "x-api-signheaders": "x-api-timestamp,x-api-nonce",
        "X-Api-Signature": "N2M1YmZlZTUyZjc5YTRjMzU0MjkxMWVjODQ0YWEwZjQ0NzQyNWZjZjcwNGFhNzg0MzMxOGI5ZmI4YjNlMzUxOA==",
        "X-Kd-Appkey": APP_ID,
        "X-Kd-Appdata": "NjJlYjJmM2Q1ZjdhNGMsaW50ZWdyYXRpb24sMjA1MiwxMDA=",
        "X-Kd-Signature": "OWE0ODVlNjY4ZDRlOWFiMjdkYTEyZWRlMTQ0ZDhmNGMxYzE1ZTRjOTM0YTlkYWU5MjY4MDY1Y2RlNTM2ZTc4MQ==",
    }


def test_the_request_key_is_hidden_in_the_app_id() -> None:
    assert client_secret(APP_ID.partition("_")[2]) == "MDE3N2I2PzBrPzg4OD45N3IhK3B1InIk"
