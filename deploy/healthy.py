"""`python -m deploy.healthy ADDRESS | worker | beat`: the health check of a container; exit code 0 when it is well.

An address is asked with the first name of HUBPORTAL_HOSTS as its Host, so that the portal need not answer to any
other name. The worker and beat are looked up where they say that they live (hubportal/health.py).
"""

import os
import sys
import urllib.request

import redis

from hubportal import env

TIMEOUT = 3  # seconds; Docker's own limit is 5


def main(subject: str) -> int:
    """Ask, and return the exit code; the reason is what `docker inspect` shows."""
    try:
        well = _answers(subject) if "://" in subject else _lives(subject)
    except (OSError, redis.RedisError) as error:
        print(type(error).__name__, error)
        return 1
    print("ok" if well else "silent")
    return 0 if well else 1


def _answers(address: str) -> bool:
    host = os.environ.get("HUBPORTAL_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(address, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        return int(response.status) == 200


def _lives(part: str) -> bool:
    server = redis.Redis.from_url(
        env.redis("REDIS_URL").cache, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=None
    )
    return bool(server.exists(f"hubportal:alive:{part}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
