-- register.do with a cart of 100 positions; each request has a new order number and a cart of its own.
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
local function escape(text)
  return (text:gsub("[^%w]", function(char) return string.format("%%%02X", char:byte()) end))
end
function init(args)
  count = 0
  prefix = string.format("C%s-%d-", args[1], number)
  local items = {}
  for position = 1, 100 do
    items[position] = string.format(
      '{"positionId":"%d","name":"Товар %d","quantity":{"value":2,"measure":"шт."},"itemCode":"A-%d",'
      .. '"itemPrice":75,"itemAmount":150,"itemCurrency":643,"tax":{"taxType":6},"itemAttributes":'
      .. '{"attributes":[{"name":"paymentMethod","value":"1"},{"name":"paymentObject","value":"1"}]}}',
      position, position, position)
  end
  head = escape('{"customerDetails":{"email":"payer')
  tail = escape('@shop.example"},"cartItems":{"items":[' .. table.concat(items, ",") .. "]}}")
end
function request()
  count = count + 1
  return wrk.format("POST", "/payment/rest/register.do",
    { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "userName=test-api&password=testPwd1&amount=15000&currency=643"
    .. "&returnUrl=https%3A%2F%2Fshop.example%2Freturn&description=Order+of+a+benchmark"
    .. "&orderNumber=" .. prefix .. count .. "&orderBundle=" .. head .. count .. tail)
end
function response(status, headers, body)
  if not body:find('"formUrl"', 1, true) then io.stderr:write("step register: " .. body .. "\n") end
end
