"""Sealing what is kept of second factors, so that a copy of the database gives nobody a code."""

import base64
import logging
import secrets
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE: Final = b"hubportal second factors"
"""What a key is derived for: the same secret signs sessions, with another purpose."""
log = logging.getLogger(__name__)


def seal(text: str) -> str:
    """Return the text, sealed with the key of today."""
    return _seals().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text; of one that was sealed with a key that is gone, one that fits nothing."""
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken:
        log.error("a second factor was sealed with a key that is gone (HUBPORTAL_OLD_SECRET_KEYS)")
        # Never the same, nor empty: whoever knows what stands here could count out the codes.
        return base64.b32encode(secrets.token_bytes(20)).decode()


def seal_anew(sealed: str) -> str:
    """Return what was sealed with an old key, sealed with that of today; raises InvalidToken when its key is gone."""
    return _seals().rotate(sealed.encode()).decode()


def _seals() -> MultiFernet:
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> bytes:
    told = secret.encode() if isinstance(secret, str) else secret
    return base64.urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(told))
