import pytest

pytestmark = pytest.mark.django_db


def test_a_new_member_is_signed_in_at_once(client):
    form = {"username": "grace", "password1": "long and unusual", "password2": "long and unusual"}
    response = client.post("/sign-up/", form, follow=True)
    assert response.context["user"].username == "grace"


@pytest.mark.parametrize("password", ["short", "password123", "grace-hopper"])
def test_weak_passwords_are_refused(client, django_user_model, password):
    form = {"username": "grace-hopper", "password1": password, "password2": password}
    assert client.post("/sign-up/", form).status_code == 200
    assert not django_user_model.objects.exists()


def test_signing_in_leads_back_and_never_elsewhere(client, ada):
    form = {"username": "ada", "password": "correct horse"}
    assert client.post("/sign-in/", {**form, "next": "/notices/new/"}).url == "/notices/new/"
    assert client.post("/sign-in/", {**form, "next": "https://example.org/"}).url == "/"
    assert "correct username" in client.post("/sign-in/", {**form, "password": "wrong"}).content.decode()


def test_signing_out_takes_a_form(member):
    assert member.get("/sign-out/").status_code == 405
    member.post("/sign-out/")
    assert member.get("/notices/new/").status_code == 302


def test_the_admin_is_for_staff(client, make_user, hang_up):
    hang_up("Choir")
    client.force_login(make_user("bob"))
    assert client.get("/admin/board/notice/").status_code == 302
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    assert "Choir" in client.get("/admin/board/notice/").content.decode()
    assert client.get("/admin/board/notice/add/").status_code == 200
