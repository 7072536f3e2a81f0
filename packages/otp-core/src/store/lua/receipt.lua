-- Applies a carrier's receipt. A delivery only moves forward, so order and repetition do not matter.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 status: sent, unconfirmed, undelivered or delivered   3 reason or ''   4 carrier's id
-- Gives { 'not_found' } or { 'applied' | 'ignored', delivery status, verification status, channel, carrier,
--       ms since the delivery was asked for, waiting deliveries, application }
local rank = { queued = 0, sending = 0, skipped = 0, uncertain = 1, failed = 1, sent = 2, unconfirmed = 3,
  undelivered = 4, delivered = 5 }
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', 'status', 'expires_at', n .. '.lost', n .. '.attempts',
  'app')
if not fields[1] then return { 'not_found' } end
local about = words(fields[1])
local delivery, _, requests = state_of(fields[2])
status_at(KEYS[1], now, fields[3], fields[4])

local function answer(outcome, list)
  return { outcome, delivery, redis.call('HGET', KEYS[1], 'status'), about[1], about[2], now - about[3], list or {},
    fields[7] }
end

-- One message of several may be lost while another arrives: a delivery is undelivered when all of them are lost.
if ARGV[2] == 'undelivered' then
  local lost = fields[5] or ''
  if not string.find(' ' .. lost .. ' ', ' ' .. ARGV[4] .. ' ', 1, true) then
    lost = lost == '' and ARGV[4] or lost .. ' ' .. ARGV[4]
    redis.call('HSET', KEYS[1], n .. '.lost', lost)
  end
  if count_lost(lost) < requests then return answer('ignored') end
end

-- A receipt that overtakes the response brings the carrier's id to the attempt that is open.
local k = fields[6]
local open = k and string.match(redis.call('HGET', KEYS[1], n .. '.' .. k) or '', '^open (%d+)')
if open then
  redis.call('HSET', KEYS[1], n .. '.' .. k, 'open ' .. open .. ' - - - ' .. ARGV[4])
end

if rank[ARGV[2]] <= rank[delivery] then
  return answer('ignored', delivery == 'undelivered' and waiting(KEYS[1]) or nil)
end
delivery = ARGV[2]
set_state(KEYS[1], n, now, delivery, requests, ARGV[3])
if delivery ~= 'undelivered' then return answer('applied') end
give_up_on(KEYS[1], now, n)
return answer('applied', waiting(KEYS[1]))
