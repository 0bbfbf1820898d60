"""Problems that any endpoint may answer with; each has its heading in docs/problems.md."""

from collections.abc import Mapping, Sequence

from core.api.limits import Limit, headers_of, wait_seconds
from core.problems import Problem


class InternalError(Problem):
    status = 500
    code = "internal_error"
    title = "Internal error"
    default_detail = "A defect of ours. Send the request again; if it stays, report the id in X-Request-Id."


class BadRequest(Problem):
    status = 400
    code = "bad_request"
    title = "The request cannot be read"
    default_detail = "Correct the request and send it again."


class MalformedJSON(Problem):
    status = 400
    code = "malformed_json"
    title = "The body is not acceptable JSON"
    default_detail = "Send one JSON value in UTF-8, as RFC 8259 describes it."


class ValidationFailed(Problem):
    """Members of the request are missing or wrong; `errors` names each as {field, detail}, "" being the whole."""

    status = 400
    code = "validation_failed"
    title = "The request is not valid"
    default_detail = "Correct the members that `errors` names and send the request again."

    def __init__(self, errors: Sequence[tuple[str, str]], detail: str = "") -> None:
        super().__init__(detail, errors=[{"field": field, "detail": text} for field, text in errors])


class IdempotencyKeyInvalid(Problem):
    status = 400
    code = "idempotency_key_invalid"
    title = "The idempotency key cannot be used"
    default_detail = "Send Idempotency-Key with 1 to 255 visible ASCII characters, without spaces."


class IdempotencyKeyMissing(Problem):
    status = 400
    code = "idempotency_key_missing"
    title = "The request needs an idempotency key"
    default_detail = "Send the header Idempotency-Key with a new value for each new request, such as a UUID."


class NotAuthenticated(Problem):
    status = 401
    code = "not_authenticated"
    title = "Credentials are missing"
    default_detail = "Send `Authorization: Bearer <token>` or `Authorization: Api-Key <key>`."


class AuthenticationFailed(Problem):
    status = 401
    code = "authentication_failed"
    title = "The credentials are not accepted"
    default_detail = "Get a new token, or use a key that is not revoked and has not expired."


class PermissionDenied(Problem):
    status = 403
    code = "permission_denied"
    title = "The caller may not do this"
    default_detail = "Use credentials with the scope or permission that this call needs."


class CsrfFailed(Problem):
    status = 403
    code = "csrf_failed"
    title = "The CSRF token is missing or wrong"
    default_detail = "Load the page again and send the form once more."


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = "Nothing is here"
    default_detail = "Check the path and the identifier; what belongs to somebody else is not shown."


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title = "The method is not allowed here"
    default_detail = "Use one of the methods that the header Allow names."


class NotAcceptable(Problem):
    status = 406
    code = "not_acceptable"
    title = "No such representation"
    default_detail = "Send `Accept: application/json`, or no Accept at all."


class SchemaBreaksRows(Problem):
    status = 409
    code = "schema_breaks_rows"
    title = "Stored attributes would not meet the schema"
    default_detail = "Correct the stored attributes first, or send `force` with a `reason`."


class BodyTooLarge(Problem):
    status = 413
    code = "body_too_large"
    title = "The body is too large"
    default_detail = "Send at most 1,048,576 bytes; split a batch into several requests."


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    title = "The body's media type is not supported"
    default_detail = "Send the body as `Content-Type: application/json` in UTF-8."


class KeyReused(Problem):
    status = 422
    code = "idempotency_key_reused"
    title = "The idempotency key belongs to another request"
    default_detail = "Send a new request with a new Idempotency-Key; send a repetition exactly as it was."


class Throttled(Problem):
    """A caller used up one of `limits`, which are announced with the refusal."""

    status = 429
    code = "throttled"
    title = "Too many requests"
    default_detail = "Wait as long as Retry-After says, then send the request again."

    def __init__(self, detail: str = "", *, limits: Sequence[Limit] = ()) -> None:
        super().__init__(detail)
        self.headers = {**headers_of(*limits), "Retry-After": str(wait_seconds(*limits))}


class ServiceNotReady(Problem):
    """The process runs but cannot serve yet; the member `failed` has a sentence for each check that failed."""

    status = 503
    code = "service_not_ready"
    title = "The service is not ready"
    default_detail = "Wait as long as Retry-After says, or put right what `failed` names."

    def __init__(self, detail: str = "", *, failed: Mapping[str, str]) -> None:
        super().__init__(detail, failed=failed)
        self.headers["Retry-After"] = "5"


class Unavailable(Problem):
    """The database did not answer in time; nothing is known to be written."""

    status = 503
    code = "unavailable"
    title = "The service is busy or not reachable"
    default_detail = "Send the same request with the same Idempotency-Key again after Retry-After seconds."

    def __init__(self, detail: str = "", *, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.headers["Retry-After"] = str(retry_after_seconds)
