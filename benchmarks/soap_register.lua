-- registerOrder over SOAP: the same order as in register.lua, with a new order number in each request.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  count = 0
  prefix = string.format("S%s-%d-", args[1], number)
  head = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    .. ' xmlns:mer="http://engine.paymentgate.ru/webservices/merchant"><soapenv:Header>'
    .. '<wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/'
    .. 'oasis-200401-wss-wssecurity-secext-1.0.xsd"><wsse:UsernameToken>'
    .. '<wsse:Username>test-api</wsse:Username><wsse:Password Type="http://docs.oasis-open.org/wss/'
    .. '2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">testPwd1</wsse:Password>'
    .. '</wsse:UsernameToken></wsse:Security></soapenv:Header><soapenv:Body><mer:registerOrder>'
    .. '<order amount="15000" currency="643" description="Order of a benchmark" merchantOrderNumber="'
  tail = '"><returnUrl>https://shop.example/return</returnUrl></order></mer:registerOrder>'
    .. '</soapenv:Body></soapenv:Envelope>'
end
function request()
  count = count + 1
  return wrk.format("POST", "/payment/webservices/merchant-ws",
    { ["Content-Type"] = "text/xml; charset=UTF-8", ["SOAPAction"] = '""' },
    head .. prefix .. count .. tail)
end
function response(status, headers, body)
  if not body:find("<formUrl>", 1, true) then io.stderr:write("step registerOrder: " .. body .. "\n") end
end
