"""The Celery application: a bell, not a memory.

PostgreSQL holds what is to be done; a task only says "look now". So a task that is lost costs a minute at
most (the next tick finds its row), and a task delivered twice finds nothing left to do. The settings that
differ by machine are `CELERY_*` in settings.py; what follows is the same everywhere.
"""

import os
import time
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.signals import heartbeat_sent, worker_ready

from hubportal import health

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

TICK = timedelta(minutes=1)
"""From one beat to the next."""

app = Celery("hubportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    result_backend=None,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # A task that hangs must not hold its worker process for ever: what it left half done is swept.
    task_time_limit=600,
    task_soft_time_limit=540,
    # Redis restores the tasks of a dead worker after ten minutes and looks for them every five seconds.
    broker_transport_options={
        "visibility_timeout": 660,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    beat_scheduler="hubportal.celery:HeartbeatScheduler",
    beat_max_loop_interval=5,
    # Ticks pile up while no worker runs; one is enough, so each is void before the next.
    beat_schedule={"tick": {"task": "hubportal.tick", "schedule": TICK, "options": {"expires": 55}}},
)
app.autodiscover_tasks()
app.autodiscover_tasks(["hubportal"], related_name="tick")


class HeartbeatScheduler(Scheduler):
    """Beat's scheduler: writes no file, starts with a tick, says that it lives at least every five seconds.

    Time is the monotonic clock's: when the machine's clock is set back an hour, the next tick still comes
    within the minute.
    """

    def setup_schedule(self) -> None:
        """Make the first tick due at once."""
        super().setup_schedule()
        self._due_at = time.monotonic()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until beat must look again."""
        health.mark_alive("beat")
        if self._due_at <= time.monotonic():
            self._due_at = time.monotonic() + TICK.total_seconds()
            for entry in self.schedule.values():
                self.apply_entry(entry, producer=self.producer)
        wait: float = min(self._due_at - time.monotonic(), app.conf.beat_max_loop_interval)
        return max(0.0, wait)


@worker_ready.connect
@heartbeat_sent.connect
def _worker_lives(**kwargs: Any) -> None:
    health.mark_alive("worker")
