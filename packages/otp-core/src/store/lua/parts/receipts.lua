-- Uses: attempts
-- What the carrier says of a delivery after the request, by a receipt or by an event of its call.

-- A delivery only moves forward, so order and repetition do not matter.
local RANK = { queued = 0, sending = 0, skipped = 0, uncertain = 1, failed = 1, sent = 2, unconfirmed = 3,
  undelivered = 4, delivered = 5 }

local function is_ahead(status, of)
  return RANK[status] > RANK[of]
end

-- Brings the carrier's id to the attempt that is open: this may overtake the response to its request.
local function identify_attempt(key, n, k, carrier_id)
  local open = k and string.match(redis.call('HGET', key, n .. '.' .. k) or '', '^open (%d+)')
  if open then redis.call('HSET', key, n .. '.' .. k, 'open ' .. open .. ' - - - ' .. carrier_id) end
end

-- Notes that one message or call did not reach the person. One of several may be lost while another arrives: gives
-- whether all that were requested are.
local function note_lost(key, n, lost, carrier_id, requests)
  if not is_lost(lost, carrier_id) then
    lost = lost and lost .. ' ' .. carrier_id or carrier_id
    redis.call('HSET', key, n .. '.lost', lost)
  end
  return count_lost(lost) >= requests
end
