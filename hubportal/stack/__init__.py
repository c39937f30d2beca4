"""Everything `./run` and `./test` need: it starts, watches and stops the portal's processes on one machine.

Standard library only and no Django, but for `sink.py` (aiosmtpd) and `prepare.py` (Django).
"""
