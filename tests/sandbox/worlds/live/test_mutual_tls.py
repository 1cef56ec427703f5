"""TLS with an authority of its own: the core and the systems show certificates to each other, or don't talk."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.live.deliveries import Deliveries
from mock_systems.kit.live.tls import TlsBlock, TlsError, calling
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.wire import Request
from sandbox.core.ports import ConnectFailed, HttpRequest, TransportError
from sandbox.errors import InputError
from sandbox.worlds.live.core.network import HttpLine, LineConfig
from sandbox.worlds.live.core.peers import TcpPeers
from sandbox.worlds.live.core.settings import load_settings
from sandbox.worlds.live.core.web_server import WebServer, bind
from tests.mock_systems.live.served import eventually as reopened
from tests.mock_systems.live.served import serving
from tests.mock_systems.shop import basket, opening
from tests.sandbox.worlds.live.core_under_test import OWN_TOKEN, CoreUnderTest, eventually
from tests.sandbox.worlds.live.live_estate import LiveEstate
from tests.sandbox.worlds.live.open_stores import Notes

SECRET = "whsec_c2VjcmV0LW9mLXRlc3Rz"


@dataclass(frozen=True)
class Side:
    """One party: its certificate and key, and the authority that it trusts."""

    files: TlsBlock

    @property
    def ca(self) -> Path:
        assert self.files.ca is not None
        return self.files.ca

    def block(self) -> dict[str, str]:
        return self.files.model_dump(mode="json")


def issued(folder: Path, authority: trustme.CA, name: str) -> Side:
    place = folder / name
    place.mkdir()
    leaf = authority.issue_cert("127.0.0.1", common_name=name)
    leaf.private_key_pem.write_to_path(place / "key.pem")
    for blob in leaf.cert_chain_pems:
        blob.write_to_path(place / "certificate.pem", append=True)
    authority.cert_pem.write_to_path(place / "ca.pem")
    return Side(TlsBlock(certificate=place / "certificate.pem", key=place / "key.pem", ca=place / "ca.pem"))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def core_side(tmp_path: Path, authority: trustme.CA) -> Side:
    return issued(tmp_path, authority, "core")


@pytest.fixture
def system_side(tmp_path: Path, authority: trustme.CA) -> Side:
    return issued(tmp_path, authority, "system")


@pytest.fixture
def stranger(tmp_path: Path) -> Side:
    return issued(tmp_path, trustme.CA(), "stranger")


async def refused(url: str, tls: ssl.SSLContext) -> str:
    """Why a call comes to nothing; the name of what it ends with."""
    line = HttpLine("there", url, LineConfig(tls=tls))
    try:
        with pytest.raises(TransportError) as failed:
            await line.send(HttpRequest("GET", "/health", timeout_us=5_000_000))
        return type(failed.value).__name__
    finally:
        await line.aclose()


def test_an_order_goes_its_way_behind_mutual_tls_and_nobody_else_gets_in(
    tmp_path: Path, core_side: Side, system_side: Side, stranger: Side
) -> None:
    async def run() -> None:
        async with LiveEstate(20, tls=system_side.files.listening()).running() as estate:
            core = CoreUnderTest(tmp_path, estate, tls=core_side.block())
            paths = {name: str(path) for name, path in core_side.block().items()}
            core.settings["systems"] = {name: {**block, **paths} for name, block in core.settings["systems"].items()}
            await core.line.aclose()
            address = f"https://127.0.0.1:{core.port}"
            core.line = estate.core = HttpLine("core", address, LineConfig(tls=system_side.files.calling()))
            try:
                await core.ready()
                (order,) = estate.place(1)
                await eventually("the warehouse has it", lambda: order in estate.facts("wms", "outbound.received"))
                # Who shows nothing, or what another authority has signed, is sent away.
                nothing, another = calling(core_side.ca), calling(core_side.ca, *_shown(stranger))
                assert await refused(address, nothing) in ("ConnectionLost", "ConnectFailed")
                assert await refused(address, another) in ("ConnectionLost", "ConnectFailed")
                assert await refused(address, stranger.files.calling()) == "ConnectFailed"
                assert await refused(f"http://127.0.0.1:{core.port}", nothing) == "ConnectionLost"
                assert (await core.ask("GET", f"/orders/{order}", token=OWN_TOKEN)).status == 200
                assert (await core.ask("GET", f"/orders/{order}", token="wrong")).status == 401
            finally:
                await core.close()

    asyncio.run(run())


def _shown(side: Side) -> tuple[Path, Path]:
    return side.files.certificate, side.files.key


def answers(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(url).status_code == 401
    except httpx.ConnectError:
        return False


def test_a_mock_system_serves_https_to_those_who_show_a_certificate(
    tmp_path: Path, core_side: Side, system_side: Side
) -> None:
    quick = CommerceBlueprint(door=DoorConfig(service_ms=1, service_sigma=0))
    with serving(tmp_path, quick, opening(), tls=system_side.block()) as shop:
        url, shopper = f"https://127.0.0.1:{shop.port}/orders", {"authorization": "Bearer shopper"}
        with httpx.Client(verify=core_side.files.calling(), trust_env=False) as http:
            assert http.post(url, json=basket("r1", CUP=1), headers=shopper).status_code == 201
            shop.admin("PUT", "/faults", {"calls": [{"id": "gone", "kind": "refuse"}]})
            shop.admin("DELETE", "/faults")
            reopened(lambda: answers(http, url))
            assert http.post(url, json=basket("r2", CUP=1), headers=shopper).status_code == 201
        with httpx.Client(verify=calling(core_side.ca), trust_env=False) as http, pytest.raises(httpx.TransportError):
            http.post(url, json=basket("r3", CUP=1), headers=shopper)
        assert [fact["kind"] for fact in shop.facts()].count("order.accepted") == 2


def test_webhooks_are_sent_to_who_shows_a_certificate_that_is_trusted(
    core_side: Side, system_side: Side, stranger: Side
) -> None:
    taken: list[str] = []

    async def take(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        await receive()
        taken.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def sent(server_side: Side) -> int | None:
        listener = bind("127.0.0.1", 0)
        server = WebServer(take, 1, tls=server_side.files.listening())
        serving_it = asyncio.create_task(server.serve(sockets=[listener]))
        status: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        deliveries = Deliveries(WallClock(Anchor(0, 0)), lambda _, told: status.set_result(told))
        deliveries.tls = system_side.files.calling()
        deliveries.renew(SECRET)
        deliveries.begin()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/webhooks/erp"
        deliveries.transport(url, Request("POST", url, {}, {"webhook-id": "m1"}, {}), lambda _: None)
        try:
            return await asyncio.wait_for(status, 30)
        finally:
            await deliveries.close()
            server.should_exit = True
            await serving_it

    assert asyncio.run(sent(core_side)) == 200
    assert asyncio.run(sent(stranger)) is None
    assert taken == ["/webhooks/erp"]


def test_workers_show_each_other_certificates(core_side: Side, stranger: Side) -> None:
    async def answer(message: Any) -> dict[str, Any]:
        return {"heard": message}

    def worker(side: Side) -> TcpPeers:
        caller = side.files.calling()
        caller.check_hostname = False
        return TcpPeers("token", 2, Notes(), (side.files.listening(), caller))

    async def run() -> None:
        one, two, other = worker(core_side), worker(core_side), worker(stranger)
        two.serve(answer)
        async with one.listening("127.0.0.1", 0), two.listening("127.0.0.1", 0), other.listening("127.0.0.1", 0):
            assert await one.call(two.address, {"word": 1}) == {"heard": {"word": 1}}
            with pytest.raises(ConnectFailed):
                await other.call(two.address, {"word": 1})

    asyncio.run(run())


def test_files_that_are_none_are_told_at_the_start(tmp_path: Path, core_side: Side, stranger: Side) -> None:
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    with pytest.raises(TlsError, match=r"text\.pem"):
        calling(text)
    with pytest.raises(TlsError, match="nowhere"):
        calling(tmp_path / "nowhere.pem")
    with pytest.raises(TlsError, match="no certificate and its key"):
        TlsBlock(certificate=core_side.files.certificate, key=stranger.files.key).listening()
    core = CoreUnderTest(tmp_path, None, tls={"certificate": "text.pem", "key": "text.pem"})
    file = tmp_path / "core.json"
    file.write_text(json.dumps(core.settings))
    with pytest.raises(InputError, match="no certificate and its key") as told:
        load_settings(file, core.environment)
    assert told.value.field == "tls"
