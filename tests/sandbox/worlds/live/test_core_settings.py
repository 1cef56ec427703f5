"""What a core process may be told, and what is refused in words."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.hub import Hub
from sandbox.core.systems.credentials import ClientSecret
from sandbox.errors import InputError
from sandbox.worlds.live import core_process
from sandbox.worlds.live.core.settings import CoreSettings, load_settings

SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")
FULL = {
    **{f"SANDBOX_TOKEN_{name.upper()}": f"token-{name}" for name in SYSTEMS},
    **{f"SANDBOX_WEBHOOK_SECRET_{name.upper()}": f"whsec_{name}" for name in SYSTEMS},
    "SANDBOX_TOKEN_CORE": "own",
}


def loaded(folder: Path, environment: dict[str, str] = FULL, **changes: Any) -> CoreSettings:
    systems = {name: {"url": f"http://127.0.0.1:81{n:02}"} for n, name in enumerate(SYSTEMS)}
    file = folder / "core.json"
    file.write_text(json.dumps({"systems": systems, **changes}))
    return load_settings(file, environment)


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.secrets.credentials == {name: f"token-{name}" for name in SYSTEMS}
    assert settings.secrets.webhooks["wms"] == "whsec_wms"
    assert settings.secrets.own_token == "own"
    assert (settings.store_url, settings.bus_url) == ("sqlite:///core.sqlite", "file:core.bus")
    assert settings.design.name == "reference"


def test_the_environments_urls_come_first_and_their_passwords_are_secret(tmp_path: Path) -> None:
    urls = {"SANDBOX_STORE_URL": "postgresql://u:pass-word@h/d", "SANDBOX_BUS_URL": "nats://h:4222"}
    settings = loaded(tmp_path, {**FULL, **urls, "SANDBOX_NATS_TOKEN": "bus-token", "PGPASSWORD": "pg-word"})
    assert (settings.store_url, settings.bus_url) == (urls["SANDBOX_STORE_URL"], urls["SANDBOX_BUS_URL"])
    assert {"pass-word", "bus-token", "pg-word", "token-erp", "whsec_erp", "own"} <= set(settings.hidden())


def test_another_core_is_made_by_the_factory_that_the_file_names(tmp_path: Path) -> None:
    assert loaded(tmp_path).made_by is Hub
    (tmp_path / "own.py").write_text("def core(ports, design, credentials):\n    return 'own'\n")
    settings = loaded(tmp_path, core=f"{tmp_path / 'own.py'}:core")
    assert settings.made_by(None, settings.design, {}) == "own"  # type: ignore[arg-type, comparison-overlap]
    with pytest.raises(InputError, match="has no factory 'other'"):
        loaded(tmp_path, core=f"{tmp_path / 'own.py'}:other")


def test_the_file_may_name_other_variables(tmp_path: Path) -> None:
    systems = {name: {"url": "https://test.example.com/x"} for name in SYSTEMS}
    systems["erp"] |= {"token_env": "OUR_ERP", "webhook_secret_env": "OUR_SECRET"}
    settings = loaded(tmp_path, {**FULL, "OUR_ERP": "t", "OUR_SECRET": "s"}, systems=systems)
    assert (settings.secrets.credentials["erp"], settings.secrets.webhooks["erp"]) == ("t", "s")


def test_a_system_may_give_tokens_for_a_while(tmp_path: Path) -> None:
    systems = {name: {"url": "http://h", **({"client": "sync-core"} if name == "erp" else {})} for name in SYSTEMS}
    settings = loaded(tmp_path, {**FULL, "SANDBOX_CLIENT_SECRET_ERP": "erp-client-secret"}, systems=systems)
    assert settings.secrets.credentials["erp"] == ClientSecret("sync-core", "erp-client-secret")
    assert settings.secrets.credentials["wms"] == "token-wms"
    assert "erp-client-secret" in settings.hidden()


def test_all_secrets_that_are_missing_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, {**FULL, "SANDBOX_TOKEN_ERP": "", "SANDBOX_TOKEN_CORE": ""})
    for name in ("SANDBOX_TOKEN_ERP", "SANDBOX_TOKEN_CORE"):
        assert f"{name} is not in the environment; set it: secrets stand in no file" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"systems": {"erp": {"url": "http://h"}}}, "missing: commerce, wms, carrier, desk"),
        ({"systems": {name: {"url": "erp:80"} for name in SYSTEMS}}, "'erp:80' is no URL"),
        ({"systems": {name: {"url": "http://h", "token": "t"} for name in SYSTEMS}}, "token: unknown key"),
        ({"port": 65_536}, "port: must be at most 65,535"),
        ({"clock": {"speed": 0}}, "clock.speed: must be more than 0"),
        ({"instance": ""}, "instance"),
        ({"prot": 1}, "core.json:1: prot: unknown key; did you mean 'port'?"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, **changes)
    assert told in str(refused.value)
    assert "core.json" in str(refused.value)


def test_a_design_is_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("name: ours\n")
    assert loaded(tmp_path, design="ours.yaml").design.name == "ours"


def test_a_design_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml: cannot be read"):
        loaded(tmp_path, design="nowhere.yaml")


def test_where_the_systems_reach_the_core(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert loaded(tmp_path).address_of(listener) == f"http://127.0.0.1:{port}"
        assert loaded(tmp_path, address="https://core.example.com/").address_of(listener) == "https://core.example.com"


def test_a_port_in_use_is_told_in_a_line_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FULL.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        loaded(tmp_path, port=port)
        assert core_process.main([str(tmp_path / "core.json")]) == 2
    assert capsys.readouterr().err == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use); stop what is there, or choose another port\n"
    )


def test_a_file_that_is_not_there_is_told_in_a_line_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert core_process.main([str(tmp_path / "core.json")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/core.json: cannot be read (No such file or directory)\n"


def test_the_help_names_the_variables_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        core_process.main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    for word in ("SANDBOX_TOKEN_ERP", "SANDBOX_TOKEN_CORE", "SANDBOX_STORE_URL", "Ends with 0"):
        assert word in shown
