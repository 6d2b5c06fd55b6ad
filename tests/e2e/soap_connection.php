<?php
// What the shops in PHP share: $client is signed in, and `report` prints the answer of a step as a line of JSON.

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

function report(string $step, object $answer): object
{
    echo json_encode([$step, $answer], JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
    return $answer;
}

$client = new SoapClient($address, ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true]);
$client->__setSoapHeaders(security($login, $password));
