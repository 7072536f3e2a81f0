-- Uses: basics
-- The attempts of a delivery, each of them one request to the carrier.

-- Attempts whose record is kept: the newest ones.
local MAX_ATTEMPTS_KEPT = 20

local function open_attempt(key, n, now, created_at)
  local k = redis.call('HINCRBY', key, n .. '.attempts', 1)
  redis.call('HSET', key, n .. '.' .. k, 'open ' .. (now - created_at))
  if k > MAX_ATTEMPTS_KEPT then redis.call('HDEL', key, n .. '.' .. (k - MAX_ATTEMPTS_KEPT)) end
  return k
end

local function close_attempt(key, n, k, now, created_at, begun, outcome, code, reason, carrier_id)
  local parts = { outcome, begun, math.max(0, now - created_at - begun), code, reason, carrier_id }
  for i = 4, 6 do
    if parts[i] == '' or not parts[i] then parts[i] = '-' end
  end
  redis.call('HSET', key, n .. '.' .. k, table.concat(parts, ' '))
end

-- Of how many messages of a delivery the carrier has said that they will not arrive.
local function count_lost(lost)
  return #words(lost)
end

local function is_lost(lost, carrier_id)
  return string.find(' ' .. (lost or '') .. ' ', ' ' .. carrier_id .. ' ', 1, true) ~= nil
end
