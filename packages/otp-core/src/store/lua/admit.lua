-- Uses: basics, decisions, events
-- Decides about one request for a code by everything that is not the number's own, and counts it if it may pass: all of
-- the counters or none. All of an application's share a slot; their names begin with KEYS[1], `ww:{app:<application>}:`
--   w:<policy>[:<country>]          count of a window that begins with its first event and ends with the key
--   spent:<day>                     what the day's messages cost, in millionths
--   a:<window s>:<bucket>:<x>       addresses, and
--   p:<window s>:<bucket>:<x>       areas (numbers less their last four digits): hashes of events, by the rest of a keyed
--                                   hash that begins with x; see parts/events.lua. The note of an area's event is the
--                                   number's last four digits, and an `!` after them says that it was approved.
--                                   A bucket is as long as the window, so that the window spans two of them
--   hold:<country or area>          `until ms_altogether level policy` of a suspended destination
--   b:<country>                     verifications of each minute: s<minute> started, a<minute> of those approved
--   told:<...>, decisions           see parts/decisions.lua
-- KEYS  1 what every name begins with   2 and on: the windows
-- ARGV  1 enforce, report or off, for all but the address and the budget   2 `start`, `resend` or `fallback`   3 country   4 masked area
--       5 hashes of the area, the writing key's first, separated by commas, or ''   6 last four digits
--       7 hashes of the address likewise, or ''   8 limit and 9 window in ms of addresses
--       10 window in ms for which events of an area are kept, above 0 where there is one   11 limit of an area or ''   12 its window in ms
--       13 most numbers within a span of 100, or ''   14 its window in ms
--       15 least percentage approved in a country, or ''   16 its window in ms
--       17 least percentage approved in an area, or ''   18 its window in ms
--       19 price in millionths or ''   20 budget of a day likewise   21 life of a code in ms
--       22 of each window: `limit window_ms ...`   23 when nobody waits for the reply any more, by this clock, or ''
-- Gives { 'late' }, with nothing counted, or
--       { policy that refuses or '', wait in ms, ms of the whole suspension or 0, policy that would refuse or '',
--         policy that warns or '', 1 if any of it is news, now, what of all but the address was counted: all, budget or '' }
local now, base, enforcing, country, mask = now_ms(), KEYS[1], ARGV[1] == 'enforce', ARGV[3], ARGV[4]
-- A server that stood still carries out what its callers have given up.
if ARGV[23] ~= '' and now > tonumber(ARGV[23]) then return { 'late' } end
local guarded = ARGV[1] ~= 'off'
local area, address = string.match(ARGV[5], '^[^,]*'), string.match(ARGV[7], '^[^,]*')
local HOUR = 60 * MINUTE
local FEWEST_FINISHED, WARN_BELOW = 30, 35

-- A refusal that would be refused again before a longer wait is over names that one.
local function verdict() return { policy = '', wait = 0, whole = 0 } end
local function deny(against, policy, wait, whole)
  if wait > against.wait then against.policy, against.wait, against.whole = policy, wait, whole or 0 end
end
-- The first holds in every mode.
local by_always, by_guard, warned = verdict(), verdict(), ''
local newest_of_address, newest_of_area

