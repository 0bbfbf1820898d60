"""The templated gateway, with the bodies of three kinds of services."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from notifications.channels import Message, Undelivered
from notifications.channels.gateway import HttpGateway
from notifications.models import Delivery
from notifications.services.deliveries import send_deliveries
from tests.notifications.receiver import Receiver
from tests.notifications.telling import consume, customer, grant, relay

MESSAGE = Message(id="1", name="balance.low", title='A "title"', text="5 < 6 & {title}", attributes={"phone": "+491"})
SLACK = {"text": "*{title}*\n{text}"}
SMS = {"To": "{to}", "From": "+4900", "Body": "{title}: {text}"}
PUSH = {"message": {"token": "{to}", "notification": {"title": "{title}", "body": "{text}"}, "tags": ["{name}", 1]}}


def test_slack_gets_json_with_its_signs_escaped(receiver: Receiver) -> None:
    HttpGateway(url=receiver.url(), body=SLACK, escape="html").send(MESSAGE)
    ((_, headers, body),) = receiver.received
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"text": '*A "title"*\n5 &lt; 6 &amp; {title}'}


def test_an_sms_goes_as_a_form_to_the_attribute_of_the_user(receiver: Receiver) -> None:
    gateway = HttpGateway(
        url=receiver.url(), body=SMS, encoding="form", to_attribute="phone", headers={"Authorization": "Basic eA=="}
    )
    gateway.send(MESSAGE)
    ((_, headers, body),) = receiver.received
    assert headers["authorization"] == "Basic eA=="
    assert parse_qs(body.decode()) == {"To": ["+491"], "From": ["+4900"], "Body": ['A "title": 5 < 6 & {title}']}


def test_a_push_message_may_be_nested(receiver: Receiver) -> None:
    HttpGateway(url=receiver.url(), body=PUSH, to_attribute="phone").send(MESSAGE)
    sent = json.loads(receiver.received[0][2])["message"]
    assert (sent["token"], sent["tags"]) == ("+491", ["balance.low", 1])


def test_who_has_no_number_gets_nothing_for_good(receiver: Receiver) -> None:
    with pytest.raises(Undelivered) as failure:
        HttpGateway(url=receiver.url(), body=SMS, to_attribute="fax").send(MESSAGE)
    assert failure.value.is_final
    assert receiver.received == []


@pytest.mark.django_db
def test_a_channel_of_the_settings_gets_what_its_names_say(receiver: Receiver, settings: Any) -> None:
    gateway = {"class": "notifications.channels.gateway.HttpGateway", "url": receiver.url(), "body": SLACK}
    settings.NOTIFICATION_CHANNELS = {**settings.NOTIFICATION_CHANNELS, "slack": {**gateway, "names": ["balance.*"]}}
    reference = customer()
    grant(reference, 100, source="promotion")
    consume(reference, 90)
    relay()
    while send_deliveries():
        pass
    assert [json.loads(body)["text"].split("\n")[0] for _, _, body in receiver.received] == [
        "*Your credits are running low*"
    ]
    assert set(Delivery.objects.values_list("channel", "status")) == {("slack", "sent"), ("email", "sent")}
