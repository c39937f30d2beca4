"""An issuer of identities on this machine, that speaks OpenID Connect over real HTTP and signs with a real key."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm
from pytest_django import Settings

from tests.accounts.coming_in import prove

CLIENT, SECRET, KID = "hubportal", "a secret of the tests", "key-1"


class Issuer:
    """The issuer: what the next token says and how it is signed can be changed by a test."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key: Any = self.key
        self.algorithm, self.kid = "RS256", KID
        self.claims: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.answer: dict[str, Any] | None = None
        self.told: dict[str, bytes] = {}
        self.asked: list[dict[str, list[str]]] = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                """Tell where things are, and with which keys tokens are signed."""
                place = "configuration" if "well-known" in self.path else "keys"
                self._tell(place, issuer.configuration() if place == "configuration" else issuer.keys())

            def do_POST(self) -> None:
                """Change a code for a token."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                issuer.asked.append(parse_qs(body))
                self._tell("token", issuer.token())

            def _tell(self, place: str, told: dict[str, Any]) -> None:
                body = issuer.told.get(place, json.dumps(told).encode())
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self) -> dict[str, Any]:
        """Return what OpenID Connect Discovery 1.0 wants to be found."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
        }

    def keys(self) -> dict[str, Any]:
        """Return the public key."""
        return {
            "keys": [{**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": KID, "alg": "RS256"}]
        }

    def token(self) -> dict[str, Any]:
        """Return what a code is changed for."""
        if self.answer is not None:
            return self.answer
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims}
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        signed = jwt.encode(claims, self.signing_key, algorithm=self.algorithm, headers={"kid": self.kid})
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}

    def link(self, client: Client, sub: str) -> Any:
        """Link an identity, as somebody who has shown that it is them; return the portal's answer."""
        begin_linking(client)
        return self.come_back(client, sub, "connect")

    def come_back(self, client: Client, sub: str, process: str = "login", state: str = "") -> Any:
        """Go to the issuer and come back as somebody; return the portal's answer."""
        went = client.get(f"/identity/outside/login/?process={process}")
        sent = parse_qs(urlsplit(went["Location"]).query)
        self.claims = {"sub": sub, "nonce": sent["nonce"][0], **self.claims}
        back = {"code": "a-code", "state": state or sent["state"][0]}
        return client.get("/identity/outside/login/callback/", back)


def begin_linking(client: Client) -> Any:
    """Press the button on the page of one's details, as somebody who has shown a moment ago that it is them."""
    prove(client)
    return client.post("/identity/link/")


@pytest.fixture
def issuer(settings: Settings) -> Iterator[Issuer]:
    """An issuer that the portal believes."""
    found = Issuer()
    app = {
        "provider_id": "outside", "name": "CSAM", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": found.address, "issuer": found.address, "fetch_userinfo": False},
    }  # fmt: skip
    known = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**known, "APPS": [app]}}
    yield found
    found.server.shutdown()
    found.server.server_close()
