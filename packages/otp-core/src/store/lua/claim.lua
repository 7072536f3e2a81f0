-- Uses: attempts, basics, deliveries, number, verification, workflow
-- Takes a delivery before it is sent, and opens an attempt ahead of the request, so that a crash in between is known
-- to be uncertain.
-- KEYS  1 the verification   2 the number
-- ARGV  1 delivery number   2 ms to wait for a receipt of an uncertain request   3 most requests that may arrive
--       4 what the application's countries and limits say of a delivery that the workflow added: `admitted`, the reason
--       to refuse it, or '' where they have not been asked   5 policies of the number's calls (`name limit window_ms ...`)
-- Gives { 'not_found' } or { 'skipped', reason }
--    or { 'done', delivery status, waiting deliveries, patience, now, outcome of an attempt that was given up here or '' }
--    or { 'uncertain', wait in ms, life left in ms }
--    or { 'undecided', application, channel, country, to, area } where they are to be asked first
--    or { 'refused', reason, verification status, waiting deliveries, application, country }
--    or { 'send', life left in ms, kid, sealed, locale, attempt, country, patience,
--         application, now }
-- Patience: ms until the workflow goes on unless this delivery is confirmed; 0 where it does not
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', n .. '.attempts', 'status', 'expires_at', 'locale',
  'about', 'plan', 'step', 'app', 'deliveries')
if not fields[1] then return { 'not_found' } end
local about = words(fields[1])
local created_at, step = tonumber(about[3]), tonumber(about[4])
local delivery, updated_at, requests = state_of(fields[2])

local patience = 0
if fields[8] and step > 0 and step == tonumber(fields[9] or 1) then
  local steps = steps_of(fields[8])
  if steps[step + 1] then patience = tonumber(steps[step][3]) end
end

-- Whoever opened the newest attempt is gone, if it is open: a crash, or a lock that was lost. Gives what is known of it.
local function give_up_attempt()
  local attempt = fields[3] and words(redis.call('HGET', KEYS[1], n .. '.' .. fields[3])) or {}
  if attempt[1] ~= 'open' then return '' end
  -- The carrier has said itself that it took the request.
  local outcome = delivery ~= 'sending' and attempt[6] and 'sent' or 'uncertain'
  local reason = outcome == 'uncertain' and 'interrupted' or ''
  close_attempt(KEYS[1], n, fields[3], now, created_at, attempt[2], outcome, '', reason, attempt[6])
  return outcome
end

local open = delivery == 'queued' or delivery == 'sending' or delivery == 'uncertain'
if not open then return { 'done', delivery, waiting(KEYS[1]), patience, now, give_up_attempt() } end

if delivery == 'sending' then
  give_up_attempt()
  set_state(KEYS[1], n, now, 'uncertain', requests, 'interrupted')
  updated_at, delivery = now, 'uncertain'
end

local status = status_at(KEYS[1], now, fields[4], fields[5])
local kid, _, sealed = code_of(KEYS[1])
if status == 'pending' and not kid then
  finish(KEYS[1], 'expired')
  status = 'expired'
end
-- A request takes its time: what is begun in the last moment arrives when the code is over.
local expires_at = tonumber(fields[5])
local life = expires_at - tonumber(string.match(fields[7], '^%d+'))
local last_moment = math.min(1000, life / 10)
local unwanted = status ~= 'pending' and status or expires_at - now < last_moment and 'expired'
-- Whoever asks again wants it again, whatever has arrived.
local others = about[5] ~= 'resend' and tonumber(fields[11]) > 1
if not unwanted and others and any_delivered(deliveries_of(KEYS[1])) then unwanted = 'delivered' end
if unwanted then
  -- A request that may have arrived stays uncertain: only what was never requested is skipped.
  if delivery == 'queued' then
    local k = open_attempt(KEYS[1], n, now, created_at)
    close_attempt(KEYS[1], n, k, now, created_at, now - created_at, 'skipped', '', unwanted)
    set_state(KEYS[1], n, now, 'skipped', requests, unwanted)
  end
  return { 'skipped', unwanted }
end

local left = tonumber(fields[5]) - now
if delivery == 'uncertain' then
  if requests >= tonumber(ARGV[3]) then return { 'done', 'uncertain', waiting(KEYS[1]), patience, now, '' } end
  local wait = updated_at + tonumber(ARGV[2]) - now
  if wait > 0 then return { 'uncertain', wait, left } end
end

local country, to, area = string.match(fields[7], '^%S+ %S+ %S+ (%S+) (%S+) ?(%S*)')
local refused
-- A delivery that was asked for was counted then; one that the workflow added is counted once, with its first attempt.
if about[5] == 'fallback' and not fields[3] then
  if ARGV[4] == '' then return { 'undecided', fields[10], about[1], country, to, area } end
  if ARGV[4] ~= 'admitted' then
    refused = ARGV[4]
  else
    local number = redis.call('HMGET', KEYS[2], 'calls', 'guard')
    if locked(number[2], now) then
      refused = 'limited:number-lock'
    elseif about[1] == 'call' and ARGV[5] ~= '' then
      local calls, policy = take(number[1], now, ARGV[5])
      if calls then
        redis.call('HSET', KEYS[2], 'calls', calls)
        expire_number(KEYS[2], math.max(policy, redis.call('PTTL', KEYS[1])), number[2])
      else
        refused = 'limited:' .. policy
      end
    end
  end
end

local k = open_attempt(KEYS[1], n, now, created_at)
if refused then
  close_attempt(KEYS[1], n, k, now, created_at, now - created_at, 'skipped', '', refused)
  set_state(KEYS[1], n, now, 'failed', requests, refused)
  give_up_on(KEYS[1], now, n)
  return { 'refused', refused, redis.call('HGET', KEYS[1], 'status'), waiting(KEYS[1]), fields[10], country }
end
set_state(KEYS[1], n, now, 'sending', requests + 1)
return { 'send', left, kid, sealed, fields[6] or '', k, country, patience, fields[10], now }
