"""What notifications refuse; each has its heading in docs/problems.md."""

from core.problems import Problem


class TooManyEndpoints(Problem):
    status = 409
    code = "too_many_endpoints"
    title = "The wallet has as many webhook endpoints as it may have"
    default_detail = "Delete an endpoint that is not needed any more, or let one take more event types."


class EndpointDisabled(Problem):
    status = 409
    code = "endpoint_disabled"
    title = "The webhook endpoint is disabled"
    default_detail = "Correct what made it fail, then enable it with PATCH and `enabled: true`."


class DeliveryWaiting(Problem):
    status = 409
    code = "delivery_waiting"
    title = "The delivery is on its way already"
    default_detail = "Wait until it has arrived or was given up; `next_attempt_at` says when it is tried."
