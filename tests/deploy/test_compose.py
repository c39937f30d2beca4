"""docker-compose.yml and the image: what they say holds, and every command in them works."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.check import check_services
from deploy.stand import ROOT, VALUES, Stand, composition

OURS = ("web", "worker", "beat", "migrate")


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = composition(VALUES)["services"]
    return found


@pytest.mark.slow
def test_every_command_runs_until_the_first_administrator_is_invited(tmp_path: Path) -> None:
    check_services(Stand(tmp_path, os.environ["DATABASE_URL"], os.environ["EMAIL_URL"]))


def test_a_production_start_has_no_mail_catcher(services: dict[str, Any]) -> None:
    started = {name for name, service in services.items() if "profiles" not in service}
    assert started == {"proxy", *OURS, "postgres", "redis"}


def test_a_missing_name_stops_the_start() -> None:
    with pytest.raises(LookupError, match="HUBPORTAL_HOSTS is missing"):
        composition({})


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_do_little(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_secrets_come_by_file(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|DATABASE_URL|EMAIL_URL", name):
                assert name.endswith("_FILE")
                assert Path(value).name in service["secrets"]


def test_only_the_proxy_is_reached_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["proxy", "mailcatcher"]
    assert services["mailcatcher"]["ports"] == ["127.0.0.1:8025:8025"]
    assert composition(VALUES)["networks"]["inside"] == {"internal": True}
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_backups_are_made_by_the_servers_own_version(services: dict[str, Any]) -> None:
    assert services["backup"]["image"] == services["restore"]["image"] == services["postgres"]["image"]


def test_the_image_holds_no_secret_and_runs_as_nobody_special() -> None:
    left_out = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {"secrets", "backups", ".env", "var", ".git"} <= set(left_out)
    instructions = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in instructions if line.startswith("USER")] == ["USER 10001:10001"]
    assert services_user() == "10001:10001", "backups and private files belong to the same user"


def services_user() -> str:
    """Return who makes backups."""
    return str(composition(VALUES)["services"]["backup"]["user"])


def test_the_dockerfile_starts_web_as_compose_does(services: dict[str, Any]) -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    command = re.findall(r'"([^"]+)"', text[text.rindex("CMD [") :])
    assert command == services["web"]["command"].split()
