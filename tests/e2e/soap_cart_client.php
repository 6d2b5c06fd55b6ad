<?php
// A shop in PHP with a cart: held, deposited and refunded by positions, refunded by sum, and closed by a receipt.
// Prints the answer of each step as a line of JSON; an error ends it with a message and an exit code other than 0.
// Usage: php soap_cart_client.php ADDRESS LOGIN PASSWORD

require __DIR__ . '/soap_connection.php';

function position(int $quantity, int $amount): array
{
    return ['positionId' => '1', 'name' => 'Чай', 'itemCode' => 'T-1', 'itemAmount' => $amount,
        'quantity' => ['_' => $quantity, 'measure' => 'шт']];
}

function held(SoapClient $client): string
{
    $order = $client->registerOrderPreAuth(['amount' => 30000, 'returnUrl' => 'https://shop.example/paid',
        'orderBundle' => ['customerDetails' => ['email' => 'payer@shop.example'],
            'cartItems' => ['items' => [position(3, 30000)]]]]);
    $client->paymentOrder(['orderId' => $order->orderId, 'pan' => '5555555555555599', 'cvc' => '123',
        'year' => '2099', 'month' => '12', 'cardholderName' => 'IVAN PETROV']);
    return $order->orderId;
}

$first = held($client);
report('deposit', $client->depositOrder(['orderId' => $first, 'depositAmount' => 20000,
    'depositItems' => ['items' => [position(2, 20000)]]]));
report('refund', $client->refundOrder(['orderId' => $first, 'refundAmount' => 10000,
    'refundItems' => ['items' => [position(1, 10000)]]]));
report('close', $client->closeOfdReceipt(['mdOrder' => $first]));
report('foreign', $client->refundOrder(['orderId' => $first, 'refundAmount' => 10000,
    'refundItems' => ['items' => [['positionId' => '9'] + position(1, 10000)]]]));

$second = held($client);
$client->depositOrder(['orderId' => $second, 'depositAmount' => 0]);
report('of_position', $client->processRawPositionOrderRefund(['orderId' => $second, 'positionId' => '1',
    'itemAmount' => 500]));
report('by_sum', $client->processRawSumOrderRefund(['orderId' => $second, 'name' => 'Компенсация',
    'itemAmount' => 100, 'tax' => 'VAT_20']));
echo json_encode(['orders', [$first, $second]]), "\n";
