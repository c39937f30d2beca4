"""Forms on accounts: asking for a code, accepting an invitation, one's own details."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import Language, User

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[User]
else:
    ModelForm = forms.ModelForm


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """Asks for an e-mailed code: for the accounts of communes; whoever holds a role signs in by password."""

    def clean_email(self) -> str:
        """Look the person up; a role holder is told by mail, as an unknown address is, so nothing is given away."""
        email: str = super().clean_email()
        user = getattr(self, "_user", None)
        if user is not None and user.roles:
            self._user = None
        return email


class InvitationForm(forms.Form):
    """What a person says when they come in for the first time."""

    language = forms.ChoiceField(
        label=_("Language of the screens"),
        choices=Language.choices,
        widget=forms.RadioSelect,
    )
    content_language = forms.ChoiceField(
        label=_("Language in which we write to you"),
        choices=[("fr", "Français"), ("nl", "Nederlands"), ("", _("Both"))],
        required=False,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Bind to the invited person; a password is asked of role holders, offered to the others."""
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["password"]
        field.required = bool(user.grants.valid())
        field.help_text = (
            _("At least 12 characters. You can paste it from a password manager.")
            if field.required
            else _("At least 12 characters. Without a password, we send you a code by e-mail each time.")
        )

    def clean_password(self) -> str:
        """Refuse a weak password."""
        password: str = self.cleaned_data["password"]
        if password:
            password_validation.validate_password(password, self.user)
        return password


class DetailsForm(ModelForm):
    """One's own details."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "language", "content_language"]
        widgets = {"language": forms.RadioSelect, "content_language": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give the unknown language of mail a name that a person can choose."""
        super().__init__(*args, **kwargs)
        languages = cast("forms.ChoiceField", self.fields["content_language"])
        languages.choices = [("fr", "Français"), ("nl", "Nederlands"), ("", _("Both"))]
        languages.help_text = ""
