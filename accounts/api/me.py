"""GET, PATCH /me: the user who calls."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import openapi
from accounts.api.serializers import ProfileSerializer, UserSerializer
from accounts.exceptions import TokenInvalid
from accounts.models import User
from accounts.permissions import UserRule, caller_of
from accounts.services.users import change_profile
from core.api.bodies import read_body
from core.api.lean import LeanView
from core.api.queries import read_query


class MeView(LeanView):
    permission_classes = (UserRule,)

    @extend_schema(**openapi.operation("me_show", answers={200: UserSerializer}, shows=openapi.USER))
    def get(self, request: Request) -> Response:
        """Show the user who calls."""
        read_query(request)
        return Response(UserSerializer(_user(request)).data)

    @extend_schema(
        **openapi.operation(
            "me_change",
            body=ProfileSerializer,
            answers={200: UserSerializer},
            asks={"attributes": {"team": "blue"}},
            shows=openapi.USER,
        )
    )
    def patch(self, request: Request) -> Response:
        """Change the name, the attributes or the preferences, each as a whole."""
        body = read_body(request, ProfileSerializer)
        user = change_profile(user=_user(request), **body)
        return Response(UserSerializer(user).data)


def _user(request: Request) -> User:
    user_id = caller_of(request).user_id
    user = User.objects.filter(pk=user_id).first() if user_id else None
    if user is None:
        raise TokenInvalid
    return user
