-- Repeats register -> pay -> status -> refund. Each thread has one connection, so it has its own step.
-- A wrong answer is printed, and the cycle starts again.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local who = "userName=test-api&password=testPwd1"
function init(args)
  step, order = 0, nil
end
function request()
  if step == 0 then
    return wrk.format("POST", "/payment/rest/register.do", headers,
      who .. "&amount=15000&returnUrl=https%3A%2F%2Fshop.example%2Freturn")
  elseif step == 1 then
    return wrk.format("POST", "/payment/rest/paymentorder.do", headers, who .. "&MDORDER=" .. order
      .. "&%24PAN=5555555555555599&%24CVC=123&YYYY=2034&MM=12&TEXT=IVAN+PETROV&language=en")
  elseif step == 2 then
    return wrk.format("POST", "/payment/rest/getOrderStatusExtended.do", headers,
      who .. "&orderId=" .. order)
  end
  return wrk.format("POST", "/payment/rest/refund.do", headers, who .. "&amount=0&orderId=" .. order)
end
local expected = { [0] = '"formUrl"', [1] = '"redirect"', [2] = '"orderStatus":2', [3] = '"errorCode":"0"' }
function response(status, _, body)
  if not body:find(expected[step], 1, true) then
    io.stderr:write("step " .. step .. ": " .. body .. "\n")
    step = 0
    return
  end
  if step == 0 then order = body:match('"orderId":"([^"]+)"') end
  step = (step + 1) % 4
end