if address ~= '' then
  local events
  events, newest_of_address = events_of(base .. 'a:', ARGV[7], now, tonumber(ARGV[9]))
  local oldest = events[#events - ARGV[8] + 1]
  if oldest then deny(by_always, 'address', oldest[1] + ARGV[9] - now) end
end

local windows, events = {}, {}
local spent_key = ARGV[19] ~= '' and base .. 'spent:' .. math.floor(now / DAY_MS) or nil
local spent
local minute = math.floor(now / MINUTE)
local minutes, started_now = base .. 'b:' .. country, 's' .. minute

local function suspend(place, policy, whole, level)
  redis.call('SET', base .. 'hold:' .. place, table.concat({ now + whole, whole, level, policy }, ' '), 'PX',
    whole + DAY_MS)
  deny(by_guard, policy, whole, whole)
end

-- What came of the verifications of a place: too few of them approved suspends it, twice as long each time.
local function judge(place, policy, least, finished, approved, hold)
  if finished < FEWEST_FINISHED then return end
  local percentage = approved * 100 / finished
  if percentage < tonumber(least) then
    local level = (tonumber(hold and hold.level) or 0) + 1
    suspend(place, policy, math.min(HOUR * 2 ^ (level - 1), DAY_MS), level)
    -- The next suspension wants evidence of its own.
    if place == country then redis.call('DEL', minutes) end
  elseif percentage < WARN_BELOW then
    warned = policy
  end
end

-- One more number would make it a sweep: look for `limit` others that share a span of 100 with it.
local function sweeps(limit, window)
  if #events < limit then return false end
  local mine, seen, near = tonumber(ARGV[6]), {}, { 0 }
  for _, event in ipairs(events) do
    local distance = (tonumber(string.match(event[2], '^%d+')) or -1000) - mine
    if event[1] > now - window and math.abs(distance) < 100 and distance ~= 0 and not seen[distance] then
      seen[distance] = true
      near[#near + 1] = distance
    end
  end
  table.sort(near)
  for i = 1, #near - limit do
    if near[i] <= 0 and near[i + limit] >= 0 and near[i + limit] - near[i] < 100 then return true end
  end
  return false
end

if guarded then
  local names = { base .. 'hold:' .. country, unpack(KEYS, 2) }
  local holds_at = { 1 }
  for hash in string.gmatch(ARGV[5], '[^,]+') do
    names[#names + 1] = base .. 'hold:' .. hash
    holds_at[#holds_at + 1] = #names
  end
  if spent_key then names[#names + 1] = spent_key end
  local values = redis.call('MGET', unpack(names))
  spent = spent_key and values[#names]

  local on = { sweep = ARGV[13] ~= '', ['breaker-country'] = ARGV[15] ~= '', ['breaker-prefix'] = ARGV[17] ~= '' }
  local holds, held = {}, {}
  for _, i in ipairs(holds_at) do
    local place = i == 1 and country or area
    local ends, whole, level, policy = string.match(values[i] or '', '^(%d+) (%d+) (%d+) (%S+)')
    if ends then
      holds[place] = { level = level }
      held[place] = on[policy] and tonumber(ends) > now
      if held[place] then deny(by_guard, policy, ends - now, tonumber(whole)) end
    end
  end
  for limit, window in string.gmatch(ARGV[22], '(%d+) (%d+)') do
    local i = #windows + 2
    windows[i - 1] = window
    if values[i] and tonumber(values[i]) >= tonumber(limit) then
      local left = redis.call('PTTL', KEYS[i])
      deny(by_guard, string.match(KEYS[i], '}:w:([^:]+)'), left < 0 and tonumber(window) or math.max(left, 1))
    end
  end

  if area ~= '' then
    events, newest_of_area = events_of(base .. 'p:', ARGV[5], now, tonumber(ARGV[10]))
    if ARGV[11] ~= '' then
      local oldest = events[#events - ARGV[11] + 1]
      local left = oldest and oldest[1] + ARGV[12] - now or 0
      if left > 0 then deny(by_guard, 'prefix', left) end
    end
    if on.sweep and not held[area] and sweeps(tonumber(ARGV[13]), tonumber(ARGV[14])) then
      suspend(area, 'sweep', tonumber(ARGV[14]), holds[area] and holds[area].level or 0)
    end
    if on['breaker-prefix'] and not held[area] and #events >= FEWEST_FINISHED then
      local numbers, finished, approved = {}, 0, 0
      for _, event in ipairs(events) do
        local digits, right = string.match(event[2], '^(%d+)(!?)')
        local over = event[1] <= now - ARGV[21]
        if digits and event[1] > now - ARGV[18] and (right == '!' or over) then
          if not numbers[digits] then finished = finished + 1 end
          if right == '!' and numbers[digits] ~= '!' then approved = approved + 1 end
          if numbers[digits] ~= '!' then numbers[digits] = right end
        end
      end
      judge(area, 'breaker-prefix', ARGV[17], finished, approved, holds[area])
    end
  end

  -- Once a minute: what has come to an end by now changes with the minute.
  if on['breaker-country'] and not held[country] and redis.call('HEXISTS', minutes, started_now) == 0 then
    local fields, started, approved = redis.call('HGETALL', minutes), {}, {}
    for i = 1, #fields, 2 do
      local which, at = string.sub(fields[i], 1, 1), tonumber(string.sub(fields[i], 2))
      if at < minute - (tonumber(ARGV[16]) + ARGV[21]) / MINUTE - 2 then
        redis.call('HDEL', minutes, fields[i])
      elseif which == 's' then
        started[at] = tonumber(fields[i + 1])
      else
        approved[at] = tonumber(fields[i + 1])
      end
    end
    local newest = math.floor((now - ARGV[21]) / MINUTE) - 1
    local finished, right = 0, 0
    for at, count in pairs(started) do
      if at <= newest and at > newest - ARGV[16] / MINUTE then
        finished, right = finished + count, right + math.min(approved[at] or 0, count)
      end
    end
    judge(country, 'breaker-country', ARGV[15], finished, right, holds[country])
  end
elseif spent_key then
  spent = redis.call('GET', spent_key)
end
if spent_key and tonumber(spent or 0) + ARGV[19] > tonumber(ARGV[20]) then
  deny(by_always, 'budget', DAY_MS - now % DAY_MS)
end

local refusal = by_always
if enforcing and by_guard.wait > refusal.wait then refusal = by_guard end
if refusal.wait > 0 then
  return { refusal.policy, refusal.wait, refusal.whole, '', '', tell(base, now, refusal.policy, country, mask, 'enforce'), now, '' }
end

if newest_of_address then add_event(newest_of_address, '') end
if spent_key then
  redis.call('INCRBY', spent_key, ARGV[19])
  redis.call('PEXPIRE', spent_key, 2 * DAY_MS)
end
local charged = spent_key and 'budget' or ''
-- What the guard would have refused costs money all the same; else it is counted as little as if it had been.
if by_guard.wait > 0 then
  return { '', by_guard.wait, by_guard.whole, by_guard.policy, '', tell(base, now, by_guard.policy, country, mask, 'report'), now, charged }
end
if not guarded then return { '', 0, 0, '', '', 0, now, charged } end
for i, window in ipairs(windows) do
  if redis.call('INCR', KEYS[i + 1]) == 1 then redis.call('PEXPIRE', KEYS[i + 1], window) end
end
-- The number was counted there by the request that the fallback is of.
if newest_of_area and ARGV[2] ~= 'fallback' then add_event(newest_of_area, ARGV[6]) end
if ARGV[2] == 'start' and redis.call('HINCRBY', minutes, started_now, 1) == 1 then
  redis.call('PEXPIRE', minutes, (tonumber(ARGV[16]) or HOUR) + ARGV[21] + 3 * MINUTE)
end
return { '', 0, 0, '', warned, warned ~= '' and tell(base, now, warned, country, mask, 'warn') or 0, now, 'all' }
