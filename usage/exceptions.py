"""Why usage is refused: each class is one problem type, described under its heading in docs/problems.md."""

from core.problems import Problem


class ModelUnknown(Problem):
    status = 400
    code = "model_unknown"
    title = "No rate is in force for this model"


class QuantityUnpriced(Problem):
    status = 400
    code = "quantity_unpriced"
    title = "The rate has no price for this quantity"


class BudgetExceeded(Problem):
    status = 402
    code = "budget_exceeded"
    title = "A budget would be exceeded"


class EventNotFound(Problem):
    status = 404
    code = "event_not_found"
    title = "No such usage event"
    default_detail = "There is no such usage event; a correction is not corrected, its first event is."


class RateNotFound(Problem):
    status = 404
    code = "rate_not_found"
    title = "No such rate"
    default_detail = "There is no such rate; list the rates to find the id."


class BudgetNotFound(Problem):
    status = 404
    code = "budget_not_found"
    title = "No such budget"
    default_detail = "There is no such budget; list the budgets to find the id."


class RateExists(Problem):
    status = 409
    code = "rate_exists"
    title = "This version of the rate was made at the same time"
    default_detail = "Another version of this rate was made at the same moment; look at it, and send yours again."
