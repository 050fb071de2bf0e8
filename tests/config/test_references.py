import pytest

BASE = """\
[feeds]
f = "https://x.example/rss"
[actors.a]
aliases = ["Alpha"]
tags = ["one"]
[keywords]
k = ["stolen"]
[destinations.d]
url = "console://"
[rules.r]
actors = ["*"]
keywords = ["k"]
send_to = ["d"]
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('[rules.s]\nactors = ["aa"]\nsend_to = ["d"]', '15:11 error: no actor called "aa"; did you mean "a"?'),
        (
            '[rules.s]\nactors = ["tag:on"]\nsend_to = ["d"]',
            '15:11 error: no actor has the tag "on"; did you mean "one"?',
        ),
        (
            '[rules.s]\nkeywords = ["*"]\nsend_to = ["d"]',
            '15:13 error: no keyword called "*"; define [keywords.NAME], or delete it here',
        ),
        (
            '[rules.s]\nactors = ["a"]\nfeeds = ["g"]\nsend_to = ["d"]',
            '16:10 error: no feed called "g"; define [feeds.g], or delete it here',
        ),
        (
            '[rules.s]\nactors = ["a"]\nfeeds = ["tag:x"]\nsend_to = ["d"]',
            '16:10 error: no feed has the tag "x"; add tags = ["x"] to the feeds that should have it',
        ),
        (
            '[rules.s]\nactors = ["a"]\nsend_to = ["D"]',
            '16:12 error: no destination called "D"; define [destinations.D], or delete it here',
        ),
        (
            '[actors.b]\naliases = ["B"]\nyields_to = ["c"]',
            '16:14 error: no actor called "c"; define [actors.c], or delete it here',
        ),
        (
            '[[tests]]\ntitle = "t"\nexpect = { rules = ["x"] }',
            '16:21 error: no rule called "x"; define [rules.x], or delete it here',
        ),
        (
            '[[tests]]\ntitle = "t"\nfeed = "x"\nexpect = "nothing"',
            '16:8 error: no feed called "x"; define [feeds.x], or delete it here',
        ),
    ],
)
def test_an_unknown_reference_is_an_error(problems_of, line, message):
    assert message in problems_of(BASE + line)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('actors = ["a"]', "14:8 error: [rules.s] has no send_to, so its hits are not notified"),
        ('actors = ["a"]\nsend_to = []', "16:11 error: send_to in [rules.s] is an empty list"),
        ('send_to = ["d"]', "14:8 error: [rules.s] requires no actor and no keyword"),
        ('actors = []\nkeywords = ["k"]\nsend_to = ["d"]', "15:10 error: actors in [rules.s] is an empty list"),
    ],
    ids=["no destination", "empty destinations", "nothing asked", "empty actors"],
)
def test_a_rule_needs_subjects_and_destinations(problems_of, rule, message):
    (problem,) = problems_of(f"{BASE}[rules.s]\n{rule}")
    assert problem.startswith(message)


def test_any_actor_is_an_error_without_actors(problems_of):
    text = '[destinations.d]\nurl = "console://"\n[rules.r]\nactors = ["*"]\nsend_to = ["d"]'
    assert problems_of(text) == [
        '4:11 error: "*" means any actor, but none is defined; define one in [actors], or include a pack'
    ]


def test_thousands_of_unknown_references_are_fast(problems_of):
    actors = "[actors]\n" + "".join(f'a{n} = ["Actor {n}"]\n' for n in range(3000))
    dead = ", ".join(f'"b{n}"' for n in range(3000))
    text = f'{actors}[destinations.d]\nurl = "console://"\n[rules.r]\nactors = [{dead}]\nsend_to = ["d"]'
    problems = problems_of(text)
    assert len(problems) == 3000
    assert sum("did you mean" in p for p in problems) < 20
