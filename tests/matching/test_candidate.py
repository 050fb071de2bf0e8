from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples

from monitor.matching.candidate import SpanIndex

SPAN = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda s: (s[0], s[0] + s[1]))


@settings(max_examples=examples(500), deadline=None)
@given(st.lists(SPAN, max_size=12), SPAN)
def test_the_index_answers_as_a_loop_over_all_spans(spans, asked):
    spans_index, (start, end) = SpanIndex(spans, lambda span: span), asked
    overlap = spans_index.overlapping(start, end)
    assert (overlap is not None) == any(a < end and start < b for a, b in spans)
    assert overlap is None or (overlap[0] < end and start < overlap[1])
    before, after = spans_index.before(start), spans_index.after(end)
    assert (before[1] if before else None) == max((b for _, b in spans if b <= start), default=None)
    assert (after[0] if after else None) == min((a for a, _ in spans if a >= end), default=None)
