-- Uses: attempts, basics, deliveries, verification
-- Records what became of an attempt's request: once, and only by whoever opened the attempt.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 attempt   3 outcome: sent, retry, uncertain or failed   4 carrier's code or ''
--       5 reason or ''   6 carrier's id or ''
-- Gives { 'not_found' } or { delivery status, verification status, ms since the delivery was asked for,
--       waiting deliveries, application }
local now, n, k, outcome = now_ms(), ARGV[1], ARGV[2], ARGV[3]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', n .. '.' .. k, 'status', 'expires_at', n .. '.lost', 'app')
if not fields[1] then return { 'not_found' } end
local created_at = tonumber(words(fields[1])[3])
local delivery, updated_at, requests = state_of(fields[2])
status_at(KEYS[1], now, fields[4], fields[5])

local function answer(status, came_to_nothing)
  local list = {}
  if came_to_nothing then
    give_up_on(KEYS[1], now, n)
    list = waiting(KEYS[1])
  end
  return { status, redis.call('HGET', KEYS[1], 'status'), now - created_at, list, fields[7] }
end

-- An attempt that was given up may still say what became of it; one that has its outcome keeps it.
local attempt = words(fields[3])
local interrupted = attempt[1] == 'uncertain' and attempt[5] == 'interrupted'
if attempt[1] ~= 'open' and not interrupted then return answer(delivery, delivery == 'failed') end
-- The id may be known from a receipt that came first.
local carrier_id = ARGV[6] ~= '' and ARGV[6] or attempt[6]
close_attempt(KEYS[1], n, k, now, created_at, attempt[2], outcome, ARGV[4], ARGV[5], carrier_id)
if outcome == 'retry' or outcome == 'failed' then requests = requests - 1 end

-- A receipt may have come first and knows better than the request. Another attempt may be under way: then only that a
-- message went out counts at once, since the other must not be tried again.
local news = attempt[1] == 'open' or outcome == 'sent' and not is_lost(fields[6], ARGV[6])
local own = delivery == 'sending' and news or delivery == 'uncertain'
if not own then
  if requests >= 0 then
    local reason = string.match(fields[2], '^%S+ %S+ %S+ (%S+)')
    set_state(KEYS[1], n, updated_at, delivery, requests, reason)
  end
  return answer(delivery, false)
end

local settled, reason = outcome, ARGV[5]
if outcome == 'sent' then
  reason = ''
elseif outcome == 'uncertain' or requests > count_lost(fields[6]) then
  -- A request of this delivery may have arrived whatever became of this one.
  settled = 'uncertain'
elseif outcome == 'retry' then
  settled = 'queued'
end
set_state(KEYS[1], n, now, settled, requests, reason)
return answer(settled, settled == 'failed')
