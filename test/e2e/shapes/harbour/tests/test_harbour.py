from harbour import app


def test_the_script_that_was_built_is_served():
    assert "ahoy" in app.test_client().get("/dist/main.js").text
