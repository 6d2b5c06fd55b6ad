-- Repeats register -> pay with a stored card. Each thread has one connection, so it has its own step.
-- A wrong answer is printed, and the cycle starts again. The words are the client and the stored card.
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local who = "userName=test-api&password=testPwd1"
function init(args)
  step, order, client, card = 0, nil, args[1], args[2]
end
function request()
  if step == 0 then
    return wrk.format("POST", "/payment/rest/register.do", headers, who
      .. "&amount=15000&returnUrl=https%3A%2F%2Fshop.example%2Freturn&clientId=" .. client)
  end
  return wrk.format("POST", "/payment/rest/paymentOrderBinding.do", headers,
    who .. "&mdOrder=" .. order .. "&bindingId=" .. card .. "&cvc=123&language=en")
end
local expected = { [0] = '"formUrl"', [1] = '"redirect"' }
function response(status, _, body)
  if not body:find(expected[step], 1, true) then
    io.stderr:write("step " .. step .. ": " .. body .. "\n")
    step = 0
    return
  end
  if step == 0 then order = body:match('"orderId":"([^"]+)"') end
  step = (step + 1) % 2
end
