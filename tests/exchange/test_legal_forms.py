from __future__ import annotations

from monitor.exchange.legal_forms import without_legal_form


def test_a_cell_of_thousands_of_legal_forms_is_read_in_few_passes():
    assert without_legal_form("ООО " * 5_000 + "Ромашка") == "ООО " * 4_990 + "Ромашка"
