"""The steps of .ci/run, one by one: nox -s tests lint types notebooks wheel."""

import nox

nox.options.sessions = ["lint", "types", "notebooks", "tests", "wheel"]
DEV = (".[test,dev]",)


@nox.session
def tests(session: nox.Session) -> None:
    """Run unit, property and notebook tests."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and the direction of imports."""
    session.install("-e", *DEV)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install("-e", *DEV)
    session.run("mypy")


@nox.session
def notebooks(session: nox.Session) -> None:
    """Refuse notebooks that were not run."""
    session.install("-e", *DEV)
    session.run("python", "scripts/check_notebooks.py")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it alone and run the main job."""
    session.install("build")
    out = session.create_tmp()
    session.run("python", "-m", "build", "--wheel", "--outdir", out)
    session.run("bash", "scripts/check_wheel.sh", out)
