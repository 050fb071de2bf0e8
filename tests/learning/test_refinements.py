import pytest

from monitor.learning.refinements import RefinementKind, refine
from monitor.learning.triaged_hits import TriagedHits
from monitor.model import Actor, Keyword, Rule, Text
from monitor.store.actor_view import TriagedText
from monitor.watchlist import Watchlist

RULE = Rule("any", ("desk",), actors=frozenset({"heron", "gull"}))
GULL = Actor("gull", "Sea Gull", ("Sea Gull",))


def hits(actor: Actor, *texts: tuple[str, str | None], rule: Rule = RULE) -> TriagedHits:
    keywords = {"theft": Keyword("theft", ("stole*",))}
    watchlist = Watchlist({"heron": actor, "gull": GULL}, keywords, {"any": rule})
    given = [TriagedText(n, triage, "f", "Wire", "", Text(title)) for n, (title, triage) in enumerate(texts, 1)]
    return TriagedHits(actor, given, watchlist)


def refined(actor: Actor, *texts: tuple[str, str | None], alias: str = "Heron"):
    return {one.kind: one for one in refine(alias, hits(actor, *texts))}


HERON = Actor("heron", "Heron", ("Heron",))
LAKE = (("Heron Lake trail opens", "noise"), ("Walkers love Heron Lake", "noise"))


def test_phrases_that_only_noise_has_are_excluded():
    found = refined(HERON, *LAKE, ("Heron stole $3M", "relevant"), ("Heron is back", None))
    best = found[RefinementKind.EXCLUDE]
    assert best.words == ("Heron Lake",)
    assert best.actor.exclude == ("Heron Lake",)
    effect = best.effect
    assert (effect.noise_removed, effect.noise, effect.relevant_lost, effect.relevant) == (2, 2, 0, 1)
    assert effect.undecided_lost == 0


def test_a_phrase_of_a_relevant_hit_is_not_excluded():
    found = refined(HERON, *LAKE, ("Heron Lake wallet drained by Heron", "relevant"))
    assert RefinementKind.EXCLUDE not in found


def test_context_words_stand_beside_the_name_in_relevant_hits_only():
    found = refined(
        HERON,
        *(("A heron in the garden", "noise"), ("Our heron has three eggs", "noise")),
        *(("Heron drained a bridge", "relevant"), ("Bridge blames Heron", "relevant")),
    )
    best = found[RefinementKind.CONTEXT]
    assert (best.words, best.actor.aliases, best.actor.weak) == (("bridge",), (), ("Heron",))
    assert (best.effect.noise_removed, best.effect.relevant_lost) == (2, 0)


def test_capitals_of_the_relevant_hits_are_required():
    found = refined(
        HERON,
        *(("A heron in the garden", "noise"), ("Our heron has three eggs", "noise"), ("Police hunt Heron", "relevant")),
    )
    assert found[RefinementKind.EXACT].actor.aliases == ("=Heron",)
    assert found[RefinementKind.EXACT].effect.noise_removed == 2


def test_the_context_that_the_actor_has_is_required():
    actor = Actor("heron", "Heron", ("Heron",), context=("stole*",))
    found = refined(actor, *LAKE, ("Heron stole $3M", "relevant"))
    assert found[RefinementKind.WEAK].actor.weak == ("Heron",)


def test_context_words_of_noise_are_taken_out():
    actor = Actor("heron", "Heron", (), ("Heron",), context=("wallet", "trail"))
    texts = (("Heron trail opens", "noise"), ("On the trail of a heron", "noise"), ("Heron wallet", "relevant"))
    found = refined(actor, *texts)
    assert found[RefinementKind.NARROW].actor.context == ("wallet",)


def test_typos_are_turned_off_when_all_noise_is_typos():
    actor = Actor("heron", "Night Heron", ("Night Heron",))
    texts = (("Nigth Heron beer", "noise"), ("Nighd Heron band", "noise"), ("Night Heron stole", "relevant"))
    found = refined(actor, *texts, alias="Night Heron")
    assert found[RefinementKind.NO_TYPOS].actor.fuzzy == 0


def test_a_change_that_loses_relevant_hits_is_shown_only_without_another():
    actor = Actor("heron", "Heron", ("Heron",), context=("stole*",))
    texts = (*LAKE, ("Heron stole $3M", "relevant"), ("Heron is back", "relevant"))
    assert all(one.effect.is_harmless for one in refined(actor, *texts).values())


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(LAKE[:1], id="one noise hit"),
        pytest.param((LAKE[0], LAKE[0]), id="one headline twice"),
        pytest.param((("Sea Gull and heron", "relevant"), ("Heron", "relevant")), id="no noise"),
    ],
)
def test_little_noise_is_no_reason_for_a_change(texts):
    assert refined(HERON, *texts) == {}


def test_what_the_watchlist_of_today_does_not_find_does_not_count():
    excluded = Actor("heron", "Heron", ("Heron",), exclude=("Heron Lake",))
    assert hits(excluded, *LAKE).hits == ()
    assert refined(excluded, *LAKE) == {}


def test_a_hit_that_another_actor_makes_anyway_is_not_removed():
    texts = (("Heron Lake and Sea Gull", "noise"), ("Sea Gull at Heron Lake", "noise"))
    assert refined(HERON, *texts) == {}
