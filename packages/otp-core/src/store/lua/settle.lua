-- Records what became of a claimed delivery's request.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 outcome: sent, retry, uncertain or failed   3 reason or ''   4 carrier's id or ''
-- Gives { 'not_found' } or { delivery status }
local now, n, outcome = now_ms(), ARGV[1], ARGV[2]
local fields = redis.call('HMGET', KEYS[1], n .. '.status', n .. '.requests', 'status', 'expires_at', n .. '.lost')
local delivery, requests = fields[1], tonumber(fields[2] or 0)
if not delivery then return { 'not_found' } end
status_at(KEYS[1], now, fields[3], fields[4])

if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], n .. '.carrier_id', ARGV[4]) end
if (outcome == 'retry' or outcome == 'failed') and requests > 0 then
  requests = redis.call('HINCRBY', KEYS[1], n .. '.requests', -1)
end

-- A receipt may have come first and knows better than the request.
if delivery ~= 'sending' and delivery ~= 'uncertain' then return { delivery } end

local settled, reason = outcome, ARGV[3]
if outcome == 'sent' then
  reason = ''
elseif outcome == 'uncertain' or requests > count_lost(fields[5]) then
  -- A request of this delivery may have arrived whatever became of the last one.
  settled = 'uncertain'
elseif outcome == 'retry' then
  settled = 'queued'
end
set_delivery(KEYS[1], n, now, settled, reason)
if settled == 'failed' then finish_if_undeliverable(KEYS[1]) end
return { settled }
