#!/usr/bin/env bash
# The life of a few credits, with nothing but curl: log in, grant, hold, capture a part, consume until there is
# nothing left, repeat a request, read the statement. Run it as often as you like: each run opens a wallet of its own.
#
#   make run                     # in another terminal
#   examples/quickstart.sh
#
# BASE_URL, EMAIL, PASSWORD and API_KEY choose another server, operator and key.
set -euo pipefail

BASE_URL="${BASE_URL:-http://127.0.0.1:${PORT:-8000}}"
EMAIL="${EMAIL:-operator@example.com}"
PASSWORD="${PASSWORD:-operator-demo}"
API_KEY="${API_KEY:-$(cat "$(dirname "$0")/../var/demo-api-key")}"
WALLET="quickstart-$(date +%s)-$$"

# ask METHOD PATH EXPECTED_STATUS [curl arguments]: prints the body, and stops the script at another status.
ask() {
    local method="$1" path="$2" expected="$3" answer status
    shift 3
    answer="$(curl --silent --show-error --request "$method" --write-out '\n%{http_code}' \
        --header 'Content-Type: application/json' "$@" "$BASE_URL/api/v1/$path")"
    status="${answer##*$'\n'}"
    if [[ "$status" != "$expected" ]]; then
        printf '%s %s answered %s instead of %s:\n%s\n' "$method" "$path" "$status" "$expected" "$answer" >&2
        return 1
    fi
    printf '%s' "${answer%$'\n'*}"
}

# member NAME JSON: the first text member of that name.
member() {
    [[ "$2" =~ \"$1\":\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"
}

say() { printf '%-34s %s\n' "$1" "$2"; }

service=(--header "Authorization: Api-Key $API_KEY")

tokens="$(ask POST auth/token 200 --data "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}")"
operator=(--header "Authorization: Bearer $(member access "$tokens")")
say "1. Logged in" "$EMAIL"

grant="$(ask POST "wallets/$WALLET/grants" 201 "${operator[@]}" --header 'Idempotency-Key: welcome' \
    --data '{"amount": "100", "source": "promotion", "expires_in_days": 30, "description": "Welcome"}')"
say "2. Granted 100 to $WALLET" "expires at $(member expires_at "$grant")"

held="$(ask POST "wallets/$WALLET/holds" 201 "${service[@]}" --header 'Idempotency-Key: job-1' \
    --data '{"amount": "60", "description": "A job of unknown cost"}')"
hold="$(member id "$held")"
say "3. Held 60" "available $(member available "$held")"

captured="$(ask POST "holds/$hold/capture" 201 "${service[@]}" --header 'Idempotency-Key: job-1-done' \
    --data '{"amount": "25"}')"
say "4. Captured 25, freed the rest" "available $(member available "$captured")"

count=0
while true; do
    count=$((count + 1))
    request=("wallets/$WALLET/consume" --header "Idempotency-Key: request-$count" --data '{"amount": "20"}')
    status="$(curl --silent --show-error --output /dev/null --write-out '%{http_code}' "${service[@]}" \
        --header 'Content-Type: application/json' "${request[@]:1}" "$BASE_URL/api/v1/${request[0]}")"
    [[ "$status" == 201 ]] || break
    say "5. Consumed 20, request $count" "$status"
done
refusal="$(ask POST "${request[0]}" 402 "${service[@]}" "${request[@]:1}")"
say "   Refused request $count" "$status: $(member detail "$refusal")"

first="$(ask POST "wallets/$WALLET/consume" 201 "${service[@]}" --header 'Idempotency-Key: request-1' \
    --dump-header /dev/stderr --data '{"amount": "20"}' 2> >(grep -i '^idempotency-replayed' >&2))"
say "6. Repeated request 1" "nothing taken, still available $(member available "$first")"

say "7. Statement" ""
ask GET "wallets/$WALLET/entries?format=csv" 200 "${service[@]}"
