"""Why the ledger refuses: each class is one problem type, described under its heading in docs/problems.md."""

from core.problems import Problem


class InvalidOperation(Problem):
    status = 400
    code = "invalid_operation"
    title = "The operation can't be done as asked"


class SameWallet(Problem):
    status = 400
    code = "same_wallet"
    title = "Source and target are the same wallet"


class InsufficientCredits(Problem):
    status = 402
    code = "insufficient_credits"
    title = "Not enough credits"


class WalletFrozen(Problem):
    status = 403
    code = "wallet_frozen"
    title = "The wallet is frozen"


class NotYourHold(Problem):
    status = 403
    code = "not_your_hold"
    title = "The hold was placed by somebody else"


class WalletNotFound(Problem):
    status = 404
    code = "wallet_not_found"
    title = "No such wallet"
    default_detail = "There is no such wallet; check the reference, or open it with a grant."


class GrantNotFound(Problem):
    status = 404
    code = "grant_not_found"
    title = "No such grant"
    default_detail = "There is no such grant; list the wallet's grants to find the id."


class HoldNotFound(Problem):
    status = 404
    code = "hold_not_found"
    title = "No such hold"
    default_detail = "There is no such hold; list the wallet's holds to find the id."


class EntryNotFound(Problem):
    status = 404
    code = "entry_not_found"
    title = "No such entry"
    default_detail = "There is no such entry; list the wallet's entries to find the id."


class RefusalNotFound(Problem):
    status = 404
    code = "refusal_not_found"
    title = "No such refusal"
    default_detail = "There is no such refusal in this wallet; refusals can be explained for 30 days."


class BalanceTooLarge(Problem):
    status = 409
    code = "balance_too_large"
    title = "The wallet would pass the largest balance"


class HoldNotActive(Problem):
    status = 409
    code = "hold_not_active"
    title = "The hold has ended"


class GrantNotVoidable(Problem):
    status = 409
    code = "grant_not_voidable"
    title = "The grant can't be voided"


class NotReversible(Problem):
    status = 409
    code = "not_reversible"
    title = "The entry can't be reversed that far"


class RefundTooLarge(Problem):
    status = 409
    code = "refund_too_large"
    title = "More would be clawed back than was granted"


class DebtTooSmall(Problem):
    status = 409
    code = "debt_too_small"
    title = "More would be forgiven than is owed"


class AlreadyInStatus(Problem):
    status = 409
    code = "already_in_status"
    title = "The wallet has that status already"


class WalletExists(Problem):
    status = 409
    code = "wallet_exists"
    title = "The wallet exists with other terms"
