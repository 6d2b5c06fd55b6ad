-- Repeats register with back2app -> read the push on the phone -> confirm it there -> status. Each thread has one
-- connection, so it has its own step; each life has its own phone. A wrong answer is printed, and the cycle starts again.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local json = { ["Content-Type"] = "application/json" }
local who = "userName=test-api&password=testPwd1"
function init(args)
  step, order, phone, message = 0, nil, nil, nil
  math.randomseed(tonumber(args[1]) + number * 7919)
end
-- The last four digits of some numbers have a meaning in the sandbox: those above 0999 have none.
local function new_phone()
  return string.format("79%05d%04d", math.random(0, 99999), math.random(1000, 9999))
end
function request()
  if step == 0 then
    phone = new_phone()
    return wrk.format("POST", "/payment/rest/register.do", form, who .. "&amount=15000&back2app=true&phone=" .. phone
      .. "&returnUrl=https%3A%2F%2Fshop.example%2Freturn")
  elseif step == 1 then
    return wrk.format("GET", "/sandbox/phones/" .. phone .. "/messages")
  elseif step == 2 then
    return wrk.format("POST", "/sandbox/phones/" .. phone .. "/messages/" .. message, json, '{"action":"confirm"}')
  end
  return wrk.format("POST", "/payment/rest/getOrderStatusExtended.do", form, who .. "&orderId=" .. order)
end
local expected = { [0] = '"sbolInactive":"false"', [1] = '"confirm"', [2] = '"approved"', [3] = '"orderStatus":2' }
function response(status, _, body)
  if not body:find(expected[step], 1, true) then
    io.stderr:write("step " .. step .. ": " .. body .. "\n")
    step = 0
    return
  end
  if step == 0 then order = body:match('"orderId":"([^"]+)"') end
  if step == 1 then
    for id in body:gmatch('"id":"([^"]+)"') do message = id end
  end
  step = (step + 1) % 4
end
