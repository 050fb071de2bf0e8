import pytest

RULE = '[actors]\na = ["Alpha"]\n[destinations.d]\nurl = "console://"\n[rules.r]\nactors = ["a"]\nsend_to = ["d"]\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[destinations.e]\nurl = "console://"', '8:15 warning: no rule sends to "e"'),
        ('[actors.b]\naliases = ["B"]', '8:9 warning: no rule uses the actor "b"'),
        ("[keywords]\nk = ['x']\nl = ['y']\nm = ['z']", '9:1 warning: no rule uses the keyword "k" and 2 more'),
        (
            "[feeds]\nf = 'https://x.example/'\ng = 'https://x.example/'",
            '10:5 warning: the feeds "g" and "f"',
        ),
        (
            "[feeds.f]\nurl = 'https://x.example/'\nevery = '59s'",
            '10:9 warning: polling "f" more than once a minute',
        ),
        (
            "[feeds]\nf = 'https://x.example/'\ng = 'https://y.example/'\n[http]\nevery = '5s'",
            '12:9 warning: polling "f" more than once a minute',
        ),
    ],
    ids=["destination", "actor", "keywords", "double feed", "own every", "every of http"],
)
def test_a_probable_mistake_is_a_warning(load_text, problems_of, text, problem):
    (found,) = problems_of(RULE + text)
    assert found.startswith(problem)
    assert load_text(RULE + text).config is not None


def test_a_private_feed_may_be_polled_every_second(problems_of):
    feeds = "[feeds]\nf = 'http://127.0.0.9:80/'\ng = 'http://localhost/'\nh = 'http://[::1]/'\n"
    assert problems_of(RULE + feeds + "[http]\nevery = '1s'\nallow_private = ['127.0.0.0/8', '::1']") == []


def test_a_rule_whose_feeds_are_all_disabled_cannot_match(problems_of):
    text = RULE + 'feeds = ["f"]\n[feeds.f]\nurl = "https://x.example"\nenabled = false'
    (problem,) = problems_of(text)
    assert problem.startswith("8:9 warning: [rules.r] cannot match: all of its feeds are disabled")


def test_a_severity_below_min_severity_of_all_destinations_is_a_warning(problems_of):
    text = RULE.replace('"console://"', '"console://"\nmin_severity = "high"') + 'severity = "low"'
    (problem,) = problems_of(text)
    assert problem.startswith("9:12 warning: severity in [rules.r] is below the min_severity of all its destinations")


def test_definitions_of_included_files_may_be_unused(problems_of):
    assert problems_of('include = ["more.toml"]', files={"more.toml": '[actors]\nb = ["B"]'}) == []


def test_invalid_urls_are_not_reported_as_duplicates(problems_of):
    assert all("error" in p for p in problems_of(RULE + "[feeds]\nf = 'x'\ng = 'y'"))
