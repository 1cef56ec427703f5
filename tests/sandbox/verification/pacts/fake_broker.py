"""As much of a Pact Broker as pact's verifier speaks with: it names pacts for a provider, and takes results."""

from __future__ import annotations

from typing import Any

from starlette.types import Receive, Scope, Send

from sandbox.verification.pacts.providers.served import body_of, reply_with


class FakeBroker:
    """Names one pact for every provider. `asked` is what it was sent: method and path, authorization, body.

    `url` must be set before it is asked. With `loses_results` it gives no place to publish them to.
    """

    def __init__(self, pact: dict[str, Any], *, pending: bool = False, loses_results: bool = False) -> None:
        self.pact, self.pending, self.loses_results = pact, pending, loses_results
        self.url = ""
        self.asked: list[tuple[str, str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await body_of(scope, receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        called = f"{scope['method']} {scope['path']}"
        self.asked.append((called, headers.get("authorization", ""), body))
        if headers.get("authorization") != "Bearer s3cret":
            await reply_with(send, 401, {"error": "who is this?"})
            return
        await reply_with(send, 200, self._answer(scope["path"]))

    def sent(self, called: str) -> Any:
        """The body of the last such request."""
        return next(body for one, _, body in reversed(self.asked) if one == called)

    def _answer(self, path: str) -> dict[str, Any]:
        if path == "/":
            return {"_links": {"pb:provider-pacts-for-verification": self._link("/pacts/{provider}/for-verification")}}
        if path.endswith("/for-verification"):
            named = {
                "shortDescription": "latest",
                "verificationProperties": {"pending": self.pending, "notices": []},
                "_links": {"self": {"href": f"{self.url}/pact", "name": "a pact"}},
            }
            return {"_embedded": {"pacts": [named]}, "_links": {"self": self._link(path)}}
        if path == "/pact":
            links = {"self": self._link(path), "pb:provider": self._link("/provider")}
            if not self.loses_results:
                links["pb:publish-verification-results"] = self._link("/results")
            return {**self.pact, "_links": links}
        links = {
            "pb:branch-version": self._link("/branches/{branch}/versions/{version}"),
            "pb:version-tag": self._link("/versions/{version}/tags/{tag}"),
        }
        return {"_links": links}

    def _link(self, path: str) -> dict[str, Any]:
        return {"href": self.url + path, "templated": "{" in path}
