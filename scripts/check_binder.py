"""Check what Binder would build: the Dockerfile that repo2docker prints, and its pip lines in a clean environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXPECTED = (
    'pip install --no-cache-dir -r "binder/requirements.txt"',
    "RUN ./binder/postBuild",
)


def environment(folder: Path) -> Path:
    """Make a virtual environment and give the folder of its commands."""
    venv.create(folder, with_pip=True)
    return folder / "bin"


def run(*command: object, cwd: Path, path: Path) -> str:
    """Run a command of an environment and give what it printed; its failure ends the check."""
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603  # the words are this script's own
        words,
        cwd=cwd,
        text=True,
        capture_output=True,
        check=False,
        env={"PATH": f"{path}:/usr/bin:/bin", "HOME": str(cwd)},
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def check_dockerfile(copy: Path, work: Path) -> None:
    """See that repo2docker reads the folder as it is meant."""
    commands = environment(work / "repo2docker")
    run(
        commands / "python", "-m", "pip", "install", "--quiet", "jupyter-repo2docker", cwd=work, path=commands
    )
    dockerfile = run(commands / "repo2docker", "--no-build", "--debug", ".", cwd=copy, path=commands)
    version = (copy / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    for line in (*EXPECTED, f"environment for python={version}"):
        if line not in dockerfile:
            sys.exit(f"the Dockerfile lacks: {line}")


def check_replay(copy: Path, work: Path) -> None:
    """Install what Binder installs and run what it runs."""
    commands = environment(work / "binder")
    run(
        commands / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "-r",
        "binder/requirements.txt",
        cwd=copy,
        path=commands,
    )
    run("/bin/bash", "binder/postBuild", cwd=copy, path=commands)
    run(commands / "python", "-m", "pip", "check", cwd=copy, path=commands)
    run(commands / "jupyter", "lab", "--version", cwd=copy, path=commands)


def check_pins() -> None:
    """See that every dependency of the base and lab installs is pinned, or brought by one that is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    names = {name.split(">=")[0].lower() for name in needed}
    pinned = {line.split("==")[0].lower() for line in (ROOT / "binder/requirements.txt").read_text().split()}
    if names - pinned:
        sys.exit(f"binder/requirements.txt does not pin: {', '.join(sorted(names - pinned))}")


def main() -> None:
    """Check pins, Dockerfile and replay."""
    check_pins()
    with tempfile.TemporaryDirectory() as folder:
        work, copy = Path(folder), Path(folder) / "checkout"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "*.egg-info", "build", "dist")
        )
        check_dockerfile(copy, work)
        check_replay(copy, work)
    print("Binder builds from this checkout")


if __name__ == "__main__":
    main()
