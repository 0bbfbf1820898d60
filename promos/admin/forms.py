"""What operators are asked for codes and batches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from credits.models.wallets import refuse_me, validate_reference

from ..code_text import MAX_PREFIX, generate, normalize, validate_prefix
from ..models import PromoCode
from ..models.batches import MOST_CODES
from ..models.codes import validate_campaign

GIVES = ("amount", "bonus_percent", "expires_in_days")
MINIMUM = ("minimum_purchase_minor", "minimum_purchase_currency")
LIMITS = ("starts_at", "ends_at", "max_redemptions", "max_redemptions_per_wallet")
GROUP = ("group", "is_stackable")
AUDIENCE = ("audience", "max_wallet_age_days", "plan")

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[PromoCode]
else:
    _ModelForm = forms.ModelForm


class TermsForm(_ModelForm):
    """Terms of a code, held against every rule of the model before anything is stored."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own seam, which the stubs leave out
        if self.errors:
            return
        self.instance.normalized = normalize(self.instance.code)
        try:
            self.instance.full_clean(exclude=["created_by"], validate_unique=False)
        except ValidationError as error:
            self.add_error(None, error.messages)

    def terms(self) -> dict[str, Any]:
        """Return what is asked, by the names of the model."""
        columns = {field.name for field in PromoCode._meta.concrete_fields}
        return {name: value for name, value in self.cleaned_data.items() if name in columns}


class CodeForm(TermsForm):
    wallets = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="References of the audience `listed`, one a line.",
    )

    class Meta:
        model = PromoCode
        fields = ("code", "description", "campaign", *GIVES, *MINIMUM, *LIMITS, *GROUP, *AUDIENCE, "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance._state.adding:
            listed = self.instance.listed.order_by("reference").values_list("reference", flat=True)
            self.fields["wallets"].initial = "\n".join(listed)

    def clean_code(self) -> str:
        """Refuse a text that another code has, in whatever case."""
        text = str(self.cleaned_data["code"])
        if PromoCode.objects.filter(normalized=normalize(text)).exclude(pk=self.instance.pk).exists():
            raise ValidationError("A code with this text exists, in whatever case.")
        return text

    def clean_wallets(self) -> Sequence[str]:
        """Return the references; raise ValidationError for a text that no wallet may have."""
        references: list[str] = self.cleaned_data["wallets"].split()
        for reference in references:
            validate_reference(reference)
            refuse_me(reference)
        return references


class GenerateForm(TermsForm):
    count = forms.IntegerField(min_value=1, max_value=MOST_CODES, help_text=f"At most {MOST_CODES:,}.")
    prefix = forms.CharField(  # type: ignore[assignment]  # a form has an attribute of this name
        required=False, max_length=MAX_PREFIX, validators=[validate_prefix], help_text="What each code begins with."
    )
    campaign = forms.CharField(max_length=64, validators=[validate_campaign])
    max_redemptions = forms.IntegerField(min_value=1, initial=1, help_text="Of each code.")
    field_order = ("count", "prefix", "campaign")

    class Meta:
        model = PromoCode
        fields = ("campaign", "description", *GIVES, *MINIMUM, *LIMITS, *GROUP, *AUDIENCE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.code = generate()
