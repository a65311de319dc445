import pytest


@pytest.fixture
def site(make_app, tmp_path):
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>the page</title>")
    (dist / "icon.svg").write_text("<svg/>")
    (dist / "assets" / "index-4f2a.js").write_text("run()")
    (tmp_path / "private.txt").write_text("private")
    return make_app(FRONTEND_DIST=str(dist)).test_client()


@pytest.mark.parametrize("path", ["/", "/uploads/42"])
def test_the_page_answers_every_address_and_is_asked_for_each_time(site, path):
    response = site.get(path)
    assert "the page" in response.text
    assert response.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_hashed_files_are_kept_for_ever(site):
    response = site.get("/assets/index-4f2a.js")
    assert response.text == "run()"
    assert {"public", "immutable", "max-age=31536000"} <= set(response.headers["Cache-Control"].split(", "))


def test_a_file_of_the_build_is_served_by_its_name(site):
    assert site.get("/icon.svg").text == "<svg/>"


@pytest.mark.parametrize("path", ["/assets/index-old.js", "/favicon.ico", "/media/x/y/z", "/api/"])
def test_a_missing_file_is_not_the_page(site, path):
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/../private.txt", "/..%2fprivate.txt", "/assets/..%2f..%2fprivate.txt"])
def test_no_path_leads_out_of_the_build(site, path):
    assert site.get(path).status_code == 404


def test_without_a_build_the_answer_says_what_to_do(make_app, tmp_path):
    response = make_app(FRONTEND_DIST=str(tmp_path / "none")).test_client().get("/")
    assert response.status_code == 503
    assert "npm run build" in response.json["error"]["message"]
