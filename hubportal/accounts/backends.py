"""The one authentication backend: allauth finds out who somebody is, today's grants say what they may do."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from hubportal.accounts import rights
from hubportal.accounts.models import User


class GrantBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed for subclassing
    """Password or e-mailed code from allauth; permissions from the roles that hold today, nothing stored."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of today's roles."""
        if not isinstance(user_obj, User):
            return set()
        return set(rights.permissions_of(user_obj.roles))

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether one of today's roles gives this permission."""
        return perm in self.get_all_permissions(user_obj)
