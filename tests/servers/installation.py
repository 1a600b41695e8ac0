"""Gets the real servers onto this machine: Debian's packages as root, the LiveKit server with Go; else says how."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import programs, tiers

LIVEKIT_MODULE = f"github.com/livekit/livekit-server/cmd/server@v{programs.LIVEKIT_VERSION}"
GO_NEEDED = (1, 26)
BUILD_SECONDS = 15 * 60


def install_missing() -> None:
    """Install what is missing where that is ours to do; print the exact command where it is not."""
    packages = missing_packages()
    if packages and can_use_apt():
        apt_install(packages)
    elif packages:
        print(f"Some tests need programs that are not here. To have them: {command_for(packages)}", flush=True)
    if programs.livekit_program() is None:
        build_livekit()


def missing_packages() -> list[str]:
    """Debian's names of the missing programs."""
    found = {
        "postgresql": programs.postgres_bin(),
        "redis-server": programs.redis_program(),
        "chromium": programs.chromium_program(),
    }
    return [package for package, program in found.items() if program is None]


def can_use_apt() -> bool:
    """Root on Debian or one of its children."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def apt_install(packages: list[str]) -> None:
    """Install Debian packages; a failure is told here and seen again as a missing tier."""
    print(f"Installing {', '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-q"], install):
        finished = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if finished.returncode:
            print(f"{' '.join(command)} failed:\n{finished.stdout}{finished.stderr}", flush=True)


def command_for(packages: list[str]) -> str:
    """The command that a person types to have these programs."""
    if sys.platform == "darwin":
        formulae = {"postgresql": "postgresql@16", "redis-server": "redis", "chromium": "--cask chromium"}
        return " && ".join(f"brew install {formulae[package]}" for package in packages)
    return f"sudo apt-get install -y {' '.join(packages)}"


def build_livekit() -> None:
    """Build the LiveKit server into its cache; what went wrong is left in the environment for the tests to tell."""
    why_not = go_problem()
    if why_not:
        os.environ[tiers.LIVEKIT_PROBLEM] = why_not
        return
    print(f"Building the LiveKit server {programs.LIVEKIT_VERSION}, once; this takes some minutes", flush=True)
    folder = programs.livekit_folder()
    folder.mkdir(parents=True, exist_ok=True)
    output = go_install(folder)
    if output is not None:
        print(output, flush=True)
        last_line = output.strip().splitlines()[-1] if output.strip() else "no output"
        os.environ[tiers.LIVEKIT_PROBLEM] = f"building it failed: {last_line}"
        if is_compile_error(output):
            os.environ[tiers.LIVEKIT_BROKEN] = "yes"


def go_problem() -> str | None:
    """Why Go cannot build the server here, or nothing."""
    needed = ".".join(map(str, GO_NEEDED))
    if shutil.which("go") is None:
        return f"Go {needed} or newer is not here"
    answer = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"go(\d+)\.(\d+)", answer)
    if version is None or (int(version[1]), int(version[2])) < GO_NEEDED:
        return f"Go {needed} or newer is needed, {answer or 'an unknown version'} is here"
    return None


def go_install(folder: Path) -> str | None:
    """Run `go install`; the output when it failed, else nothing."""
    build = {**os.environ, "GOBIN": str(folder)}
    try:
        finished = subprocess.run(
            ["go", "install", LIVEKIT_MODULE],
            env=build,
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"go install took longer than {BUILD_SECONDS // 60} minutes"
    return f"{finished.stdout}{finished.stderr}" if finished.returncode else None


def is_compile_error(output: str) -> bool:
    """Go heads a compiler's complaint with `# package`; modules that cannot be had show no such line."""
    return any(line.startswith("# ") for line in output.splitlines())
