-- getOrderStatusExtended.do over the order ids of a file, one per line.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  ids = {}
  for line in io.lines(args[1]) do ids[#ids + 1] = line end
  index = (number * 7919) % #ids
end
function request()
  index = index % #ids + 1
  return wrk.format("POST", "/payment/rest/getOrderStatusExtended.do",
    { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "userName=test-api&password=testPwd1&orderId=" .. ids[index])
end
function response(status, headers, body)
  if not body:find('"orderStatus"', 1, true) then io.stderr:write("step status: " .. body .. "\n") end
end
