from support.store_samples import NOW, put_delivery, put_hit

from monitor.model import DeliveryState
from monitor.model.reason import GivenUp
from monitor.store import write
from monitor.store.deliveries import give_up, lease, record_sent
from monitor.store.delivery_list import list_deliveries


def test_deliveries_are_listed_by_state_newest_first(db):
    sent, dead, still_open = [put_delivery(db, put_hit(db, key), group=int(key)) for key in "123"]
    with write(db):
        record_sent(db, lease(db, "slack", NOW, 60), NOW)
        give_up(db, dead, GivenUp("refused"))
    assert [d.id for d in list_deliveries(db, [DeliveryState.OPEN, DeliveryState.SENT])] == [still_open, sent]
    assert [d.id for d in list_deliveries(db, list(DeliveryState), limit=2)] == [still_open, dead]
