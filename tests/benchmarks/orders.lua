-- Orders that differ: each with its own reference and Idempotency-Key. wrk gives the round as the first argument.
local round, sent = "1", 0

function init(args)
  round = args[1] or round
end

function request()
  sent = sent + 1
  local reference = "R-" .. round .. "-" .. sent
  local headers = {
    ["Authorization"] = "Bearer shopper",
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = reference,
  }
  local body = '{"reference":"' .. reference .. '","customer":null,"payment":"card","currency":"GBP",'
    .. '"ship_to":{"name":"Ada","country":"GB","postcode":"LS1 1AA"},'
    .. '"lines":[{"sku":"CUP","quantity":1,"price_minor":500},{"sku":"LAMP","quantity":2,"price_minor":500}]}'
  return wrk.format("POST", "/orders", headers, body)
end
