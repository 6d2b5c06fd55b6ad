<?php
// A shop in PHP that knows nothing but the address of the WSDL: one order from registration to refund.
// Says each step as a line of JSON; whatever goes wrong ends it with a message and a status other than 0.
// Usage: php soap_client.php ADDRESS LOGIN PASSWORD

[, $address, $login, $password] = $argv;

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

function security(string $login, string $password): SoapHeader
{
    $token = sprintf(
        '<wsse:Security xmlns:wsse="%s"><wsse:UsernameToken><wsse:Username>%s</wsse:Username>'
        . '<wsse:Password>%s</wsse:Password></wsse:UsernameToken></wsse:Security>',
        WSSE, htmlspecialchars($login), htmlspecialchars($password)
    );
    return new SoapHeader(WSSE, 'Security', new SoapVar($token, XSD_ANYXML), true);
}

function tell(string $step, object $answer): object
{
    echo json_encode([$step, $answer], JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
    return $answer;
}

$client = new SoapClient($address, ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true]);
$client->__setSoapHeaders(security($login, $password));

$order = tell('register', $client->registerOrder([
    'amount' => 150000,
    'language' => 'en',
    'description' => 'Чай & кофе',
    'returnUrl' => 'https://shop.example/paid',
    'params' => [['name' => 'colour', 'value' => 'black'], ['name' => 'Вес', 'value' => '200 г']],
]));
tell('pay', $client->paymentOrder([
    'orderId' => $order->orderId,
    'pan' => '5555555555555599',
    'cvc' => '123',
    'year' => '2099',
    'month' => '12',
    'cardholderName' => 'IVAN PETROV',
    'language' => 'en',
]));
tell('paid', $client->getOrderStatusExtended(['orderId' => $order->orderId, 'language' => 'en']));
tell('refund', $client->refundOrder([
    'orderId' => $order->orderId,
    'refundAmount' => 50000,
    'language' => 'en',
]));
tell('refunded', $client->getOrderStatusExtended(['orderId' => $order->orderId]));
tell('short', $client->getOrderStatus(['orderId' => $order->orderId]));
tell('again', $client->refundOrder(['orderId' => $order->orderId, 'refundAmount' => 1500000, 'language' => 'en']));

$client->__setSoapHeaders(security($login, 'wrong'));
try {
    $client->getOrderStatus(['orderId' => $order->orderId]);
} catch (SoapFault $fault) {
    tell('wrong', (object) ['code' => $fault->faultcode, 'text' => $fault->getMessage()]);
}
