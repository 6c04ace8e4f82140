"""The signed headers of K3Cloud's WebAPI: what the official SDK sends instead of a login (checked against its test vector)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode

XOR_KEY = b"0054f397c6234378b09ca7d3e5debce7"


def signed_headers(path: str, *, app_id: str, app_secret: str, app_data: str, now_s: int) -> dict[str, str]:
    """The headers for one POST to `path` (from `/k3cloud/` on). `app_data` is `acctId,user,lcid,orgNumber`; `now_s` unix seconds."""
    client_id, _, client_key = app_id.partition("_")
    stamp = str(now_s)
    text = f"POST\n{path.replace('/', '%2F')}\n\nx-api-nonce:{stamp}\nx-api-timestamp:{stamp}\n"
    return {
        "X-Api-ClientID": client_id,
        "X-Api-Auth-Version": "2.0",
        "x-api-timestamp": stamp,
        "x-api-nonce": stamp,
        "x-api-signheaders": "x-api-timestamp,x-api-nonce",
        "X-Api-Signature": sign(client_secret(client_key), text),
        "X-Kd-Appkey": app_id,
        "X-Kd-Appdata": b64encode(app_data.encode()).decode(),
        "X-Kd-Signature": sign(app_secret, app_id + app_data),
    }


def client_secret(client_key: str) -> str:
    """The key of the request's signature, hidden in the second part of the app id."""
    return b64encode(bytes(a ^ b for a, b in zip(b64decode(client_key), XOR_KEY, strict=False))).decode()


def sign(key: str, text: str) -> str:
    """Base64 of the *hexadecimal text* of the HMAC-SHA256, as the vendor wants it."""
    return b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().encode()).decode()


def login_sign(*parts: str) -> str:
    """The signature of LoginBySign: SHA-256 over the sorted parts (account set, user, app id, secret, timestamp)."""
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()
