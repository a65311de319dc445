import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from flask_shop import orders
from flask_shop.extensions import db
from flask_shop.models import PLACED, Order, OrderLine, Product
from tests.mailbox import messages_to


def new_key():
    return uuid.uuid4().hex


def place(app, cart, email, key=None):
    with app.app_context():
        return orders.place_order(key or new_key(), email, cart).id


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_an_order_takes_from_the_stock_and_keeps_the_price(app, client, product, stock_of, buyer):
    slug, other = product(stock=5, price_cents=1250), product(stock=5, price_cents=99, title="Hook")
    client.post("/cart", data={"slug": slug, "quantity": "2"})
    client.post("/cart", data={"slug": other})
    key = new_key()
    answer = client.post("/orders", data={"email": buyer, "key": key})
    assert (answer.status_code, answer.location) == (303, f"/orders/{key}")
    assert (stock_of(slug), stock_of(other)) == (3, 4)
    with app.app_context():
        order = orders.find_order(key)
        assert (order.status, order.email, order.total_cents) == (PLACED, buyer, 2599)
        assert [(line.title, line.price_cents, line.quantity) for line in order.lines] == [
            ("Cork float", 1250, 2),
            ("Hook", 99, 1),
        ]
        db.session.scalar(select(Product).where(Product.slug == slug)).price_cents = 1
        db.session.commit()
    assert "25.99" in client.get(f"/orders/{key}").text
    assert "There is nothing in it" in client.get("/cart").text


def test_the_list_shows_the_new_stock_at_once(client, product, buyer):
    slug = product(stock=5)
    assert "5 left" in client.get("/").text
    client.post("/cart", data={"slug": slug, "quantity": "3"})
    client.post("/orders", data={"email": buyer, "key": new_key()})
    item = next(item for item in client.get("/api/offers").json["items"] if item["slug"] == slug)
    assert item["stock"] == 2


def test_nothing_is_sold_twice_however_many_want_it(make_app, product, stock_of):
    slug = product(stock=3)
    app = make_app()

    def buy(number):
        try:
            return place(app, {slug: 1}, f"buyer-{number}@example.org")
        except orders.SoldOutError:
            return None

    with ThreadPoolExecutor(10) as pool:
        placed = [order for order in pool.map(buy, range(10)) if order]
    assert len(placed) == 3
    assert stock_of(slug) == 0
    assert count(app, Order) == 3


def test_orders_of_the_same_products_in_other_order_do_not_wait_for_each_other(make_app, product, stock_of):
    first, second = product(stock=30), product(stock=30)
    app = make_app()
    carts = [{first: 1, second: 1}, {second: 1, first: 1}] * 10
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda cart: place(app, cart, "a@example.org"), carts))
    assert (stock_of(first), stock_of(second)) == (10, 10)


def test_an_order_is_placed_as_a_whole_or_not_at_all(app, product, stock_of, buyer):
    enough, too_few = product(stock=5), product(stock=1, title="Rare shell")
    with pytest.raises(orders.SoldOutError, match="Rare shell"):
        place(app, {enough: 2, too_few: 2}, buyer)
    assert (stock_of(enough), stock_of(too_few)) == (5, 1)
    assert count(app, Order) == 0
    assert count(app, OrderLine) == 0


def test_the_same_form_twice_is_one_order(client, app, product, stock_of, buyer):
    slug = product(stock=5)
    key = new_key()
    client.post("/cart", data={"slug": slug})
    answers = [client.post("/orders", data={"email": buyer, "key": key}) for _ in range(2)]
    assert {answer.location for answer in answers} == {f"/orders/{key}"}
    assert stock_of(slug) == 4
    assert count(app, Order) == 1


def test_the_same_form_at_the_same_time_is_one_order(make_app, product, stock_of, buyer):
    slug = product(stock=20)
    app = make_app()
    key = new_key()
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda _: place(app, {slug: 1}, buyer, key), range(6)))
    assert len(set(ids)) == 1
    assert stock_of(slug) == 19


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"email": "nobody", "key": "a" * 32}, "not an address"),
        ({"email": "a@example.org\nBcc: b@example.org", "key": "a" * 32}, "not an address"),
        ({"email": "a@example.org", "key": "../../etc"}, "The form is incomplete"),
        ({}, "The form is incomplete"),
    ],
)
def test_a_wrong_form_is_refused_and_the_cart_kept(client, product, stock_of, form, problem):
    slug = product()
    client.post("/cart", data={"slug": slug})
    answer = client.post("/orders", data=form)
    assert answer.status_code == 400
    assert problem in answer.text
    assert "Cork float" in answer.text
    assert stock_of(slug) == 5


def test_who_comes_too_late_is_told_so(client, make_app, product, buyer):
    slug = product(stock=1)
    client.post("/cart", data={"slug": slug})
    place(make_app(), {slug: 1}, "faster@example.org")
    answer = client.post("/orders", data={"email": buyer, "key": new_key()})
    assert answer.status_code == 409
    assert "There is not enough left of: Cork float." in answer.text


@pytest.mark.parametrize(("quantity", "status"), [("0", 303), ("20", 303), ("21", 400), ("-1", 400)])
def test_a_cart_has_its_limits(client, product, quantity, status):
    assert client.post("/cart", data={"slug": product(), "quantity": quantity}).status_code == status


def test_what_is_not_sold_is_not_found(client):
    assert client.post("/cart", data={"slug": "no-such-thing"}).status_code == 404
    assert client.get(f"/orders/{new_key()}").status_code == 404


def test_a_cart_cannot_be_forged(client, product):
    client.post("/cart", data={"slug": product()})
    cookie = client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    client.set_cookie("session", cookie.value[:-4] + "AAAA")
    assert "There is nothing in it" in client.get("/cart").text


def test_a_shop_whose_broker_is_away_takes_orders_and_finds_them_later(make_app, product, buyer):
    client = make_app(BROKER_URL="redis://127.0.0.1:9/0").test_client()
    key = new_key()
    client.post("/cart", data={"slug": product()})
    started = time.monotonic()
    assert client.post("/orders", data={"email": buyer, "key": key}).status_code == 303
    assert time.monotonic() - started < 5
    assert "The confirmation is on its way" in client.get(f"/orders/{key}").text
    with make_app().app_context():
        order_id = orders.find_order(key).id
        assert orders.find_waiting(older_than_seconds=3600) == []
        assert orders.find_waiting(older_than_seconds=0) == [order_id]
        assert orders.confirm_order(order_id)
        assert orders.find_waiting(older_than_seconds=0) == []


def test_two_workers_send_one_mail(make_app, product, buyer):
    app = make_app()
    order_id = place(app, {product(): 1}, buyer)

    def confirm(_):
        with app.app_context():
            return orders.confirm_order(order_id)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, range(4))) == [False, False, False, True]
    assert len(messages_to(buyer)) == 1


def test_an_order_stays_unconfirmed_while_mail_is_refused(make_app, product, buyer):
    app = make_app(SMTP_URL="smtp://127.0.0.1:9")
    order_id = place(app, {product(): 1}, buyer)
    with app.app_context():
        with pytest.raises(ConnectionRefusedError):
            orders.confirm_order(order_id)
        assert db.session.get(Order, order_id).status == PLACED


def test_a_password_is_not_sent_without_tls(make_app, product, buyer):
    app = make_app()
    app.config["SMTP_URL"] = app.config["SMTP_URL"].replace("smtp://", "smtp://user:secret@")
    order_id = place(app, {product(): 1}, buyer)
    with app.app_context(), pytest.raises(Exception, match="no TLS"):
        orders.confirm_order(order_id)
