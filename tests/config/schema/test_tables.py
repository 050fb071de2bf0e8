import pytest


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[feeds]\nf = 5", '2:5 error: [feeds.f] must be an address or a table, not 5; write NAME = "address"'),
        ("[[actors]]\nname = 'x'", "1:3 error: [actors] must be a table, not a list; write [actors.NAME], each with"),
        ("[keywords]\nk = 'x'", '2:5 error: [keywords.k] must be a list or a table, not "x"; write NAME = ["term"]'),
        ("actors = 1979-05-27", "1:10 error: [actors] must be a table, not the date or time 1979-05-27"),
        ("[actors]\n'a b' = ['x']", '2:1 error: "a b" is not a valid name in [actors]'),
        ("[actors]\n'é' = ['x']", '2:1 error: "é" is not a valid name in [actors]'),
        ("[actors.a]\naliases = [['x']]", "2:12 error: aliases in [actors.a] must be text in quotes, not a list"),
        ("[actors.a]\naliases = ['x', nan]", "2:17 error: aliases in [actors.a] must be text in quotes, not nan"),
        ("[actors.a]\naliases = ['  ']", "2:12 error: aliases in [actors.a] is empty"),
        ("[actors.a]\nweak = []", "1:9 error: [actors.a] has no spelling"),
        ("[actors.a]\nname = 'x'", '1:9 error: [actors.a] has no spelling; write aliases = ["a"]'),
        ("[keywords.k]", "1:11 error: [keywords.k] has no terms"),
        ("actors.a.aliases = 'x'", '1:20 error: aliases in [actors.a] must be a list, not "x"; write ["x"]'),
        ("actors.a = { aliases = ['x'], tags = ['tag:t'] }", "1:39 error: tags in [actors.a] must be a tag without"),
        ("[feeds.f]\nurl = 'https://x.example'\nenabled = 'true'", "3:11 error: enabled in [feeds.f] must be true or"),
        (
            "[feeds.f]\nurl = 'https://x.example'\nevery = 'adaptiv'",
            '3:9 error: every in [feeds.f] must be a duration, not "adaptiv"; did you mean "adaptive"?',
        ),
        ("[alerts]\nfirst_run = 'alrt'", '2:13 error: first_run in [alerts] cannot be "alrt"; did you mean "alert"?'),
        ("[feeds.f]\nurl = 'https://x.example'\nevery = '0s'", '3:9 error: every in [feeds.f] must be at least "1s"'),
        ("[http]\nevery = 'adaptive'", '2:9 error: every in [http] must be a duration, not "adaptive"'),
        ("[http]\nproxy = '127.0.0.1'", "2:9 error: proxy in [http] must be the URL of a proxy with its port"),
        ("[http]\nproxy = 'ftp://x:1'", "2:9 error: proxy in [http] must be the URL of a proxy with its port"),
        ("[http]\nevery = '0s'", '2:9 error: every in [http] must be at least "1s"'),
        ("[storage]\npath = '${X}'", '2:8 error: path in [storage] is not a valid path: "${X}"'),
        ("[storage]\nkeep_hits = '1h'", '2:13 error: keep_hits in [storage] must be at least "1d"'),
        ("[storage]\nbackup = 'x'", '2:10 error: backup in [storage] must be a table, not "x"'),
        ("[storage]\nbackup = { keep = 2 }", "2:1 error: backup.to in [storage] is missing"),
        ("[storage.backup]\nto = 'x'\nkeep = 0", "3:8 error: backup.keep in [storage] must be a whole number from 1"),
        ("[storage.backup]\nto = 'x'\nevry = '1d'", '3:1 error: unknown setting "evry" in backup in [storage]; did'),
        ("[storage]\nkeep_full_text = 'x'", "2:18 error: keep_full_text in [storage] must be true or false"),
        ("[feeds.x]\nurl = 'https://a.example/'\nfull_text = 1", "3:13 error: full_text in [feeds.x] must be true or"),
        ("[[tests]]\ntitle = 'x'", "1:3 error: expect in [[tests]] is missing"),
        ("[[tests]]\ntitle = 'x'\nexpect = 'nothin'", '3:10 error: expect in [[tests]] must be "nothing" or a table'),
        ("tests = [{ title = 'x', expect = { a = 1 } }]", '1:36 error: unknown setting "a" in expect in [[tests]]'),
        ("[helth]", '1:2 error: unknown section [helth]; did you mean "health"?'),
        ("[web]\nlisten = 'x'", '2:10 error: listen in [web] must be an address and a port, not "x"'),
        ("fedes = 1", '1:1 error: unknown setting "fedes"; did you mean "feeds"?'),
        ("'\\u001b[31m' = 1\n", r'1:1 error: unknown setting "\\u001b[31m"'),
    ],
)
def test_an_invalid_value_is_explained_at_its_location(problems_of, text, problem):
    (found,) = problems_of(text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[web.users.ana]\npassword_hash = 'x'", 'unknown setting "password_hash" in [web.users.ana]; did you mean'),
        ("[web.users.ana]\nemail = 'x'", 'unknown setting "email" in [web.users.ana]; known here: password, role'),
        ("[web.tokens.t]\nscope = ['x']", 'unknown setting "scope" in [web.tokens.t]; did you mean "scopes"?'),
    ],
)
def test_an_unknown_setting_of_a_user_or_token_names_the_known_ones(problems_of, text, problem):
    assert [found for found in problems_of(text) if problem in found], problems_of(text)


def test_deeply_nested_and_huge_values_are_reported(problems_of):
    assert len(problems_of("a." * 3000 + "b = 1")) == 1
    assert len(problems_of("[http]\nevery = " + "9" * 4000)) == 1
    assert len(problems_of("[http]\nevery = " + "[" * 200 + "]" * 200)) == 1


def test_an_invalid_example_does_not_shift_the_others(load_text):
    problems = load_text("tests = [1, { title = 'x', expect = { actors = ['no'] } }]").problems
    assert [p.place.column for p in problems] == [10, 49]


def test_a_very_long_line_is_not_shown(load_text):
    (problem,) = load_text(f"evry = [{'1, ' * 400}]").problems
    assert problem.place.source == ""
