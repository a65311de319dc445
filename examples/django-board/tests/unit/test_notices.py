from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from board.models import Category, Notice

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def titles(response):
    return [notice.title for notice in response.context["notices"]]


def test_newest_come_first_and_pinned_before_all(client, hang_up):
    hang_up("House rules", pinned=True)
    hang_up("Older")
    hang_up("Newer")
    assert titles(client.get("/")) == ["House rules", "Newer", "Older"]


def test_a_notice_hangs_until_its_day_is_over(client, hang_up):
    hang_up("Last day", expires_on=TODAY())
    gone = hang_up("Over", expires_on=TODAY() - timedelta(days=1))
    assert titles(client.get("/")) == ["Last day"]
    assert client.get(gone.get_absolute_url()).status_code == 404


def test_a_category_shows_its_own(client, hang_up):
    hang_up("Sofa", category=Category.objects.get(slug="for-sale"))
    hang_up("Choir")
    assert titles(client.get("/in/for-sale/")) == ["Sofa"]
    assert client.get("/in/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("keys", ["Keys found", "Walk"]),
        ("key", ["Keys found", "Walk"]),
        ("missing key", ["Keys found"]),
        ('"by the pond"', ["Walk"]),
        ("keys -pond", ["Keys found"]),
        ("piano", []),
        ("'; DROP TABLE board_notice; --", []),
    ],
)
def test_search_knows_words_and_their_forms(client, hang_up, search, found):
    hang_up("Walk", text="We lost our keys by the pond.")
    hang_up("Keys found", text="Who misses three of them?")
    assert titles(client.get("/", {"q": search})) == found


def test_words_in_titles_count_more(client, hang_up):
    hang_up("Piano", text="Upright.")
    hang_up("For children", text="A piano, a drum.")
    assert titles(client.get("/", {"q": "piano"})) == ["Piano", "For children"]


def test_search_uses_its_index(hang_up):
    for number in range(50):
        hang_up(f"Notice {number}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "notice_words" in Notice.objects.search("piano").order_by().explain()


def test_search_goes_with_a_changed_text(client, hang_up):
    notice = hang_up(text="before")
    Notice.objects.filter(pk=notice.pk).update(text="afterwards")
    assert titles(client.get("/", {"q": "before"})) == []
    assert titles(client.get("/", {"q": "afterwards"})) == [notice.title]


def test_pages_follow_and_keep_the_search(client, hang_up):
    for number in range(25):
        hang_up(f"Cat {number}")
    first = client.get("/", {"q": "cat"})
    assert len(titles(first)) == 20
    assert "?q=cat&amp;page=2" in first.content.decode()
    assert len(titles(client.get("/", {"q": "cat", "page": 2}))) == 5


def test_a_list_asks_the_database_the_same_few_questions_however_long_it_is(
    client, hang_up, django_assert_max_num_queries
):
    for number in range(15):
        hang_up(f"Notice {number}")
    with django_assert_max_num_queries(5):
        client.get("/")


def test_who_is_signed_in_hangs_up_a_notice(member, ada, category):
    form = {"category": category.pk, "title": "Bike <b>", "text": "Green.", "expires_on": TODAY().isoformat()}
    response = member.post("/notices/new/", form, follow=True)
    notice = Notice.objects.get()
    assert (notice.author, response.redirect_chain) == (ada, [(notice.get_absolute_url(), 302)])
    assert "Bike &lt;b&gt;" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 121}, "at most 120"),
        ({"expires_on": "2020-01-01"}, "over already"),
        ({"category": 0}, "not one of the available choices"),
    ],
)
def test_a_notice_that_makes_no_sense_does_not_hang(member, category, change, reason):
    form = {"category": category.pk, "title": "Bike", "text": "Green.", "expires_on": "", **change}
    assert reason in member.post("/notices/new/", form).content.decode()
    assert not Notice.objects.exists()


def test_visitors_are_asked_to_sign_in(client, hang_up):
    assert client.get("/notices/new/").url == "/sign-in/?next=/notices/new/"
    assert client.post(hang_up().get_absolute_url(), {"text": "Me!"}).url == "/sign-in/"


def test_replies_stand_below_in_their_order(member, hang_up):
    notice = hang_up()
    for text in ("First", "Second"):
        assert member.post(notice.get_absolute_url(), {"text": text}).status_code == 302
    page = member.get(notice.get_absolute_url()).content.decode()
    assert page.index("First") < page.index("Second")
    assert "2 replies" in member.get("/").content.decode()
    assert member.post(notice.get_absolute_url(), {"text": " "}).status_code == 200
    assert notice.replies.count() == 2


def test_only_its_author_and_who_looks_after_the_board_take_it_down(client, hang_up, make_user):
    notice = hang_up()
    address = f"{notice.get_absolute_url()}remove/"
    client.force_login(make_user("bob"))
    assert "Take down" not in client.get(notice.get_absolute_url()).content.decode()
    assert client.post(address).status_code == 403
    client.force_login(notice.author)
    assert client.get(address).status_code == 405
    assert "“Choir on Tuesday” is gone." in client.post(address, follow=True).content.decode()
    client.force_login(make_user("root", is_superuser=True))
    assert client.post(f"{hang_up().get_absolute_url()}remove/").status_code == 302
    assert not Notice.objects.exists()


def test_a_form_from_elsewhere_does_nothing(ada, hang_up):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post(f"{hang_up().get_absolute_url()}remove/").status_code == 403
    assert Notice.objects.count() == 1
