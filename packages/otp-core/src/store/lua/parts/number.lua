-- Uses: basics, digits
-- The limits of a number: its requests, and its lock after wrong codes.

-- A time is six digits: ten of them are short enough for a hash in its compact form. They begin anew after two years,
-- long after a number is forgotten.
local TIME_LENGTH, TIME_CYCLE = 6, 64 ^ 6

-- How many ms ago the `i`th time of a list was; nil where it has fewer. Below 0 where the clock was put back since.
local function age_at(list, i, now)
  if #list < i * TIME_LENGTH then return nil end
  local age = (now - from_digits(list, (i - 1) * TIME_LENGTH + 1)) % TIME_CYCLE
  return age < TIME_CYCLE / 2 and age or age - TIME_CYCLE
end

-- Counts one event in a list of times, newest first, unless one of the policies is used up. The policies are packed as
-- `name limit window_ms ...`. Gives the new list and the longest window in ms, or nil, the policy's name and the wait in
-- ms: the longest, where several are used up.
local function take(list, now, policies)
  list = list or ''
  local most, longest, denied, wait = 0, 0, nil, 0
  for name, limit, window in string.gmatch(policies, '(%S+) (%d+) (%d+)') do
    limit, window = tonumber(limit), tonumber(window)
    most, longest = math.max(most, limit), math.max(longest, window)
    local age = age_at(list, limit, now)
    local left = age and window - age or 0
    if left > wait then denied, wait = name, left end
  end
  if denied then return nil, denied, wait end
  return string.sub(to_digits(now, TIME_LENGTH) .. list, 1, most * TIME_LENGTH), longest
end

-- Counts a request for a code by the policies of its number and, where it is for a call, of the number's calls: both or
-- neither. Gives the new lists, calls nil for a message, and the longest window in ms; or nil, nil, the policy that holds
-- it back the longest and the wait in ms.
local function take_both(requests, calls, now, policies, call_policies)
  local taken, longest, wait = take(requests, now, policies)
  if call_policies == '' then return taken, nil, longest, wait end
  local called, policy, left = take(calls, now, call_policies)
  if taken and called then return taken, called, math.max(longest, policy) end
  if called or wait and wait >= left then return nil, nil, longest, wait end
  return nil, nil, policy, left
end

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
-- earlier verifications. Gives how many ms that are.
local function expire_number(key, ms, guard)
  local left = redis.call('PTTL', key)
  if guard and left < 0 then left = FAILURES_KEPT_MS end
  ms = math.max(ms, left)
  redis.call('PEXPIRE', key, ms)
  return ms
end
