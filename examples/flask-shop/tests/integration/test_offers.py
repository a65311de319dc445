import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import event, update

from flask_shop.extensions import db
from flask_shop.models import Product

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def statements(app):
    """The SQL that is sent."""
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def offer(client, slug):
    return next(item for item in client.get("/api/offers").json["items"] if item["slug"] == slug)


def test_the_migrations_bring_the_first_products(client):
    items = client.get("/api/offers").json["items"]
    assert {"lantern", "rope", "compass", "chart"} <= {item["slug"] for item in items}
    assert "Brass compass 🧭" in {item["title"] for item in items}


def test_a_second_look_asks_no_database(client, product, statements):
    product()
    client.get("/api/offers")
    asked = len(statements)
    assert asked > 0
    assert client.get("/api/offers").status_code == 200
    assert len(statements) == asked


def test_the_cache_is_shared_between_processes(app, make_app, product, statements):
    slug = product()
    offer(make_app().test_client(), slug)
    assert offer(app.test_client(), slug)["stock"] == 5
    assert not [statement for statement in statements if statement.startswith("SELECT")]


def test_the_stock_command_is_seen_at_once(app, client, product):
    slug = product(stock=0)
    assert offer(client, slug)["stock"] == 0
    result = app.test_cli_runner().invoke(args=["stock", slug, "7"])
    assert result.output == "Cork float: 7\n"
    assert offer(client, slug)["stock"] == 7


def test_the_stock_command_names_an_unknown_product(app):
    result = app.test_cli_runner().invoke(args=["stock", "no-such-thing", "7"])
    assert result.exit_code == 1
    assert "no-such-thing" in result.output


def test_a_value_made_before_a_change_is_not_kept_after_it(app, product):
    cache = app.extensions["cache"]

    def change_meanwhile():
        cache.clear()
        return "old"

    assert cache.get_or_make("race", change_meanwhile) == "old"
    assert cache.get_or_make("race", lambda: "new") == "new"


def test_the_shop_sells_without_its_cache(make_app, product, buyer):
    slug = product(stock=2)
    client = make_app(REDIS_URL=NOWHERE).test_client()
    assert client.post("/cart", data={"slug": slug}).status_code == 303
    assert client.post("/orders", data={"email": buyer, "key": "a" * 32}).status_code == 303
    assert offer(client, slug)["stock"] == 1


def test_health_names_what_does_not_answer(client, make_app):
    assert client.get("/health").json == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}
    without_cache = make_app(REDIS_URL=NOWHERE)
    with pytest.raises(RedisConnectionError):
        without_cache.extensions["cache"].check()
    answer = without_cache.test_client().get("/health")
    assert (answer.status_code, answer.json["checks"]["cache"]) == (200, "failed")
    url = "postgresql+psycopg://u:p@127.0.0.1:9/shop?connect_timeout=1"
    answer = make_app(SQLALCHEMY_DATABASE_URI=url).test_client().get("/health")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")
    assert "127.0.0.1" not in answer.text


def test_the_database_itself_refuses_a_negative_stock(app, product):
    slug = product(stock=1)
    with app.app_context():
        with pytest.raises(Exception, match="stock_not_negative"):
            db.session.execute(update(Product).where(Product.slug == slug).values(stock=-1))
        db.session.rollback()
