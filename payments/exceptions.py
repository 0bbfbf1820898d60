"""Why a payment is refused: each class is one problem type, described under its heading in docs/problems.md."""

from core.problems import Problem


class WebhookRefused(Problem):
    status = 400
    code = "webhook_refused"
    title = "The webhook is not accepted"
    default_detail = "Sign the raw body with the webhook secret of this installation and send it unchanged."


class ProviderUnknown(Problem):
    status = 400
    code = "provider_unknown"
    title = "Payments do not run through this provider"
    default_detail = "Leave `provider` out, or name one that this installation has keys of."


class AmountNotSold(Problem):
    status = 400
    code = "amount_not_sold"
    title = "This amount is not for sale"


class ConsentMissing(Problem):
    status = 400
    code = "consent_missing"
    title = "Automatic top-ups need the customer's consent"
    default_detail = "Send `consent` with the text that the customer agreed to."


class PaymentNotFound(Problem):
    status = 404
    code = "payment_not_found"
    title = "No such payment"
    default_detail = "There is no such payment; list the payments to find the id."


class PackNotFound(Problem):
    status = 404
    code = "pack_not_found"
    title = "No such pack"
    default_detail = "There is no such pack for sale in this currency; GET /credit-packs lists what is."


class ReceiptNotFound(Problem):
    status = 404
    code = "receipt_not_found"
    title = "No receipt yet"
    default_detail = "A receipt is there as soon as the payment is paid; ask again then."


class PaymentNotRefundable(Problem):
    status = 409
    code = "payment_not_refundable"
    title = "The payment can't be refunded that far"


class ProviderRefusal(Problem):
    status = 409
    code = "provider_refusal"
    title = "The provider refuses this"


class ProviderUnavailable(Problem):
    """The provider gave no usable answer; what we asked is stored and is asked again with the same key."""

    status = 503
    code = "provider_unavailable"
    title = "The provider does not answer"
    default_detail = "Send the same request with the same Idempotency-Key again after Retry-After seconds."

    def __init__(self, detail: str = "", *, retry_after_seconds: int = 5) -> None:
        super().__init__(detail)
        self.headers["Retry-After"] = str(retry_after_seconds)
