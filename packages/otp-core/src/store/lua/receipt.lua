-- Applies a carrier's receipt. A delivery only moves forward, so order and repetition do not matter.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 status: sent, unconfirmed, undelivered or delivered   3 reason or ''   4 carrier's id
-- Gives { 'not_found' } or { 'applied' | 'ignored', delivery status, verification status }
local rank = { queued = 0, sending = 0, skipped = 0, uncertain = 1, failed = 1, sent = 2, unconfirmed = 3,
  undelivered = 4, delivered = 5 }
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n .. '.status', 'status', 'expires_at', n .. '.requests', n .. '.lost')
local delivery = fields[1]
if not delivery then return { 'not_found' } end
status_at(KEYS[1], now, fields[2], fields[3])

-- One message of several may be lost while another arrives: a delivery is undelivered when all of them are lost.
if ARGV[2] == 'undelivered' then
  local lost = fields[5] or ''
  if not string.find(' ' .. lost .. ' ', ' ' .. ARGV[4] .. ' ', 1, true) then
    lost = lost .. ' ' .. ARGV[4]
    redis.call('HSET', KEYS[1], n .. '.lost', lost)
  end
  if count_lost(lost) < tonumber(fields[4] or 0) then
    return { 'ignored', delivery, redis.call('HGET', KEYS[1], 'status') }
  end
end

local outcome = 'ignored'
if rank[ARGV[2]] > rank[delivery] then
  outcome, delivery = 'applied', ARGV[2]
  set_delivery(KEYS[1], n, now, delivery, ARGV[3])
  redis.call('HSET', KEYS[1], n .. '.carrier_id', ARGV[4])
  if delivery == 'undelivered' then finish_if_undeliverable(KEYS[1]) end
end
return { outcome, delivery, redis.call('HGET', KEYS[1], 'status') }
