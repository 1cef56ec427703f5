"""What a document cannot say of an API, as a file says it: sample calls, which field is the id, how to page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Pointer = Annotated[str, Field(pattern="^(/.*)?$", description="JSON pointer (RFC 6901), such as /order/id")]
Condition = Literal["throttled", "unavailable", "maintenance", "slow", "failing"]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CredentialBlock(_Block):
    """Who calls. The secret stands in the environment, in the variable that is named."""

    bearer_env: str | None = None
    header: str | None = Field(None, description="a header, such as X-API-Key, with the value of `env`")
    env: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CredentialBlock:
        if (self.bearer_env is None) == (self.header is None) or (self.header is None) != (self.env is None):
            raise ValueError("give `bearer_env`, or `header` and `env`")
        return self


class CallBlock(_Block):
    """One call: an operation of the document, or `method` and `url` (absolute, or below the base URL).

    In its values `${name}` stands for what was saved under that name; `save` takes more from the answer.
    """

    operation: str | None = None
    method: str | None = None
    url: str | None = None
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = None
    save: dict[str, Pointer] = {}
    as_: str | None = Field(None, alias="as", description="the credential; default: that of the operation")

    @model_validator(mode="after")
    def _names_one(self) -> CallBlock:
        if (self.operation is None) == (self.url is None) or (self.method is None) != (self.url is None):
            raise ValueError("give `operation`, or `method` and `url`")
        return self


class EffectsBlock(CallBlock):
    """A call whose answer lists what there is: rows at `items`, of them those whose fields are as `where` says."""

    items: Pointer = ""
    where: dict[Pointer, Any] = {}


class VersionBlock(_Block):
    """A version that is sent in the body where others have If-Match: read from `read`, plus `add`, sent at `send`.

    `refused`: a field of a 2xx answer, and its value, that say "stale, not done".
    """

    read: Pointer
    send: Pointer
    add: int = 0
    refused: dict[Pointer, Any] = {}


class OperationBlock(_Block):
    """A sample of one operation. Each time it is used, `given` comes first and `${unique}` has another value.

    `other` makes another body that is good as well: new values by pointer. `effects` tells how many effects a sample
    has had, `id` (in the answer) what it made, `read` shows that; without `read` the answer's Location is read.
    `changing` are fields of the answer that may differ when it is given again. `repeated_by: reference` says that a
    repeat is known without a key, by something in the body.
    """

    given: list[CallBlock] = []
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = None
    as_: str | None = Field(None, alias="as")
    other: dict[Pointer, Any] = {}
    id: Pointer | None = None
    effects: EffectsBlock | None = None
    read: CallBlock | None = None
    repeated_by: Literal["reference"] | None = None
    version: VersionBlock | None = None
    changing: list[Pointer] = []
    at_once: Annotated[int, Field(ge=2, le=50)] = 5
    skip: dict[str, str] = Field({}, description="check -> why it is not tested here")


class ListBlock(_Block):
    """How a list is paged. `write` names the operation whose sample adds a row; `row` the fields that tell rows apart.

    `next` is where the answer has the cursor or URL of the next page, `more` a flag that says whether there is one.
    """

    write: str | None = None
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    as_: str | None = Field(None, alias="as")
    items: Pointer | None = None
    row: list[Pointer] = []
    next: Pointer | None = None
    more: Pointer | None = None
    cursor: str | None = None
    limit: str | None = None
    page: Annotated[int, Field(ge=1, le=1000)] = 2
    rows: Annotated[int, Field(ge=2, le=1000)] = 6
    skip: dict[str, str] = {}


class SignatureBlock(_Block):
    """How webhooks are signed: an HMAC-SHA256 over `content`. The default is that of Standard Webhooks.

    `id` and `timestamp` are headers, null where there is none; what stands before the signature is `prefix`.
    """

    id: str | None = "webhook-id"
    timestamp: str | None = "webhook-timestamp"
    signature: str = "webhook-signature"
    content: Literal["id.timestamp.body", "timestamp.body", "body"] = "id.timestamp.body"
    prefix: str = "v1,"
    encoding: Literal["base64", "hex"] = "base64"


class WebhooksBlock(_Block):
    """How to be sent webhooks: `subscribe` (`${receiver}` is our address), then `trigger`, twice for two events.

    `secret_env` names the variable with the secret. For a receiver, `events` are bodies in their order, and `effects`
    counts what the first of them has made there.
    """

    secret_env: str | None = None
    signature: SignatureBlock = SignatureBlock()
    subscribe: list[CallBlock] = []
    trigger: list[CallBlock] = []
    unsubscribe: list[CallBlock] = []
    within_s: Seconds = 5.0
    redelivered_within_s: Seconds = 30.0
    events: list[Any] = []
    effects: EffectsBlock | None = None
    skip: dict[str, str] = {}


class SwitchBlock(_Block):
    """How the provider is brought into a condition, and out of it. `lasts_s`: it ends by itself so much later."""

    on: Annotated[list[CallBlock], Field(min_length=1)]
    off: list[CallBlock] = []
    lasts_s: Seconds | None = None


class FaultsBlock(_Block):
    """A sandbox's admin API in front of the provider, which can bring it into every condition."""

    url: str
    token_env: str


class BurstBlock(_Block):
    """So many calls of one operation at once, which the provider answers with 429 in part."""

    operation: str
    calls: Annotated[int, Field(ge=2, le=500)] = 50


class DegradeBlock(_Block):
    """How the provider is made to degrade. Where nothing is said, nothing of that is tested."""

    faults: FaultsBlock | None = None
    conditions: dict[Condition, SwitchBlock] = {}
    burst: BurstBlock | None = None
    attempts: Annotated[int, Field(ge=1, le=100)] = Field(
        6, description="calls of an operation while half of them fail"
    )


class Profile(_Block):
    """All that is said of one API. `vars` are names for values, `key_header` is how idempotency keys are sent."""

    subject: str | None = None
    openapi: str | None = None
    key_header: str | None = None
    credentials: dict[str, CredentialBlock] = {}
    vars: dict[str, Any] = {}
    operations: dict[str, OperationBlock] = {}
    lists: dict[str, ListBlock] = {}
    webhooks: WebhooksBlock = WebhooksBlock()
    degrade: DegradeBlock = DegradeBlock()
    retry_after_at_most_s: Seconds = 600.0
