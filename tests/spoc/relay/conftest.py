"""The notes of the models' tests, for the pages."""

from tests.spoc.concerns.conftest import counted, draft, sent, whole

__all__ = ["counted", "draft", "sent", "whole"]
