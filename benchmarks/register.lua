-- register.do with a new order number in each request.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  count = 0
  prefix = string.format("B%s-%d-", args[1], number)
end
function request()
  count = count + 1
  return wrk.format("POST", "/payment/rest/register.do",
    { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "userName=test-api&password=testPwd1&amount=15000&currency=643"
    .. "&returnUrl=https%3A%2F%2Fshop.example%2Freturn&description=Order+of+a+benchmark"
    .. "&orderNumber=" .. prefix .. count)
end
function response(status, headers, body)
  if not body:find('"formUrl"', 1, true) then io.stderr:write("step register: " .. body .. "\n") end
end
