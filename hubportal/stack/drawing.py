"""Brings the libraries that draw PDFs: Pango and HarfBuzz, which pip cannot install."""

from hubportal import pango
from hubportal.stack import apt
from hubportal.stack.supervisor import Supervisor


def provide(supervisor: Supervisor) -> None:
    """Install what is missing when root and apt are there; otherwise say the line. The portal runs without."""
    packages = pango.missing()
    if packages and apt.can_install():
        supervisor.console.say(f"installing {' and '.join(packages)} for the PDFs…")
        apt.install(supervisor, *packages)
    reason = pango.why_not()
    if reason:
        supervisor.console.say(reason)
