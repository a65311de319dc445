"""Orders on their way through the broker to a worker in another process, and as mail to Mailpit."""

import time
import uuid

import pytest

from flask_shop import orders, tasks
from flask_shop.models import CONFIRMED
from tests.mailbox import messages_to, wait_for_messages

pytestmark = pytest.mark.usefixtures("worker")


def order(client, slug, buyer, quantity=2):
    key = uuid.uuid4().hex
    client.post("/cart", data={"slug": slug, "quantity": str(quantity)})
    assert client.post("/orders", data={"email": buyer, "key": key}).status_code == 303
    return key


def test_the_buyer_gets_what_was_ordered_by_mail(client, product, buyer):
    key = order(client, product(price_cents=1250, title="Sea chest <oak> 🧰"), buyer)
    [message] = wait_for_messages(buyer)
    assert message["Subject"] == "Your order of 25.00\u202f€"
    assert message["From"] == {"Name": "Harbour Goods", "Address": "shop@example.org"}
    assert [to["Address"] for to in message["To"]] == [buyer]
    assert "2 x Sea chest <oak> 🧰, 12.50\u202f€ each" in message["Text"]
    assert "Total: 25.00\u202f€" in message["Text"]
    assert key in message["Text"]
    assert "Sea chest &lt;oak&gt; 🧰" in message["HTML"]
    assert key in message["MessageID"]


def test_the_page_of_the_order_says_when_it_is_confirmed(client, app, product, buyer):
    key = order(client, product(), buyer)
    wait_for_messages(buyer)
    deadline = time.monotonic() + 60
    while f"Confirmed by mail to {buyer}" not in client.get(f"/orders/{key}").text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with app.app_context():
        confirmed = orders.find_order(key)
        assert confirmed.status == CONFIRMED
        assert confirmed.confirmed_at >= confirmed.placed_at


def test_a_task_that_comes_twice_sends_one_mail(client, app, product, buyer):
    key = order(client, product(), buyer)
    with app.app_context():
        order_id = orders.find_order(key).id
        for _ in range(3):
            tasks.request_confirmation(order_id)
    # Later tasks come after the earlier ones: when this mail is there, the others have been worked on.
    other = f"{uuid.uuid4().hex}@example.org"
    order(client, product(), other)
    wait_for_messages(other)
    assert len(messages_to(buyer)) == 1


def test_many_orders_are_all_confirmed(client, product):
    buyers = [f"{uuid.uuid4().hex}@example.org" for _ in range(12)]
    slug = product(stock=100)
    for buyer in buyers:
        order(client, slug, buyer, quantity=1)
    for buyer in buyers:
        assert len(wait_for_messages(buyer)) == 1


def test_the_broker_holds_the_queue_of_this_shop_only(app, prefix):
    celery = app.extensions["celery"]
    queues = celery.control.inspect(timeout=60, limit=1).active_queues()
    names = {queue["name"] for worker in (queues or {}).values() for queue in worker}
    assert prefix in names


def test_tasks_are_known_to_the_worker(app):
    registered = app.extensions["celery"].control.inspect(timeout=60, limit=1).registered()
    tasks = {task.split(" ")[0] for worker in (registered or {}).values() for task in worker}
    assert {"flask_shop.tasks.confirm_order", "flask_shop.tasks.confirm_waiting"} <= tasks
