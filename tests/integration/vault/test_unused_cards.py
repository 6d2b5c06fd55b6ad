"""ALTYN_UNUSED_CARD_DAYS is the time that the number of an unbound card is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from altyn.settings import load
from altyn.storage.card_store import CardStore
from tests.shop import open_shop


@pytest.mark.parametrize("days", [0, 3])
async def test_card_of_an_unbound_binding_is_deleted_after_the_days_of_the_setting(
    own_database_url: str, tmp_path: Path, days: int
) -> None:
    settings = load({"ALTYN_UNUSED_CARD_DAYS": str(days)})
    async with open_shop(
        own_database_url, tmp_path / "home", unused_card_days=settings.unused_card_days
    ) as shop:
        cards = shop.gateway.world.card.vault
        assert isinstance(cards, CardStore)
        answer = await shop.call(
            "createBindingNoPayment.do",
            clientId="client",
            pan="2202205000012424",
            expiryDate="203412",
            cardholderName="IVAN PETROV",
        )
        unbound = await shop.call("unBindCard.do", bindingId=answer["bindingId"])
        assert unbound["errorCode"] == "0", unbound
        later = shop.clock.now()
        if days:
            later = await shop.travel(timedelta(days=days, minutes=-1))
        assert sum((await cards.count_by_key()).values()) == 1
        if days:
            await cards.purge(later)
            assert sum((await cards.count_by_key()).values()) == 1
        await cards.purge(later + timedelta(hours=2))
        assert await cards.count_by_key() == {}
