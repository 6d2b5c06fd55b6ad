<?php
// A shop in PHP that is configured with the address of the WSDL only: one order from registration to refund.
// Prints the answer of each step as a line of JSON; an error ends it with a message and an exit code other than 0.
// Usage: php soap_client.php ADDRESS LOGIN PASSWORD

require __DIR__ . '/soap_connection.php';

$order = report('register', $client->registerOrder([
    'amount' => 150000,
    'language' => 'en',
    'description' => 'Чай & кофе',
    'returnUrl' => 'https://shop.example/paid',
    'params' => [['name' => 'colour', 'value' => 'black'], ['name' => 'Вес', 'value' => '200 г']],
]));
report('pay', $client->paymentOrder([
    'orderId' => $order->orderId,
    'pan' => '5555555555555599',
    'cvc' => '123',
    'year' => '2099',
    'month' => '12',
    'cardholderName' => 'IVAN PETROV',
    'language' => 'en',
]));
report('paid', $client->getOrderStatusExtended(['orderId' => $order->orderId, 'language' => 'en']));
report('refund', $client->refundOrder([
    'orderId' => $order->orderId,
    'refundAmount' => 50000,
    'language' => 'en',
]));
report('refunded', $client->getOrderStatusExtended(['orderId' => $order->orderId]));
report('short', $client->getOrderStatus(['orderId' => $order->orderId]));
report('again', $client->refundOrder(['orderId' => $order->orderId, 'refundAmount' => 1500000, 'language' => 'en']));
report('app', $client->registerOrder(['amount' => 150000, 'returnUrl' => 'https://shop.example/paid',
    'params' => [['name' => 'back2app', 'value' => 'true'], ['name' => 'phone', 'value' => '79998887766']]]));

$client->__setSoapHeaders(security($login, 'wrong'));
try {
    $client->getOrderStatus(['orderId' => $order->orderId]);
} catch (SoapFault $fault) {
    report('wrong', (object) ['code' => $fault->faultcode, 'text' => $fault->getMessage()]);
}
