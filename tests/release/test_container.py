"""Containerfile and compose.example.yaml, which cannot be built on most test machines, against what they promise."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
CONTAINERFILE = REPOSITORY / "Containerfile"


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, each as its name and its arguments on one line."""
    lines = [line for line in CONTAINERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def of_last_stage(name: str) -> list[str]:
    stages = instructions()
    last = max(number for number, (each, _) in enumerate(stages) if each == "FROM")
    return [rest for each, rest in stages[last:] if each == name]


def service():
    return yaml.safe_load((REPOSITORY / "compose.example.yaml").read_text())["services"]["monitor"]


def test_the_image_is_built_in_stages_on_one_slim_base():
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", bases[0])


def test_it_runs_as_a_user_without_privileges_and_starts_without_a_shell():
    assert of_last_stage("USER") == ["10001:10001"]
    assert json.loads(of_last_stage("ENTRYPOINT")[0]) == ["monitor"]
    assert json.loads(of_last_stage("CMD")[0])[0] == "run"
    assert of_last_stage("HEALTHCHECK")[0].endswith('CMD ["monitor", "status"]')


def test_every_package_is_installed_with_its_hash():
    installs = [
        part for name, rest in instructions() if name == "RUN" for part in rest.split("&&") if "install --no" in part
    ]
    assert len(installs) == 3
    assert [part for part in installs if "--require-hashes" not in part and "/wheel/" not in part] == []


def test_no_secret_is_built_in():
    settings = " ".join(rest for name, rest in instructions() if name in ("ENV", "ARG", "LABEL"))
    assert not re.search(r"(?i)password|token|api_?key|://[^ ]*@", settings)


def test_what_is_copied_exists_and_is_not_ignored():
    ignored = (REPOSITORY / ".containerignore").read_text()
    assert (REPOSITORY / "Containerfile.dockerignore").read_text() == ignored
    sources = [
        source
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert [source for source in sources if not (REPOSITORY / source).exists()] == []
    assert [source for source in sources if f"\n!{source}\n" not in ignored] == []


def test_the_image_gets_every_file_that_the_wheel_is_built_from():
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    needed = {
        PurePosixPath(name).parts[0] for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    }
    needed |= {project["project"]["readme"], "LICENSE", "pyproject.toml", "monitor"}
    copied = {source for name, rest in instructions() if name == "COPY" for source in rest.split()[:-1]}
    assert needed <= copied


def test_the_compose_example_gives_the_container_nothing_it_does_not_need():
    given = service()
    assert given["read_only"] is True
    assert given["cap_drop"] == ["ALL"]
    assert given["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in given
    assert "environment" not in given
    assert [mount for mount in given["volumes"] if mount.startswith("./") and not mount.endswith(":ro")] == []
    assert "state:/var/lib/monitor" in given["volumes"]


def test_the_secrets_of_the_compose_example_are_files():
    composed = yaml.safe_load((REPOSITORY / "compose.example.yaml").read_text())
    assert set(service()["secrets"]) == set(composed["secrets"])
    assert all(set(secret) == {"file"} for secret in composed["secrets"].values())


@pytest.mark.skipif(
    shutil.which("hadolint") is None, reason="no hadolint on this machine; make lint-container brings it"
)
def test_hadolint_finds_nothing():
    done = subprocess.run(["hadolint", CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
