-- What every script below shares; it is put before each of them when they are loaded.
--
-- A number of one application is one hash, ww:{tag}:number:
--   active     nonce of its newest verification
--   earlier    nonces of those before it that are still kept, newest first, so that all of a number can be erased
--   requests   times of its requests for a code, newest first, separated by commas
--   calls      the same of those for a call
--   guard      `failures locks ends takes`: wrong codes since the last right one, locks since then, and when the newest
--              lock ends and how many ms it is altogether; not there before a code was wrong
-- A verification is one hash, ww:{tag}:v:<nonce>. All times are ms since the epoch by this server's clock; `-` stands
-- for nothing where a value has several parts:
--   app, status                  application, and one of the verification's statuses
--   expires_at, resend_at        times
--   wrong                        wrong checks so far
--   locale, metadata             where they were given; metadata is JSON
--   about                        `created_at max_attempts channel country to area`; `to` is masked, and the area is a
--                                keyed hash of the number less its last four digits; it may be missing
--   plan                         its workflow where it has several steps: `channel carrier patience_ms,channel ...`
--   step                         which of the steps has been reached, from 1; not kept while it is the first
--   deliveries                   how many there are; each one has the fields
--   <n>                          `channel carrier created_at step by`: step 0 is outside the workflow; by says what
--                                made it: start, resend or fallback
--   <n>.state                    `status updated_at requests reason`: requests to the carrier that may have led to
--                                a message or a call
--   <n>.attempts                 how many times it was taken to be sent; the newest of them have the fields
--   <n>.<k>                      `outcome begun took carrier_code reason carrier_id`: ms from the delivery's making to
--                                its beginning and from there to its end; the outcome is `open` until it is known
--   <n>.lost                     ids of its messages that the carrier could not deliver
--   <n>.call:<id>                `phase speaks event_id` of a call; see call.lua
--   told:<event>                 word of this event has been left for the application; see told.lua
-- Its code is a string with the code's own life, ww:{tag}:code:<nonce>:
--   `kid digest sealed`: key name, keyed hash of the code, sealed code and number; then, where the request said so,
--   `context:<hash>` of the payment that it approves and `code:<hash>` of the code that the request brought, once for
--   every key of the ring
-- Every value of a hash but metadata is short, so that Redis keeps the hash in its compact form.

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function code_key(key)
  return (string.gsub(key, '}:v:', '}:code:', 1))
end

-- Key name, digest and sealed content of a code; nothing of one that is over.
local function code_of(key)
  return string.match(redis.call('GET', code_key(key)) or '', '^(%S+) (%S+) (%S+)')
end

-- Whether a request means the code that is pending: it approves the same payment, and the request brings no other code.
-- Both are as a code is kept.
local function means_the_same(kept, given)
  local function has(text, kind)
    return string.find(text, ' ' .. kind .. ':', 1, true) ~= nil
  end
  local function agree_on(kind)
    for word in string.gmatch(given, ' (' .. kind .. ':%S+)') do
      if string.find(kept .. ' ', ' ' .. word .. ' ', 1, true) then return true end
    end
    return false
  end
  if has(given, 'code') and not agree_on('code') then return false end
  return agree_on('context') or not (has(given, 'context') or has(kept, 'context'))
end

-- A code that is over is deleted, and the number with it: nothing can check it or send it any more.
local function finish(key, status)
  redis.call('HSET', key, 'status', status)
  redis.call('DEL', code_key(key))
end

-- The status as of now, of the two fields read: time ends a verification without anybody's doing.
local function status_at(key, now, status, expires_at)
  if status == 'pending' and tonumber(expires_at) <= now then
    finish(key, 'expired')
    return 'expired'
  end
  return status
end

