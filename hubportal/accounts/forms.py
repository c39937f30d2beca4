"""Forms on accounts: asking for a code, accepting an invitation, one's own details."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.accounts import fresh_code
from hubportal.accounts.models import Language, User

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[User]
else:
    ModelForm = forms.ModelForm


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """Asks for an e-mailed code: for the accounts of communes; whoever holds a role signs in by password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Call the field what the page calls it, also in an error."""
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def clean_email(self) -> str:
        """Look the person up; a role holder is told by mail, as an unknown address is, so nothing is given away."""
        email: str = super().clean_email()
        # Of an address that nobody has, the database is asked the same: the time taken tells nothing either.
        person = getattr(self, "_user", None) or User(pk=0, is_active=True)
        if person.roles:
            self._user = None
        return email


def code_field(label: Any, hint: Any = "") -> forms.CharField:
    """Return a field for a code that a device shows or a mail holds."""
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=hint, widget=widget, max_length=40)


class AddAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth is not typed
    """Takes the first code of an app."""

    code = code_field(_("Code that the app shows"), _("Six digits; another one each half minute."))


class GiveFactorForm(AuthenticateForm):  # type: ignore[misc]
    """Takes a code of the app, or a recovery code, while signing in."""

    code = code_field(
        _("Code"), _("Six digits from your app, or one of your recovery codes, which has eight.")
    )


class GiveFactorAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """Takes a code of the app, or a recovery code, once more."""

    code = code_field(
        _("Code"), _("Six digits from your app, or one of your recovery codes, which has eight.")
    )


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Takes a new passkey; each of them signs in by itself."""

    passwordless = None
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("So that you know it again, for example: work laptop."),
    )


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Takes another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=60)


class FreshCodeForm(forms.Form):
    """Takes the code that was sent to somebody who is signed in."""

    code = code_field(_("Code from our message"))

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        """Know whose code it is."""
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        """Refuse another one."""
        code: str = self.cleaned_data["code"]
        fresh_code.check(self.request, code)
        return code


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
        field.required = user.holds_or_will_hold_a_role()
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
