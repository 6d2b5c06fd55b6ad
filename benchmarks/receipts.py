"""Measures receipts: how many one worker has registered by the simulated cash register."""

import asyncio
import time

import asyncpg

from benchmarks.load import BenchmarkError

SECONDS_MAX = 600
RECEIPTS = """
    INSERT INTO receipts (merchant_id, order_id, version, receipt_id, kind, state, provider,
                          content, created_at, changed_at)
    SELECT merchant_id, id, 3, id, 'payment', 'sent', 'simulated', json_build_object(
               'currency', '643', 'email', 'payer@shop.example', 'lines', json_build_array(
                   json_build_object('name', 'Tea', 'price_minor', 15000, 'amount_minor', 15000,
                                     'quantity', json_build_object('thousandths', 1000)))),
           now(), now()
    FROM merchants, LATERAL (SELECT gen_random_uuid() AS id
                             FROM generate_series(1, $1::integer)) AS made
    WHERE login = 'test'
"""
ENTRIES = """
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin,
                        parameters, created_at, due_at)
    SELECT merchant_id, order_id, version, 1, 'receipt', 'payment', 'simulated', 'simulated', '{}',
           now(), now()
    FROM receipts WHERE state = 'sent'
"""
WAITING = "SELECT EXISTS (SELECT FROM outbox WHERE kind = 'receipt' AND state = 'waiting')"


async def drain(database: str, count: int) -> float:
    """Insert receipts that are due, and measure until all are registered; how many per second.

    The register takes a receipt, and prints it two seconds later, so each costs two attempts.
    """
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(RECEIPTS, count)
        started = time.perf_counter()
        await connection.execute(ENTRIES)
        while await connection.fetchval(WAITING):
            if time.perf_counter() - started > SECONDS_MAX:
                raise BenchmarkError("the receipts were not registered in ten minutes")
            await asyncio.sleep(0.2)
        return count / (time.perf_counter() - started)
    finally:
        await connection.close()