local function words(text)
  local parts = {}
  for part in string.gmatch(text or '', '%S+') do parts[#parts + 1] = part end
  return parts
end

-- Status, time of its last change and requests of a delivery.
local function state_of(text)
  local status, updated_at, requests = string.match(text, '^(%S+) (%d+) (%d+)')
  return status, tonumber(updated_at), tonumber(requests)
end

local function set_state(key, n, now, status, requests, reason)
  if not reason or reason == '' then reason = '-' end
  redis.call('HSET', key, n .. '.state', status .. ' ' .. now .. ' ' .. requests .. ' ' .. reason)
end

-- The gap before the next resend doubles with each delivery that was asked for, up to four times the first.
local function add_delivery(key, now, channel, carrier, step, by, gap)
  local n = redis.call('HINCRBY', key, 'deliveries', 1)
  redis.call('HSET', key, n, table.concat({ channel, carrier, now, step, by }, ' '),
    n .. '.state', 'queued ' .. now .. ' 0 -')
  if gap then
    local asked = 0
    for i = 1, n do
      if words(redis.call('HGET', key, i))[5] ~= 'fallback' then asked = asked + 1 end
    end
    redis.call('HSET', key, 'resend_at', now + gap * math.min(2 ^ (asked - 1), 4))
  end
  return n
end

-- The steps of a verification's workflow, each { channel, carrier, patience in ms }.
local function steps_of(plan)
  local steps = {}
  for step in string.gmatch(plan or '', '[^,]+') do steps[#steps + 1] = words(step) end
  return steps
end

-- What a resend by a channel does to the workflow: the step it belongs to, 0 if to none. One that is still ahead
-- counts as reached.
local function reach_step(key, channel)
  local fields = redis.call('HMGET', key, 'plan', 'step')
  local reached = tonumber(fields[2] or 1)
  for i, step in ipairs(steps_of(fields[1])) do
    if i >= reached and step[1] == channel then
      if i > reached then redis.call('HSET', key, 'step', i) end
      return i
    end
  end
  return 0
end

-- All deliveries as { n, status, channel, carrier, by }.
local function deliveries_of(key)
  local list = {}
  for n = 1, tonumber(redis.call('HGET', key, 'deliveries')) do
    local fields = redis.call('HMGET', key, n, n .. '.state')
    local about = words(fields[1])
    list[n] = { n, (state_of(fields[2])), about[1], about[2], about[5] }
  end
  return list
end

local function any_delivered(deliveries)
  for _, delivery in ipairs(deliveries) do
    if delivery[2] == 'delivered' then return true end
  end
  return false
end

-- Goes on to the next step of the workflow, if `from` is the one reached, the verification is pending and nothing has
-- been delivered. Gives the new delivery's number.
local function next_step(key, now, from)
  local fields = redis.call('HMGET', key, 'plan', 'step', 'status')
  if from == 0 or fields[3] ~= 'pending' or tonumber(fields[2] or 1) ~= from then return nil end
  local step = steps_of(fields[1])[from + 1]
  if not step or any_delivered(deliveries_of(key)) then return nil end
  redis.call('HSET', key, 'step', from + 1)
  return add_delivery(key, now, step[1], step[2], from + 1, 'fallback')
end

-- After a delivery has come to nothing: the workflow goes on, and a verification with no delivery left that could
-- still reach the phone is undeliverable.
local function give_up_on(key, now, n)
  if redis.call('HGET', key, 'status') ~= 'pending' then return end
  local step = tonumber(words(redis.call('HGET', key, n))[4])
  if next_step(key, now, step) then return end
  for _, delivery in ipairs(deliveries_of(key)) do
    local status = delivery[2]
    if status ~= 'failed' and status ~= 'undelivered' then return end
  end
  finish(key, 'undeliverable')
end

-- Of how many messages of a delivery the carrier has said that they will not arrive.
local function count_lost(lost)
  return #words(lost)
end

-- The deliveries that wait to be sent, for the caller to enqueue: { n, channel, carrier, by, ... }.
local function waiting(key)
  local list = {}
  for n, delivery in ipairs(deliveries_of(key)) do
    if delivery[2] == 'queued' then
      list[#list + 1] = n
      list[#list + 1] = delivery[3]
      list[#list + 1] = delivery[4]
      list[#list + 1] = delivery[5]
    end
  end
  return list
end

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

-- Counts one event in a list of times, newest first, unless one of the policies is used up. The policies are packed as
-- `name limit window_ms ...`. Gives the new list and the longest window in ms, or nil, the policy's name and the wait in
-- ms: the longest, where several are used up.
local function take(list, now, policies)
  local times = {}
  for time in string.gmatch(list or '', '%d+') do times[#times + 1] = time end
  local most, longest, denied, wait = 0, 0, nil, 0
  for name, limit, window in string.gmatch(policies, '(%S+) (%d+) (%d+)') do
    limit, window = tonumber(limit), tonumber(window)
    most, longest = math.max(most, limit), math.max(longest, window)
    local left = times[limit] and tonumber(times[limit]) + window - now or 0
    if left > wait then denied, wait = name, left end
  end
  if denied then return nil, denied, wait end
  table.insert(times, 1, now)
  return table.concat(times, ',', 1, math.min(#times, most)), longest
end

local DAY_MS = 86400000
-- As many wrong codes with no right one between them are evaluated for a number, however they are spread (NIST SP
-- 800-63B-4 section 3.2.2); how long they are remembered is then how long it is locked.
local MOST_FAILURES, FAILURES_KEPT_MS = 100, 30 * DAY_MS

-- The wait in ms for a locked number and how long the lock is altogether; nil where it is not locked.
local function locked(guard, now)
  local ends, takes = string.match(guard or '', '^%d+ %d+ (%d+) (%d+)')
  if not ends or tonumber(ends) <= now then return nil end
  return tonumber(ends) - now, tonumber(takes)
end

-- Counts a wrong code of a number, and locks it with every `limit`th in a row: for `first` ms, doubling to a day.
local function count_failure(key, guard, now, limit, first)
  local fails, locks, ends, takes = string.match(guard or '', '^(%d+) (%d+) (%d+) (%d+)')
  fails, locks, ends, takes = (fails or 0) + 1, tonumber(locks or 0), ends or 0, takes or 0
  if fails >= MOST_FAILURES then
    takes, ends = FAILURES_KEPT_MS, now + FAILURES_KEPT_MS
  elseif fails % limit == 0 then
    takes = math.min(first * 2 ^ locks, DAY_MS)
    locks, ends = locks + 1, now + takes
  end
  redis.call('HSET', key, 'guard', table.concat({ fails, locks, ends, takes }, ' '))
  redis.call('PEXPIRE', key, FAILURES_KEPT_MS)
end

-- Lets a number be forgotten after `ms`, but not before what was kept of it already, such as its wrong codes and its
-- earlier verifications.
local function expire_number(key, ms, guard)
  local left = redis.call('PTTL', key)
  if guard and left < 0 then left = FAILURES_KEPT_MS end
  redis.call('PEXPIRE', key, math.max(ms, left))
end

local NONCE_LENGTH = 16
local NONCE = string.rep('.', NONCE_LENGTH)
-- Verifications of one number that are kept besides the newest; past it the oldest is forgotten before its time.
local MAX_EARLIER = 500

local function set_earlier(number, nonces)
  if nonces == '' then redis.call('HDEL', number, 'earlier') else redis.call('HSET', number, 'earlier', nonces) end
end

-- Notes what has been the newest verification of a number, and drops the oldest ones that are not kept any more.
local function keep_earlier(number, prefix, nonce)
  local nonces = nonce .. (redis.call('HGET', number, 'earlier') or '')
  while nonces ~= '' do
    local oldest = prefix .. string.sub(nonces, -NONCE_LENGTH)
    if #nonces > MAX_EARLIER * NONCE_LENGTH then
      redis.call('DEL', oldest)
    elseif redis.call('EXISTS', oldest) == 1 then
      break
    end
    nonces = string.sub(nonces, 1, -NONCE_LENGTH - 1)
  end
  set_earlier(number, nonces)
end

-- Nothing of a number leads to this verification any more.
local function forget_nonce(number, nonce)
  local known = redis.call('HMGET', number, 'active', 'earlier')
  if known[1] == nonce then redis.call('HDEL', number, 'active') end
  if not known[2] then return end
  local nonces = {}
  for other in string.gmatch(known[2], NONCE) do
    if other ~= nonce then nonces[#nonces + 1] = other end
  end
  set_earlier(number, table.concat(nonces))
end
