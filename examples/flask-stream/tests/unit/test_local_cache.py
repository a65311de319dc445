from flask_stream.cache import LocalCache


def make_counter():
    calls = []

    def make():
        calls.append(None)
        return {"call": len(calls)}

    return make


def test_a_value_is_made_once_until_it_expires():
    now = [0.0]
    cache, make = LocalCache(clock=lambda: now[0]), make_counter()
    assert cache.get_or_make("g", "n", 10, make) == {"call": 1}
    now[0] = 9.9
    assert cache.get_or_make("g", "n", 10, make) == {"call": 1}
    now[0] = 10.1
    assert cache.get_or_make("g", "n", 10, make) == {"call": 2}


def test_invalidation_is_of_one_group():
    cache, make = LocalCache(), make_counter()
    cache.get_or_make("g", "n", 10, make)
    cache.get_or_make("other", "n", 10, make)
    cache.invalidate("g")
    assert cache.get_or_make("g", "n", 10, make) == {"call": 3}
    assert cache.get_or_make("other", "n", 10, make) == {"call": 2}


def test_a_value_made_before_an_invalidation_is_not_kept_after_it():
    cache = LocalCache()

    def make_while_something_changes():
        cache.invalidate("g")
        return "old"

    cache.get_or_make("g", "n", 10, make_while_something_changes)
    assert cache.get_or_make("g", "n", 10, lambda: "new") == "new"


def test_what_a_caller_does_to_a_value_stays_with_the_caller():
    cache = LocalCache()
    cache.get_or_make("g", "n", 10, lambda: [1])
    cache.get_or_make("g", "n", 10, list).append(2)
    assert cache.get_or_make("g", "n", 10, list) == [1]
