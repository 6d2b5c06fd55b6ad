<?php
// A shop in PHP with a stored card of a client: stored, listed, extended, used, disabled, enabled.
// Prints the answer of each step as a line of JSON; an error ends it with a message and an exit code other than 0.
// Usage: php soap_cards_client.php ADDRESS LOGIN PASSWORD CLIENT

require __DIR__ . '/soap_connection.php';

$owner = $argv[4];
$unknown = '9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f';

$stored = report('store', $client->createBindingNoPayment([
    'additionalParameters' => [],
    'clientId' => $owner,
    'pan' => '5555555555555599',
    'expiryDate' => '209812',
    'cardholderName' => 'IVAN PETROV',
]));
$id = $stored->bindingId;
report('list', $client->getBindings(['clientId' => $owner, 'showExpired' => false]));
report('by_id', $client->getBindingsByCardOrId(['bindingId' => $id, 'showExpired' => false]));
report('extend', $client->extendBinding(['bindingId' => $id, 'newExpiry' => '209912', 'language' => 'en']));
report('extend_wrong', $client->extendBinding(['bindingId' => $id, 'newExpiry' => '209913']));
report('extended', $client->getBindings(['clientId' => $owner, 'showExpired' => false]));
$order = $client->registerOrder(['amount' => 150000, 'returnUrl' => 'https://shop.example/paid', 'clientId' => $owner]);
$paying = ['mdOrder' => $order->orderId, 'bindingId' => $id, 'cvc' => '123', 'ip' => '192.0.2.7'];
report('pay', $client->paymentOrderBinding($paying));
report('pay_again', $client->paymentOrderBinding($paying));
report('disable', $client->unBindCard($id));
report('disable_again', $client->unBindCard($id));
report('none', $client->getBindings(['clientId' => $owner, 'showExpired' => true, 'language' => 'en']));
report('enable', $client->bindCard($id));
report('enable_unknown', $client->bindCard($unknown));
