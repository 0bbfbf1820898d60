import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import OperatorAction, User
from accounts.services.users import end_sessions
from tests.accounts.conftest import ORIGIN, PASSWORD

pytestmark = pytest.mark.django_db


def test_the_database_refuses_a_second_spelling(user: User) -> None:
    other = User.objects.create_user("bo@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(email="ada@example.com")


def test_the_database_refuses_capital_letters_where_it_tells_them_apart(user: User) -> None:
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email="ADA@example.com")
    except IntegrityError:
        return
    # A collation that takes `A` for `a` keeps the address unique in both spellings.
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="ada@example.com", password="!")])


def test_a_user_is_found_by_any_spelling(user: User) -> None:
    assert User.objects.get_by_natural_key(" ADA@Example.com") == user


def test_ended_sessions_log_out_of_the_admin_and_leave_a_trace(client: Client, operator: User) -> None:
    operator.is_superuser = True
    operator.save()
    client.post("/admin/login/", {"username": operator.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    end_sessions(user=operator, origin=ORIGIN)
    assert client.get("/admin/").status_code == 302
    assert OperatorAction.objects.get().action == "user.end_sessions"


def test_a_changed_password_ends_admin_sessions(client: Client, operator: User) -> None:
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200
    operator.set_password("another-lantern-43")
    operator.save()
    assert client.get("/admin/").status_code == 302
