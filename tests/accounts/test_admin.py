import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import ApiKey, OperatorAction, User
from accounts.services.api_keys import create_api_key, hash_secret
from accounts.services.tokens import issue_tokens
from accounts.services.users import register_user
from credits.models import Wallet
from tests.accounts.conftest import ORIGIN, PASSWORD

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
USERS, KEYS, ACTIONS = (f"/admin/accounts/{name}/" for name in ("user", "apikey", "operatoraction"))


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("chief@example.com", PASSWORD)


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend=BACKEND)
    return client


def test_an_operator_logs_in_by_e_mail(client: Client, operator: User) -> None:
    page = client.post("/admin/login/", {"username": "Olga@Example.com", "password": PASSWORD})
    assert (page.status_code, client.get("/admin/").status_code) == (302, 200)


def test_a_customer_cannot_enter(client: Client, user: User) -> None:
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302


def test_every_page_opens(desk: Client, user: User) -> None:
    key = create_api_key(name="k", scope="read", origin=ORIGIN).key
    action = OperatorAction.objects.get()
    paths = [USERS, KEYS, ACTIONS, f"{USERS}add/", f"{KEYS}add/", f"{USERS}{user.pk}/change/"]
    paths += [f"{USERS}{user.pk}/password/", f"{KEYS}{key.pk}/change/", f"{ACTIONS}{action.pk}/change/"]
    assert {path: desk.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert desk.get(USERS, {"q": "ada"}).status_code == 200


def test_a_user_made_here_has_the_stored_spelling_and_a_wallet(desk: Client) -> None:
    body = {"email": "Bo@Example.com", "name": "Bo", "usable_password": "true"}
    desk.post(f"{USERS}add/", {**body, "password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(email="bo@example.com")
    assert user.check_password(PASSWORD)
    assert Wallet.objects.filter(reference=user.wallet_reference()).exists()
    assert OperatorAction.objects.filter(action="user.add", target_id=user.pk).exists()


def change_user(client: Client, user: User, **changes: object) -> int:
    body: dict[str, object] = {"email": user.email, "name": user.name, "is_active": "on"}
    body |= {f"{prefix}{name}": "{}" for prefix in ("", "initial-") for name in ("attributes", "preferences")}
    body |= changes
    return client.post(f"{USERS}{user.pk}/change/", {k: v for k, v in body.items() if v is not None}).status_code


def test_disabling_and_enabling_a_user_revives_no_token(client: Client, desk: Client, user: User) -> None:
    token = issue_tokens(user).access
    assert [change_user(desk, user, is_active=None), change_user(desk, user)] == [302, 302]
    user.refresh_from_db()
    assert user.is_active
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


def test_a_change_leaves_a_trace_with_its_fields(desk: Client, chief: User, user: User) -> None:
    change_user(desk, user, name="Countess")
    line = OperatorAction.objects.get(action="user.change")
    assert (line.operator, line.target_id, line.after) == (chief, str(user.pk), [{"changed": {"fields": ["Name"]}}])


def test_a_password_set_here_leaves_a_trace_without_it(desk: Client, user: User) -> None:
    secret = "another-lantern-43"
    desk.post(f"{USERS}{user.pk}/password/", {"usable_password": "true", "password1": secret, "password2": secret})
    assert User.objects.get(pk=user.pk).check_password(secret)
    assert secret not in repr(list(OperatorAction.objects.values_list()))
    assert OperatorAction.objects.filter(action="user.change", target_id=user.pk).exists()


def test_only_a_superuser_hands_out_rights(client: Client, operator: User, user: User, chief: User) -> None:
    operator.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(operator, backend=BACKEND)
    assert change_user(client, user, is_superuser="on", is_staff="on") == 302
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert change_user(client, chief, name="Taken over") == 403
    assert client.post(f"{USERS}{chief.pk}/password/", {"password1": "x", "password2": "x"}).status_code == 403


def test_nobody_is_deleted(desk: Client, user: User) -> None:
    assert desk.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_key_made_here_is_shown_once(desk: Client) -> None:
    page = desk.post(f"{KEYS}add/", {"name": "k", "scope": "spend"}, follow=True)
    key = ApiKey.objects.get()
    text = next(word for word in page.content.decode().split() if word.startswith(f"sk_{key.prefix}_"))
    assert hash_secret(text.split("<")[0]) == key.secret_hash
    assert key.prefix + "_" not in desk.get(KEYS).content.decode()


def test_a_key_is_revoked_here(desk: Client) -> None:
    key = create_api_key(name="k", scope="spend", origin=ORIGIN).key
    desk.post(KEYS, {"action": "revoke", "_selected_action": [str(key.pk)]})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_the_audit_log_is_only_looked_at(desk: Client) -> None:
    create_api_key(name="k", scope="read", origin=ORIGIN)
    path = f"{ACTIONS}{OperatorAction.objects.get().pk}"
    assert [desk.post(f"{path}/{verb}/", {"post": "yes"}).status_code for verb in ("change", "delete")] == [403, 403]
    assert desk.get(f"{ACTIONS}add/").status_code == 403


def test_nobody_can_read_refresh_tokens() -> None:
    assert not {BlacklistedToken, OutstandingToken} & set(admin.site._registry)


def test_sessions_are_ended_for_the_chosen_users(desk: Client, user: User) -> None:
    desk.post(USERS, {"action": "end_all_sessions", "_selected_action": [str(user.pk)]})
    user.refresh_from_db()
    assert user.session_epoch == 1


def test_a_registered_user_is_listed(desk: Client) -> None:
    register_user(email="bo@example.com", password=PASSWORD)
    assert b"bo@example.com" in desk.get(USERS).content
