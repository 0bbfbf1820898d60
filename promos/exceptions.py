"""Why a code is refused; the order of the classes is the order of the checks."""

from core.problems import Problem


class CodeUnknown(Problem):
    """Also what a customer is told of a code that is inactive or not for him, so that guesses learn nothing."""

    status = 404
    code = "code_unknown"
    title = "No such code"
    default_detail = "There is no such code; check how it is written."


class CodeInactive(Problem):
    status = 409
    code = "code_inactive"
    title = "The code is not active"
    default_detail = "The code is switched off; activate it, or use another one."


class CodeNotStarted(Problem):
    status = 409
    code = "code_not_started"
    title = "The code is not valid yet"
    default_detail = "The code cannot be used yet; try again when it begins."


class CodeExpired(Problem):
    status = 409
    code = "code_expired"
    title = "The code has expired"
    default_detail = "The code can no longer be used."


class CodeExhausted(Problem):
    status = 409
    code = "code_exhausted"
    title = "The code is used up"
    default_detail = "The code was used as often as it may be."


class CodeAlreadyRedeemed(Problem):
    status = 409
    code = "code_already_redeemed"
    title = "The wallet has used the code"
    default_detail = "This wallet has used the code, or one that it cannot be combined with, as often as it may."


class CodeNotForYou(Problem):
    status = 403
    code = "code_not_for_you"
    title = "The code is for other wallets"
    default_detail = "The code is not meant for this wallet; `audience` of the code says for which."


class CodeTaken(Problem):
    status = 409
    code = "code_taken"
    title = "The code exists"
    default_detail = "A code with this text exists, in whatever case; choose another text, or change that code."


class BatchRevoked(Problem):
    status = 409
    code = "batch_revoked"
    title = "The batch is revoked"
    default_detail = "Codes of a revoked batch stay inactive; generate new ones."


class ReferralsOff(Problem):
    status = 409
    code = "referrals_off"
    title = "There is no referral programme"
    default_detail = (
        "This installation grants nothing for referrals; its settings REFERRAL_GRANT and REFERRER_GRANT do."
    )


REFUSALS = (
    CodeUnknown,
    CodeInactive,
    CodeNotStarted,
    CodeExpired,
    CodeExhausted,
    CodeAlreadyRedeemed,
    CodeNotForYou,
)
