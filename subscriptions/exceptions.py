"""Why subscriptions refuse: each class is one problem type, described under its heading in docs/problems.md."""

from core.problems import Problem


class PlanNotFound(Problem):
    status = 404
    code = "plan_not_found"
    title = "No such plan"
    default_detail = "There is no such plan; list the plans to find its code."


class SubscriptionNotFound(Problem):
    status = 404
    code = "subscription_not_found"
    title = "No such subscription"
    default_detail = "There is no such subscription; list the subscriptions to find the id."


class ChargeNotFound(Problem):
    status = 404
    code = "charge_not_found"
    title = "No such charge"
    default_detail = "There is no such charge; look at the subscription to find its id."


class AllowanceNotFound(Problem):
    status = 404
    code = "allowance_not_found"
    title = "No such allowance"
    default_detail = "There is no such allowance; list the allowances to find the id."


class PlanExists(Problem):
    status = 409
    code = "plan_exists"
    title = "The code belongs to another plan"
    default_detail = "Choose another code; that of a deleted plan is not given again."


class PlanInUse(Problem):
    status = 409
    code = "plan_in_use"
    title = "The plan has subscribers"


class PlanNotOffered(Problem):
    status = 409
    code = "plan_not_offered"
    title = "The plan can't be started"
    default_detail = "The plan is not active; choose another one."


class AlreadySubscribed(Problem):
    status = 409
    code = "already_subscribed"
    title = "The wallet has a subscription of this family"


class SubscriptionStateConflict(Problem):
    status = 409
    code = "subscription_state_conflict"
    title = "The subscription's state doesn't allow it"


class ChangeNotPossible(Problem):
    status = 409
    code = "change_not_possible"
    title = "The plan can't be changed like that"


class AllowanceExists(Problem):
    status = 409
    code = "allowance_exists"
    title = "An allowance has this name"
    default_detail = "Choose another name, or change the allowance that has it."
